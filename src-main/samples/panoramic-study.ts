/** The sample panoramic image. */
import { regionCode } from './anatomy-codes.ts';
import { panoramicImage } from './panoramic-image.ts';
import { grainOf } from './project-jaw.ts';
import { projectionValues } from './projection-values.ts';
import type { SampleFile, StudyOptions } from './sample-study.ts';
import { instanceValues, studyValues } from './sample-study.ts';
import { writePart10 } from './write-data-set.ts';

const device = { kilovolts: 66, milliamperes: 8, milliseconds: 14100, detector: 'SAMPLE-PX' };

/** One image; the left of the image is the patient's right. */
export function* panoramicStudy(options: StudyOptions): Generator<SampleFile> {
  const image = panoramicImage(options.scale === 'full' ? 2800 : 1400, grainOf(options.seed));
  const bytes = writePart10({
    ...studyValues('panoramic', options),
    ...instanceValues('panoramic', options, 1),
    ...projectionValues(image, device),
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.1',
    Modality: 'PX',
    SeriesDescription: 'Panoramic',
    AnatomicRegionSequence: [regionCode('jaw')],
    ImageLaterality: 'B',
    PatientOrientation: ['L', 'F'],
    ViewPosition: '',
  });
  yield { name: 'panoramic/1.dcm', bytes };
}
