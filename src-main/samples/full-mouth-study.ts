/** The sample full-mouth series: 18 intra-oral images. */
import { regionCode, toothCode } from './anatomy-codes.ts';
import type { FullMouthView } from './full-mouth-images.ts';
import { centreOf, fullMouthImage, fullMouthViews } from './full-mouth-images.ts';
import { grainOf } from './project-jaw.ts';
import { projectionValues } from './projection-values.ts';
import type { SampleFile, StudyOptions } from './sample-study.ts';
import { instanceValues, studyValues } from './sample-study.ts';
import type { Values } from './write-data-set.ts';
import { writePart10 } from './write-data-set.ts';

const device = { kilovolts: 65, milliamperes: 7, milliseconds: 100, detector: 'SAMPLE-IO' };

/** The images in the order of their mount. */
export function* fullMouthStudy(options: StudyOptions): Generator<SampleFile> {
  const grain = grainOf(options.seed);
  const pixel = options.scale === 'full' ? 0.03 : 0.06;
  for (const [index, view] of fullMouthViews.entries()) {
    const bytes = writePart10({
      ...studyValues('full-mouth', options),
      ...instanceValues('full-mouth', options, index + 1),
      ...projectionValues(fullMouthImage(view, pixel, grain), device),
      ...anatomyValues(view),
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.3',
      Modality: 'IO',
      SeriesDescription: 'FMX 18',
    });
    yield { name: `full-mouth/${String(index + 1).padStart(2, '0')}.dcm`, bytes };
  }
}

/** Laterality, orientation and teeth; PS3.3 C.8.11.7 takes a region with either a modifier or the teeth. */
function anatomyValues(view: FullMouthView): Values {
  const side = /incisor/.test(view.name) ? 'B' : centreOf(view) < 0 ? 'R' : 'L';
  const region = view.kind === 'bitewing' ? 'jaw' : view.kind === 'upper' ? 'maxilla' : 'mandible';
  return {
    ImageComments: view.name,
    ImageLaterality: side,
    PatientOrientation: [{ R: 'A', L: 'P', B: 'L' }[side], 'F'],
    AnatomicRegionSequence: [regionCode(region)],
    PrimaryAnatomicStructureSequence: view.teeth.map(toothCode),
  };
}
