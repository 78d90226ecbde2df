/** What all samples have in common: options, patients who do not exist, and the attributes of patient, study and series. */
import { sampleUid } from './sample-uid.ts';
import type { Values } from './write-data-set.ts';

/** The four sample studies. */
export const sampleNames = ['cone-beam', 'panoramic', 'full-mouth', 'ultrasound'] as const;
/** The name of a sample study. */
export type SampleName = (typeof sampleNames)[number];

/** One Part 10 file, and a name for it such as `cone-beam/001.dcm`. */
export interface SampleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What is made: which studies (default all), how large, from which seed, dated relative to which day. */
export interface SampleOptions {
  readonly which?: readonly SampleName[];
  readonly scale?: 'small' | 'full';
  readonly seed?: number;
  readonly now?: Date;
}

/** Options with nothing left open. */
export interface StudyOptions {
  readonly scale: 'small' | 'full';
  readonly seed: number;
  readonly now: Date;
}

interface Patient {
  readonly PatientName: string;
  readonly PatientID: string;
  readonly PatientBirthDate: string;
  readonly PatientSex: string;
  /** When the study was made: days ago, and the time of day. */
  readonly daysAgo: number;
  readonly time: string;
  readonly StudyDescription: string;
  readonly AccessionNumber: string;
}

/** Beispiel and 見本 (Mihon) mean sample. */
const patients: Readonly<Record<SampleName, Patient>> = {
  'cone-beam': {
    PatientName: 'Beispiel^Käthe',
    PatientID: 'SAMPLE-1',
    PatientBirthDate: '19680412',
    PatientSex: 'F',
    daysAgo: 1,
    time: '094200',
    StudyDescription: 'Cone-beam CT, jaws',
    AccessionNumber: 'SAMPLE-A1',
  },
  panoramic: {
    PatientName: 'Mihon^Hanako=見本^花子=みほん^はなこ',
    PatientID: 'SAMPLE-2',
    PatientBirthDate: '19911103',
    PatientSex: 'F',
    daysAgo: 0,
    time: '081500',
    StudyDescription: 'Panoramic',
    AccessionNumber: 'SAMPLE-A2',
  },
  'full-mouth': {
    PatientName: 'Sample^Alex',
    PatientID: 'SAMPLE-3',
    PatientBirthDate: '19800229',
    PatientSex: 'M',
    daysAgo: 6,
    time: '141000',
    StudyDescription: 'Full-mouth series',
    AccessionNumber: 'SAMPLE-A3',
  },
  ultrasound: {
    PatientName: 'Sample^Robin',
    PatientID: 'SAMPLE-4',
    PatientBirthDate: '19570721',
    PatientSex: 'M',
    daysAgo: 2,
    time: '112530',
    StudyDescription: 'Echocardiography',
    AccessionNumber: 'SAMPLE-A4',
  },
};

/** The attributes that all instances of a sample study share. */
export function studyValues(name: SampleName, { seed, scale, now }: StudyOptions): Values {
  const { daysAgo, time, ...patient } = patients[name];
  const date = dicomDate(new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo));
  return {
    ...patient,
    SpecificCharacterSet: 'ISO_IR 192',
    PatientComments: 'Computed sample. This patient does not exist.',
    StudyInstanceUID: sampleUid(seed, scale, name, 'study'),
    SeriesInstanceUID: sampleUid(seed, scale, name, 'series'),
    StudyDate: date,
    SeriesDate: date,
    AcquisitionDate: date,
    ContentDate: date,
    StudyTime: time,
    SeriesTime: time,
    AcquisitionTime: time,
    ContentTime: time,
    StudyID: '1',
    SeriesNumber: 1,
    AcquisitionNumber: 1,
    ReferringPhysicianName: 'Sample^Referrer',
    InstitutionName: 'Chairside samples',
    Manufacturer: 'Chairside',
    ManufacturerModelName: 'Sample generator',
    DeviceSerialNumber: '0001',
    SoftwareVersions: '1',
    BurnedInAnnotation: 'NO',
  };
}

/** UIDs of one instance of a sample study. */
export const instanceValues = (name: SampleName, { seed, scale }: StudyOptions, number: number): Values => ({
  SOPInstanceUID: sampleUid(seed, scale, name, 'instance', number),
  InstanceNumber: number,
});

/** A decimal string (PS3.5 6.2, DS): at most 16 characters. */
export const decimal = (value: number): string => String(Number(value.toFixed(6)));

/** The bytes of 16-bit samples, little endian as all machines are that this runs on. */
export const pixelBytes = (values: Uint16Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

function dicomDate(day: Date): string {
  const digits = (value: number, width: number): string => String(value).padStart(width, '0');
  return digits(day.getFullYear(), 4) + digits(day.getMonth() + 1, 2) + digits(day.getDate(), 2);
}
