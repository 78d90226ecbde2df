/** The thread of the small durable tables: the only one that opens their file, so that no sync delays the main loop. */
import { workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { RecordsSchema, Statement } from './records.ts';

/** What the thread is started with. */
export interface RecordsThread {
  readonly path: string;
  readonly schemas: readonly RecordsSchema[];
}

const { path, schemas } = workerData as RecordsThread;
let database: Database.Database | undefined;

function open(): Database.Database {
  const opened = new Database(path);
  try {
    for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON']) opened.pragma(pragma);
    opened.exec('CREATE TABLE IF NOT EXISTS rooms (room TEXT PRIMARY KEY, steps INTEGER NOT NULL)');
    for (const schema of schemas) opened.transaction(() => migrate(opened, schema)).immediate();
    return opened;
  } catch (error) {
    opened.close();
    throw error;
  }
}

function migrate(opened: Database.Database, { room, steps }: RecordsSchema): void {
  const done = (opened.prepare('SELECT steps FROM rooms WHERE room = ?').pluck().get(room) as number | undefined) ?? 0;
  if (done > steps.length) throw new Error(`The records of ${room} were made by a newer Chairside.`);
  for (const step of steps.slice(done)) opened.exec(step);
  opened.prepare('INSERT OR REPLACE INTO rooms VALUES (?, ?)').run(room, steps.length);
}

const using = (): Database.Database => (database ??= open());

function run({ sql, values = [] }: Statement): unknown[] {
  const statement = using().prepare(sql);
  if (statement.reader) return statement.all(...values);
  statement.run(...values);
  return [];
}

/** What a call gives back: an error would lose its code on the way to another thread. */
export type Outcome = { readonly value: unknown } | { readonly code: string; readonly message: string };

function outcome(work: () => unknown): Outcome {
  try {
    return { value: work() };
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string };
    return { code, message };
  }
}

/** Opens the file; the thread lives until `close`. */
export const start = (): Outcome => outcome(() => void using());
/** Rows of one statement. */
export const all = (statement: Statement): Outcome => outcome(() => run(statement));
/** Statements in one transaction. */
export const change = (statements: readonly Statement[]): Outcome =>
  outcome(() =>
    using()
      .transaction(() => statements.map(run))
      .immediate(),
  );
/** Closes the file. */
export const close = (): Outcome =>
  outcome(() => {
    database?.close();
    database = undefined;
  });
