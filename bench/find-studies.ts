/** The archive that is searched: many small ultrasound studies of one image, the same at every run. */
import type { IndexedKeyword } from '../src-shared/attributes.ts';
import type { Query } from '../src-shared/query.ts';
import type { CatalogueEntry } from '../src-main/store/catalogue.ts';
import { openForWriting } from '../src-main/store/sqlite/database.ts';
import { createWriter } from '../src-main/store/sqlite/writer.ts';
import { type BenchImage, element } from './data.ts';

const firstNames = ['Anna', 'Boris', 'Carla', 'David', 'Elena', 'Farid', 'Greta', 'Hiro', 'Ines', 'Jonas'];
const lastNames = 'Mueller Smith Garcia Tanaka Kowalski Ivanov Rossi Dubois Nguyen Okafor Andersson Silva'.split(' ');
const root = '1.2.826.0.1.3680043.8.498';
const ultrasoundImage = '1.2.840.10008.5.1.4.1.1.6.1';

const digits = (value: number, width: number): string => String(value).padStart(width, '0');
const uid = (kind: number, at: number): string => `${root}.${kind}${digits(at, 35)}`;
const oneOf = (list: readonly string[], at: number): string => list[at % list.length] as string;

/* 20 years of 12 months of 28 days. */
const days = 20 * 12 * 28;
const dayOf = (day: number): string =>
  `${2006 + Math.floor(day / 336)}${digits(1 + (Math.floor(day / 28) % 12), 2)}${digits(1 + (day % 28), 2)}`;

/** The values of a study's one image; six patients for ten studies. */
function studyValues(at: number, count: number) {
  const patient = at % Math.floor((count * 6) / 10);
  return {
    PatientName: `${oneOf(lastNames, patient)}^${oneOf(firstNames, patient)}${digits(patient, 5)}`,
    PatientID: `PID${digits(patient, 7)}`,
    PatientBirthDate: `19${digits(30 + (patient % 60), 2)}${digits(1 + (patient % 12), 2)}${digits(1 + (patient % 28), 2)}`,
    PatientSex: 'F',
    StudyInstanceUID: uid(1, at),
    SeriesInstanceUID: uid(2, at),
    SOPInstanceUID: uid(3, at),
    SOPClassUID: ultrasoundImage,
    StudyDate: `20${digits(6 + (at % 20), 2)}${digits(1 + (Math.floor(at / 20) % 12), 2)}${digits(1 + (Math.floor(at / 240) % 28), 2)}`,
    StudyTime: '101112',
    AccessionNumber: `ACC${digits(at, 7)}`,
    StudyID: '1',
    ReferringPhysicianName: 'Ref^Doc',
    StudyDescription: 'US exam',
    SeriesDescription: 'abd',
    Modality: 'US',
    SeriesNumber: '1',
    InstanceNumber: '1',
    Manufacturer: 'X',
  } satisfies Partial<Record<IndexedKeyword, string>>;
}

function entryOf(at: number, count: number): CatalogueEntry {
  const values = studyValues(at, count);
  return {
    identifiers: values,
    values,
    place: { bucket: Math.floor(at / 1000), name: `${values.SOPInstanceUID}.dcm` },
    size: 1200,
    digest: new Uint8Array(32),
    TransferSyntaxUID: '1.2.840.10008.1.2.1',
    NumberOfFrames: 1,
    receivedAt: 1_700_000_000_000 + at,
    origin: { kind: 'import', path: 'bench' },
  };
}

/** Fills a new catalogue without files, as if the images had been received. */
export function fillCatalogue(path: string, count: number): void {
  const database = openForWriting(path);
  const writer = createWriter(database);
  for (let at = 0; at < count; at += 64)
    writer.add(
      Array.from({ length: Math.min(64, count - at) }, (_, i) => entryOf(at + i, count)),
      'Never',
    );
  writer.settle(Math.ceil(count / 1000));
  writer.completed();
  database.close();
}

const us = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);

/** The image of a study, some 900 bytes. */
export function studyImage(at: number, count: number): BenchImage {
  const values = studyValues(at, count);
  const dataSet = Buffer.concat([
    element(0x0008, 0x0016, 'UI', values.SOPClassUID),
    element(0x0008, 0x0018, 'UI', values.SOPInstanceUID),
    element(0x0008, 0x0020, 'DA', values.StudyDate),
    element(0x0008, 0x0030, 'TM', values.StudyTime),
    element(0x0008, 0x0050, 'SH', values.AccessionNumber),
    element(0x0008, 0x0060, 'CS', values.Modality),
    element(0x0008, 0x0070, 'LO', values.Manufacturer),
    element(0x0008, 0x0090, 'PN', values.ReferringPhysicianName),
    element(0x0008, 0x1030, 'LO', values.StudyDescription),
    element(0x0008, 0x103e, 'LO', values.SeriesDescription),
    element(0x0010, 0x0010, 'PN', values.PatientName),
    element(0x0010, 0x0020, 'LO', values.PatientID),
    element(0x0010, 0x0030, 'DA', values.PatientBirthDate),
    element(0x0010, 0x0040, 'CS', values.PatientSex),
    element(0x0020, 0x000d, 'UI', values.StudyInstanceUID),
    element(0x0020, 0x000e, 'UI', values.SeriesInstanceUID),
    element(0x0020, 0x0010, 'SH', values.StudyID),
    element(0x0020, 0x0011, 'IS', values.SeriesNumber),
    element(0x0020, 0x0013, 'IS', values.InstanceNumber),
    element(0x0028, 0x0002, 'US', us(1)),
    element(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    element(0x0028, 0x0010, 'US', us(16)),
    element(0x0028, 0x0011, 'US', us(16)),
    element(0x0028, 0x0100, 'US', us(8)),
    element(0x0028, 0x0101, 'US', us(8)),
    element(0x0028, 0x0102, 'US', us(7)),
    element(0x0028, 0x0103, 'US', us(0)),
    element(0x7fe0, 0x0010, 'OW', Buffer.alloc(256, 0x10)),
  ]);
  return { SOPClassUID: values.SOPClassUID, SOPInstanceUID: values.SOPInstanceUID, dataSet };
}

/** One question: its keys as DICOM writes them, different at each turn. */
export interface Question {
  readonly title: string;
  readonly keys: (turn: number, count: number) => Partial<Record<IndexedKeyword, string>>;
}

/* Far apart, so that no turn finds what the one before has warmed. */
const someStudy = (turn: number, count: number) => studyValues((turn * 7919 + 12_345) % count, count);

function someDays(turn: number, count: number, answers: number): string {
  const length = Math.max(1, Math.round((answers * days) / count));
  const first = (turn * 997) % (days - length);
  return `${dayOf(first)}-${dayOf(first + length - 1)}`;
}

/** The questions of the measures; the last has some 400 answers whatever the size of the archive. */
export const questions: readonly Question[] = [
  { title: 'PatientID', keys: (turn, count) => ({ PatientID: someStudy(turn, count).PatientID }) },
  {
    title: 'name prefix and day',
    keys: (turn, count) => {
      const { PatientName, StudyDate } = someStudy(turn, count);
      return { PatientName: `${PatientName.slice(0, -3)}*`, StudyDate };
    },
  },
  {
    title: '*fragment* of a name',
    keys: (turn, count) => {
      const [, given = ''] = someStudy(turn, count).PatientName.split('^');
      return { PatientName: `*${given.slice(1, -2)}*` };
    },
  },
  { title: 'a month', keys: (turn, count) => ({ StudyDate: someDays(turn, count, 400) }) },
];

/** What the answers hold; a study's own attributes, nothing that has to be counted. */
export const returnKeys: NonNullable<Query['fields']> = [
  'PatientName',
  'PatientID',
  'PatientBirthDate',
  'PatientSex',
  'StudyInstanceUID',
  'StudyDate',
  'StudyTime',
  'AccessionNumber',
  'StudyID',
  'StudyDescription',
  'ReferringPhysicianName',
];
