/** Reads from the catalogue: rows of a query, files of a scope, totals. */
import type { Refusal, Row } from '#shared/model.ts';
import type { PacsErrorCode } from '#shared/errors.ts';
import type { Query } from '#shared/query.ts';
import type { CataloguedFile, Place, Scope, Totals } from '../catalogue.ts';
import type { Connection } from './database.ts';
import { countSql, findSql } from './search.ts';

/** The reading half of the SQLite catalogue, called from one thread. */
export interface Reader {
  find(query: Query): Row[];
  count(query: Query): number;
  files(scope: Scope): CataloguedFile[];
  totals(): Totals;
  refusals(limit: number): Refusal[];
}

/** The reader on an open connection. */
export function createReader(database: Connection): Reader {
  return {
    find: (query) => {
      const { text, values } = findSql(query);
      return (database.prepare(text).all(...values) as Record<string, string | number | null>[]).map(toRow);
    },
    count: (query) => {
      const { text, values } = countSql(query);
      return database
        .prepare(text)
        .pluck()
        .get(...values) as number;
    },
    files: (scope) => readFiles(database, scope),
    totals: () => database.prepare(totalsSql).get() as Totals,
    refusals: (limit) => readRefusals(database, limit),
  };
}

const totalsSql = `SELECT (SELECT count(*) FROM patients) AS patients, (SELECT count(*) FROM studies) AS studies,
  (SELECT count(*) FROM series) AS series, (SELECT count(*) FROM instances) AS instances, diskSize, refused FROM totals`;

function toRow(columns: Record<string, string | number | null>): Row {
  const row: Record<string, string> = {};
  for (const [keyword, value] of Object.entries(columns))
    if (value !== null) row[keyword] = keyword === 'ReceivedAt' ? new Date(value).toISOString() : String(value);
  return row as Row;
}

const scopeColumns = {
  PatientID: "coalesce(studies.PatientID, '')",
  StudyInstanceUID: 'studies.StudyInstanceUID',
  SeriesInstanceUID: 'series.SeriesInstanceUID',
  SOPInstanceUID: 'instances.SOPInstanceUID',
} as const;

function readFiles(database: Connection, scope: Scope): CataloguedFile[] {
  const given = (Object.keys(scopeColumns) as (keyof Scope)[]).filter((key) => scope[key] !== undefined);
  const where = given.map((key) => `${scopeColumns[key]} = ?`).join(' AND ') || '1';
  const rows = database
    .prepare(
      `SELECT coalesce(studies.PatientID, '') AS PatientID, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID,
       coalesce(SOPClassUID, '') AS SOPClassUID, bucket, name, size, TransferSyntaxUID, frames AS NumberOfFrames
       FROM instances JOIN series ON series.id = instances.series JOIN studies ON studies.id = series.study
       WHERE ${where} ORDER BY CAST(SeriesNumber AS INTEGER), series.id, CAST(InstanceNumber AS INTEGER), SOPInstanceUID`,
    )
    .all(...given.map((key) => scope[key])) as (Omit<CataloguedFile, 'place'> & Place)[];
  return rows.map(({ bucket, name, ...file }) => ({ ...file, place: { bucket, name } }));
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
