/** A plain CT series for load tests: an ellipse with rods in it under noise, quick to make. */
import { gaussianTile, tileSize } from './random.ts';
import type { SampleFile } from './sample-study.ts';
import { decimal, pixelBytes } from './sample-study.ts';
import { sampleUid } from './sample-uid.ts';
import type { Values } from './write-data-set.ts';
import { writePart10 } from './write-data-set.ts';

/** How many slices of which size; `study` and `series` name UIDs, so that the same names give the same UIDs. */
interface CtSeriesOptions {
  readonly slices: number;
  readonly rows?: number;
  readonly columns?: number;
  readonly seed?: number;
  readonly study?: string;
  readonly series?: string;
  /** Attributes that take the place of the series' own. */
  readonly overrides?: Values;
}

/** Slices from the top down, 512 x 512 of 16 bit unless told otherwise: 512 KB each. */
export function* generateCtSeries(options: CtSeriesOptions): Generator<SampleFile> {
  const { slices, rows = 512, columns = 512, seed = 1, study = 'study', series = 'series', overrides = {} } = options;
  const noise = gaussianTile(seed);
  const body = bodyValues(rows, columns);
  for (let number = 1; number <= slices; number++) {
    const bytes = writePart10({
      ...ctValues(rows, columns),
      StudyInstanceUID: sampleUid(seed, 'ct', study),
      SeriesInstanceUID: sampleUid(seed, 'ct', study, series),
      FrameOfReferenceUID: sampleUid(seed, 'ct', study, 'frame of reference'),
      SOPInstanceUID: sampleUid(seed, 'ct', study, series, number),
      InstanceNumber: number,
      ImagePositionPatient: ['0', '0', decimal((slices - number) * 0.5)],
      ...overrides,
      PixelData: pixelBytes(slicePixels(body, noise, number)),
    });
    yield { name: `ct/${String(number).padStart(4, '0')}.dcm`, bytes };
  }
}

/** Stored values without noise; rods stand at a third and two thirds of the width. */
function bodyValues(rows: number, columns: number): Uint16Array {
  const values = new Uint16Array(rows * columns);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const [u, v] = [x / columns - 0.5, y / rows - 0.5];
      const rod = Math.min(Math.hypot(u - 1 / 6, v), Math.hypot(u + 1 / 6, v)) < 0.04;
      values[y * columns + x] = rod ? 2400 : (u / 0.44) ** 2 + (v / 0.36) ** 2 < 1 ? 1060 : 100;
    }
  return values;
}

function slicePixels(body: Uint16Array, noise: Float32Array, number: number): Uint16Array {
  const offset = (number * 7919) % noise.length;
  const pixels = new Uint16Array(body.length);
  for (let i = 0; i < body.length; i++)
    pixels[i] = Math.max(0, body[i]! + 24 * noise[(i + offset) & (tileSize * tileSize - 1)]!);
  return pixels;
}

const ctValues = (rows: number, columns: number): Values => ({
  SpecificCharacterSet: 'ISO_IR 192',
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
  Modality: 'CT',
  PatientName: 'Sample^Load',
  PatientID: 'SAMPLE-LOAD',
  PatientBirthDate: '',
  PatientSex: '',
  StudyDate: '20260102',
  StudyTime: '120000',
  AccessionNumber: '',
  ReferringPhysicianName: '',
  Manufacturer: 'Chairside',
  StudyID: '1',
  StudyDescription: 'Load test',
  SeriesNumber: 1,
  AcquisitionNumber: 1,
  ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
  BodyPartExamined: 'JAW',
  PatientPosition: 'HFS',
  KVP: '90',
  SliceThickness: '0.5',
  PixelSpacing: ['0.5', '0.5'],
  ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
  PositionReferenceIndicator: '',
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  Rows: rows,
  Columns: columns,
  BitsAllocated: 16,
  BitsStored: 12,
  HighBit: 11,
  PixelRepresentation: 0,
  RescaleIntercept: '-1000',
  RescaleSlope: '1',
  RescaleType: 'HU',
});
