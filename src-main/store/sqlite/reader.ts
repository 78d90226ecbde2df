/** Reads from the catalogue: rows of a query, files of a scope, totals. */
import { type Level, levels } from '#shared/attributes.ts';
import type { PacsErrorCode } from '#shared/errors.ts';
import type { Identifiers, Refusal, Row } from '#shared/model.ts';
import type { Query } from '#shared/query.ts';
import type { CataloguedFile, Entity, Place, Scope, Slice, Totals } from '../catalogue.ts';
import { orthancBytes, orthancDigest } from '../orthanc-id.ts';
import { narrowingOf } from './candidates.ts';
import type { Connection } from './database.ts';
import { allOf, type Sql } from './match.ts';
import { tableOf } from './schema.ts';
import { countSql, findSql } from './search.ts';
import { sliceOf } from './slices.ts';
import { createStatements, type Statements } from './statements.ts';
import { hasLabel, joins } from './where.ts';

/** The reading half of the SQLite catalogue, called from one thread. */
export interface Reader {
  find(query: Query): Row[];
  count(query: Query): number;
  slice(query: Query, from?: unknown): Slice;
  files(scope: Scope): CataloguedFile[];
  lookup(publicId: string): Entity | undefined;
  digestOf(identifiers: Identifiers): { place: Place; digest: Uint8Array } | undefined;
  totals(): Totals;
  refusals(limit: number): Refusal[];
}

/** The reader on an open connection. */
export function createReader(database: Connection): Reader {
  const statements = createStatements(database);
  return {
    find: (query) => statements.rows(findSql(query, narrowingOf(statements, query))).map(toRow),
    count: (query) => statements.value(countSql(query, narrowingOf(statements, query))) as number,
    slice: (query, from) => sliceOf(statements, toRow, query, from),
    files: (scope) => readFiles(statements, scope),
    lookup: (publicId) => lookUp(statements, publicId),
    digestOf: (identifiers) => readDigest(database, identifiers),
    totals: () => statements.rows({ text: totalsSql, values: [] })[0] as unknown as Totals,
    refusals: (limit) => readRefusals(database, limit),
  };
}

const totalsSql = `SELECT (SELECT count(*) FROM patients) AS patients, (SELECT count(*) FROM studies) AS studies,
  (SELECT count(*) FROM series) AS series, (SELECT count(*) FROM instances) AS instances, diskSize, refused FROM totals`;

function toRow(columns: Record<string, string | number | null>): Row {
  const row: Record<string, string> = {};
  for (const keyword in columns) {
    const value = columns[keyword];
    if (value !== null && value !== undefined)
      row[keyword] = keyword === 'ReceivedAt' ? new Date(value).toISOString() : String(value);
  }
  return row as Row;
}

const scopeColumns = {
  PatientID: "coalesce(studies.PatientID, '')",
  StudyInstanceUID: 'studies.StudyInstanceUID',
  SeriesInstanceUID: 'series.SeriesInstanceUID',
  SOPInstanceUID: 'instances.SOPInstanceUID',
} as const;

function scopeSql(scope: Scope): Sql {
  const keys = Object.keys(scopeColumns) as (keyof typeof scopeColumns)[];
  const conditions = keys.flatMap((key): Sql[] => {
    const value = scope[key];
    if (value === undefined) return [];
    return typeof value === 'string'
      ? [{ text: `${scopeColumns[key]} = ?`, values: [value] }]
      : [{ text: `${scopeColumns[key]} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(value)] }];
  });
  const { PatientID } = scope;
  /* The same once more by the column that has an index. */
  if (PatientID !== undefined) conditions.push(patientSql([PatientID].flat()));
  if (scope.label !== undefined) conditions.push({ text: hasLabel('studies'), values: [scope.label] });
  return allOf(conditions);
}

const patientSql = (ids: readonly string[]): Sql => ({
  text: 'studies.patient IN (SELECT patients.id FROM json_each(?) AS one JOIN patients ON patients.publicId = unhex(one.value))',
  values: [JSON.stringify(ids.map((PatientID) => orthancDigest('PATIENT', { PatientID }).toString('hex')))],
});

function readFiles(statements: Statements, scope: Scope): CataloguedFile[] {
  const where = scopeSql(scope);
  const rows = statements.rows({
    text: `SELECT coalesce(studies.PatientID, '') AS PatientID, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID,
       coalesce(SOPClassUID, '') AS SOPClassUID, bucket, name, size, TransferSyntaxUID, frames AS NumberOfFrames
       FROM instances JOIN series ON series.id = instances.series JOIN studies ON studies.id = series.study
       WHERE ${where.text} ORDER BY CAST(SeriesNumber AS INTEGER), series.id, CAST(InstanceNumber AS INTEGER), SOPInstanceUID`,
    values: where.values,
  }) as unknown as (Omit<CataloguedFile, 'place'> & Place)[];
  return rows.map(({ bucket, name, ...file }) => ({ ...file, place: { bucket, name } }));
}

const identifierKeywords = ['PatientID', 'StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'] as const;

/* Levels are looked through from the top: an identifier is one of one level only. */
function lookUp(statements: Statements, publicId: string): Entity | undefined {
  const bytes = orthancBytes(publicId);
  for (const [at, level] of bytes ? levels.entries() : []) {
    const columns = identifierKeywords.slice(0, at + 1).map((keyword) => identifierColumn(keyword, level));
    const text = `SELECT ${columns.join(', ')} FROM ${joins[level]} WHERE ${tableOf[level]}.publicId = unhex(?)`;
    const [row] = statements.rows({ text, values: [bytes?.toString('hex') ?? ''] });
    if (row) return { level, identifiers: row as Partial<Identifiers> };
  }
  return undefined;
}

const identifierColumn = (keyword: (typeof identifierKeywords)[number], level: Level): string =>
  keyword === 'PatientID'
    ? `coalesce(${level === 'PATIENT' ? 'patients' : 'studies'}.PatientID, '') AS PatientID`
    : keyword;

function readDigest(database: Connection, identifiers: Identifiers) {
  const row = database
    .prepare('SELECT bucket, name, digest FROM instances WHERE publicId = ?')
    .get(orthancDigest('IMAGE', identifiers)) as (Place & { digest: Uint8Array }) | undefined;
  return row && { place: { bucket: row.bucket, name: row.name }, digest: row.digest };
}

function readRefusals(database: Connection, limit: number): Refusal[] {
  const rows = database.prepare('SELECT at, origin, code, message FROM refusals ORDER BY id DESC LIMIT ?').all(limit);
  return (rows as { at: number; origin: string; code: PacsErrorCode; message: string }[]).map(
    ({ at, origin, code, message }) => ({
      at: new Date(at).toISOString(),
      origin: JSON.parse(origin),
      error: { code, message },
    }),
  );
}
