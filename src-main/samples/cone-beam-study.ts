/** The sample cone-beam CT: one axial series of CT images. */
import { regionCode } from './anatomy-codes.ts';
import { coneBeamSlices } from './cone-beam-volume.ts';
import type { SampleFile, StudyOptions } from './sample-study.ts';
import { decimal, instanceValues, pixelBytes, studyValues } from './sample-study.ts';
import { sampleUid } from './sample-uid.ts';
import type { VolumeSize } from './volume-grid.ts';
import type { Values } from './write-data-set.ts';
import { writePart10 } from './write-data-set.ts';

/** The volumes of both scales; voxels in mm. */
export const coneBeamSizes: Readonly<Record<StudyOptions['scale'], VolumeSize>> = {
  small: { matrix: 224, slices: 160, voxel: 0.4 },
  full: { matrix: 400, slices: 280, voxel: 0.25 },
};

/** Height of the volume's middle: the lower crowns. */
const middle = -5;

/** The slices from the top down; instance 1 is the highest. */
export function* coneBeamStudy(options: StudyOptions): Generator<SampleFile> {
  const size = coneBeamSizes[options.scale];
  const sliceAt = coneBeamSlices(size, options.seed);
  const series = seriesValues(options, size);
  for (let number = 1; number <= size.slices; number++) {
    const z = middle + ((size.slices - 1) / 2 - (number - 1)) * size.voxel;
    const corner = decimal(-((size.matrix - 1) / 2) * size.voxel);
    const bytes = writePart10({
      ...series,
      ...instanceValues('cone-beam', options, number),
      ImagePositionPatient: [corner, corner, decimal(z)],
      SliceLocation: decimal(z),
      PixelData: pixelBytes(sliceAt(z)),
    });
    yield { name: `cone-beam/${String(number).padStart(3, '0')}.dcm`, bytes };
  }
}

function seriesValues(options: StudyOptions, { matrix, voxel }: VolumeSize): Values {
  return {
    ...studyValues('cone-beam', options),
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
    Modality: 'CT',
    SeriesDescription: `CBCT ${voxel} mm`,
    BodyPartExamined: 'JAW',
    AnatomicRegionSequence: [regionCode('jaw')],
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    PatientPosition: 'HFS',
    KVP: '90',
    XRayTubeCurrent: 8,
    ExposureTime: 12000,
    Exposure: 96,
    FilterType: 'ALUMINUM',
    ConvolutionKernel: 'STANDARD',
    SliceThickness: decimal(voxel),
    PixelSpacing: [decimal(voxel), decimal(voxel)],
    ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
    FrameOfReferenceUID: sampleUid(options.seed, options.scale, 'cone-beam', 'frame of reference'),
    PositionReferenceIndicator: '',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: matrix,
    Columns: matrix,
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    RescaleIntercept: '-1000',
    RescaleSlope: '1',
    RescaleType: 'HU',
    WindowCenter: '1000',
    WindowWidth: '4000',
    WindowCenterWidthExplanation: 'Bone and teeth',
  };
}
