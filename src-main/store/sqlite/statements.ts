/** Runs statements on a connection and keeps them prepared, for the same questions come again and again. */
import type { Statement } from 'better-sqlite3';
import type { Connection } from './database.ts';
import type { Sql } from './match.ts';

/** The ways to run a statement. */
export interface Statements {
  /** All rows, columns by name. */
  rows(sql: Sql): Record<string, string | number | null>[];
  /** The first column of all rows. */
  values(sql: Sql): unknown[];
  /** The first column of the first row. */
  value(sql: Sql): unknown;
}

const kept = 200;

/** Statements over a connection; the least lately used ones are given up. */
export function createStatements(database: Connection): Statements {
  const prepared = new Map<string, Statement<unknown[]>>();
  const prepare = (text: string): Statement<unknown[]> => {
    const statement = prepared.get(text) ?? database.prepare<unknown[]>(text);
    prepared.delete(text);
    prepared.set(text, statement);
    const [oldest] = prepared.keys();
    if (prepared.size > kept && oldest !== undefined) prepared.delete(oldest);
    return statement;
  };
  return {
    rows: ({ text, values }) =>
      prepare(text)
        .pluck(false)
        .all(...values) as Record<string, string | number | null>[],
    values: ({ text, values }) =>
      prepare(text)
        .pluck()
        .all(...values),
    value: ({ text, values }) =>
      prepare(text)
        .pluck()
        .get(...values),
  };
}
