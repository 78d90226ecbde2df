/** The catalogue's tables, made from the one attribute table. */
import { attributesOf, type Attribute, type Level } from '#shared/attributes.ts';
import { fold } from '#shared/query.ts';
import { createGrams } from './grams.ts';

/** Version of the schema; a catalogue of another version is rebuilt from the files. */
export const schemaVersion = 3;

/** The table of each level. */
export const tableOf = {
  PATIENT: 'patients',
  STUDY: 'studies',
  SERIES: 'series',
  IMAGE: 'instances',
} as const satisfies Record<Level, string>;

const foldedVRs = new Set(['PN', 'LO', 'SH', 'LT', 'UC', 'CS']);

/** True where a text is also kept folded (case and accents gone) in a column of its own, for matching. */
export const isFolded = (attribute: Attribute): boolean =>
  attribute.level !== 'IMAGE' && !attribute.computed && foldedVRs.has(attribute.vr);

/** The attributes that have a column in the table of a level: a study carries its patient's too, as they came with it. */
export const columnsOf = (level: Level): readonly Attribute[] =>
  (level === 'STUDY' ? [...attributesOf('PATIENT'), ...attributesOf('STUDY')] : attributesOf(level)).filter(
    ({ counted }) => !counted,
  );

/** Name of the folded column of an attribute. */
export const foldedColumn = (keyword: string): string => `${keyword}_f`;

/** The folded form kept for matching: every value and every component group of a name on a line of its own, `\n` around each. */
export function foldedValue(attribute: Attribute, value: string): string {
  const groups = value.split(attribute.vr === 'PN' ? /[\\=]/ : '\\');
  return `\n${groups.map(fold).filter(Boolean).join('\n')}\n`;
}

const extra: Record<Level, string> = {
  PATIENT: '',
  STUDY: 'patient INTEGER NOT NULL, search TEXT NOT NULL, LastReceivedAt INTEGER NOT NULL,',
  SERIES: 'study INTEGER NOT NULL,',
  IMAGE: `series INTEGER NOT NULL, bucket INTEGER NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL,
    digest BLOB NOT NULL, TransferSyntaxUID TEXT NOT NULL, origin TEXT NOT NULL, frames INTEGER NOT NULL,`,
};

function createTable(level: Level): string {
  const columns = columnsOf(level).flatMap((attribute) => [
    `${attribute.keyword} ${attribute.computed && attribute.vr === 'IS' ? 'INTEGER NOT NULL DEFAULT 0' : 'TEXT'}`,
    ...(isFolded(attribute) ? [`${foldedColumn(attribute.keyword)} TEXT`] : []),
  ]);
  return `CREATE TABLE ${tableOf[level]} (id INTEGER PRIMARY KEY, publicId BLOB NOT NULL UNIQUE, ${extra[level]}
    ReceivedAt INTEGER NOT NULL, ${columns.join(', ')});`;
}

/** The statements that make an empty catalogue. */
export const createStatements: readonly string[] = [
  ...(['PATIENT', 'STUDY', 'SERIES', 'IMAGE'] as const).map(createTable),
  'CREATE INDEX patients_id ON patients(PatientID_f)',
  'CREATE INDEX studies_patient ON studies(patient)',
  'CREATE INDEX studies_uid ON studies(StudyInstanceUID)',
  /* With the name, so that name and day are decided without a look at the row. */
  'CREATE INDEX studies_date ON studies(StudyDate, StudyTime, PatientName_f)',
  'CREATE INDEX studies_received ON studies(LastReceivedAt)',
  'CREATE INDEX studies_name ON studies(PatientName_f)',
  'CREATE INDEX studies_patient_id ON studies(PatientID_f)',
  'CREATE INDEX studies_accession ON studies(AccessionNumber_f)',
  'CREATE INDEX series_study ON series(study)',
  'CREATE INDEX series_uid ON series(SeriesInstanceUID)',
  'CREATE INDEX instances_series ON instances(series)',
  'CREATE INDEX instances_uid ON instances(SOPInstanceUID)',
  'CREATE INDEX instances_bucket ON instances(bucket)',
  createGrams,
  'CREATE TABLE labels (study INTEGER NOT NULL, label TEXT NOT NULL, PRIMARY KEY (study, label)) WITHOUT ROWID',
  'CREATE TABLE refusals (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, origin TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL)',
  /* Files that no row names any more and that are still to be removed. */
  'CREATE TABLE discarded (bucket INTEGER NOT NULL, name TEXT NOT NULL)',
  'CREATE TABLE totals (one INTEGER PRIMARY KEY CHECK (one = 1), diskSize INTEGER NOT NULL, refused INTEGER NOT NULL, durableBucket INTEGER NOT NULL, isComplete INTEGER NOT NULL)',
  'INSERT INTO totals VALUES (1, 0, 0, -1, 0)',
  `PRAGMA user_version = ${schemaVersion}`,
];
