/** Attributes that panoramic and intra-oral images share: those of a digital X-ray for presentation, PS3.3 A.26 to A.28. */
import type { GreyImage } from './panoramic-image.ts';
import { decimal, pixelBytes } from './sample-study.ts';
import type { Values } from './write-data-set.ts';

/** Exposure and detector of a device. */
interface Device {
  readonly kilovolts: number;
  readonly milliamperes: number;
  readonly milliseconds: number;
  readonly detector: string;
}

/** The image's own attributes, pixel data included. */
export function projectionValues({ rows, columns, pixel, values }: GreyImage, device: Device): Values {
  const spacing = [decimal(pixel), decimal(pixel)];
  return {
    ImageType: ['ORIGINAL', 'PRIMARY', ''],
    BodyPartExamined: 'JAW',
    PresentationIntentType: 'FOR PRESENTATION',
    KVP: String(device.kilovolts),
    XRayTubeCurrent: device.milliamperes,
    ExposureTime: device.milliseconds,
    ExposureInuAs: device.milliamperes * device.milliseconds,
    DetectorType: 'SCINTILLATOR',
    DetectorConfiguration: 'AREA',
    DetectorID: device.detector,
    PositionerType: 'NONE',
    AcquisitionContextSequence: [],
    ImagerPixelSpacing: spacing,
    PixelSpacing: spacing,
    PixelSpacingCalibrationType: 'GEOMETRY',
    PixelSpacingCalibrationDescription: 'Computed, no magnification',
    PixelIntensityRelationship: 'LOG',
    PixelIntensityRelationshipSign: -1,
    RescaleIntercept: '0',
    RescaleSlope: '1',
    RescaleType: 'US',
    PresentationLUTShape: 'IDENTITY',
    LossyImageCompression: '00',
    WindowCenter: '2048',
    WindowWidth: '4096',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    PixelData: pixelBytes(values),
  };
}
