/** One instance of about 8 KB, for tests and measurements that need many. */
import { pixelBytes } from './sample-study.ts';
import { sampleUid } from './sample-uid.ts';
import type { Values } from './write-data-set.ts';
import { transferSyntaxes, writePart10 } from './write-data-set.ts';

const [rows, columns] = [60, 62];
const gradient = Uint16Array.from({ length: rows * columns }, (_, i) => (i % columns) * 60 + Math.floor(i / columns));

/**
 * A Secondary Capture of 62 x 60 pixels, 12 bit, as a Part 10 file. UIDs that are not given follow from the attributes that are:
 * `{ InstanceNumber: 7 }` is always the same instance, of the same series as `{ InstanceNumber: 8 }`.
 */
export function generateTinyInstance(
  overrides: Values = {},
  TransferSyntaxUID: string = transferSyntaxes.explicitLittleEndian,
): Uint8Array {
  const StudyInstanceUID =
    overrides['StudyInstanceUID'] ?? sampleUid('tiny', 'study', String(overrides['PatientID'] ?? ''));
  const SeriesInstanceUID = overrides['SeriesInstanceUID'] ?? sampleUid('tiny', 'series', String(StudyInstanceUID));
  const number = Number(overrides['InstanceNumber'] ?? 1);
  const pixels = gradient.slice();
  pixels[0] = number & 4095;
  const values: Values = {
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
    SOPInstanceUID: sampleUid('tiny', 'instance', String(SeriesInstanceUID), number),
    StudyDate: '20260102',
    StudyTime: '120000',
    AccessionNumber: '',
    Modality: 'OT',
    ConversionType: 'SYN',
    BodyPartExamined: 'JAW',
    ReferringPhysicianName: '',
    PatientName: 'Sample^Tiny',
    PatientID: 'SAMPLE-TINY',
    PatientBirthDate: '',
    PatientSex: '',
    StudyInstanceUID,
    SeriesInstanceUID,
    StudyID: '1',
    SeriesNumber: 1,
    InstanceNumber: number,
    PatientOrientation: '',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    PixelData: pixelBytes(pixels),
    ...overrides,
  };
  return writePart10(values, TransferSyntaxUID);
}
