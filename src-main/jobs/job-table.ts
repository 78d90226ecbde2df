/** The table of jobs: every statement over it. */
import { randomUUID } from 'node:crypto';
import { PacsError, type PacsErrorValue } from '#shared/errors.ts';
import type { Records, RecordValue } from '../records/records.ts';
import { longestListed, type JobRow } from './job-row.ts';
import type { JobRequest, Progress } from './job-runner.ts';

/** How a run ended, as it is written. */
export type Ending =
  | { readonly status: 'success' }
  | { readonly status: 'failure'; readonly error: PacsErrorValue; readonly tries: number }
  | { readonly status: 'retry'; readonly error: PacsErrorValue; readonly tries: number; readonly nextTryAt: number }
  | { readonly status: 'pending'; readonly nextTryAt?: number };

/** The table; every change resolves when it is on disk. */
export interface JobTable {
  /** @throws PacsError `busy` with too many open jobs, `too-large` */
  insert(request: JobRequest): Promise<JobRow>;
  get(id: string): Promise<JobRow | undefined>;
  /** Newest first, without long contents and outputs. */
  list(limit: number): Promise<JobRow[]>;
  /** What ran when the program died waits again; what it died of too often has failed. The answer has these rows. */
  recover(): Promise<JobRow[]>;
  /** Takes the next one that is due, of that priority or a larger one: none of these ids, none of these lanes. */
  take(
    now: number,
    leastPriority: number,
    besides: { readonly ids: readonly string[]; readonly lanes: readonly string[] },
  ): Promise<JobRow | undefined>;
  /** Lanes with a job that failed and is tried again. */
  lanesInTrouble(): Promise<string[]>;
  /** The next time after `seen` at which a waiting job is due. */
  nextTime(seen: number): Promise<number | undefined>;
  save(id: string, remaining: string, progress: Progress): Promise<void>;
  /** Writes how a run ended; only progress and output where the job was cancelled or paused meanwhile (no answer then). */
  end(
    id: string,
    progress: Progress,
    output: string | undefined,
    ending: Ending | undefined,
  ): Promise<JobRow | undefined>;
  /** Changes a job that is in one of these states; no answer where it is not. */
  change(id: string, from: readonly JobRow['status'][], values: Partial<JobRow>): Promise<JobRow | undefined>;
  remove(id: string): Promise<boolean>;
  /** Forgets the ended ones past that many. */
  trim(size: number): Promise<void>;
}

const longestContent = 16 * 1024 * 1024;
const mostOpen = 100_000;
const mostDeaths = 5;

const listed = `sequence, id, type, status, priority, description, lane, done, total, failed, tries, createdAt, startedAt, endedAt,
  nextTryAt, errorCode, errorMessage, NULL AS remaining,
  CASE WHEN length(content) <= ${longestListed} THEN content END AS content,
  CASE WHEN length(output) <= ${longestListed} THEN output END AS output`;

const diedSql = `UPDATE jobs SET deaths = deaths + 1, status = iif(deaths + 1 < ${mostDeaths}, 'pending', 'failure'),
  endedAt = iif(deaths + 1 < ${mostDeaths}, NULL, ?), errorCode = iif(deaths + 1 < ${mostDeaths}, errorCode, 'internal'),
  errorMessage = iif(deaths + 1 < ${mostDeaths}, errorMessage, ?) WHERE status = 'running' RETURNING *`;

const takeSql = `UPDATE jobs SET status = 'running', startedAt = coalesce(startedAt, ?), nextTryAt = NULL WHERE sequence =
  (SELECT sequence FROM jobs WHERE endedAt IS NULL AND status IN ('pending', 'retry') AND coalesce(nextTryAt, 0) <= ? AND priority >= ?
    AND id NOT IN (SELECT value FROM json_each(?)) AND coalesce(lane NOT IN (SELECT value FROM json_each(?)), 1)
    AND (strand IS NULL OR sequence = (SELECT min(sequence) FROM jobs AS other WHERE other.strand = jobs.strand AND other.endedAt IS NULL))
    ORDER BY priority DESC, sequence LIMIT 1) RETURNING *`;

/** The table in the records. */
export function createJobTable(records: Records): JobTable {
  const one = async (sql: string, values: readonly RecordValue[]): Promise<JobRow | undefined> =>
    (await many(sql, values))[0];
  const many = async (sql: string, values: readonly RecordValue[]): Promise<JobRow[]> => {
    const [rows = []] = await records.change({ sql, values });
    return rows as unknown as JobRow[];
  };
  return {
    insert: async ({ type, description, content, total = 0, priority = 0, lane, strand }) => {
      const text = JSON.stringify(content ?? null);
      if (text.length > longestContent) throw new PacsError('too-large', 'This is too much for one job.');
      const sql = `INSERT INTO jobs (id, type, status, priority, description, lane, strand, total, createdAt, content)
        SELECT ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM jobs WHERE endedAt IS NULL) < ${mostOpen} RETURNING *`;
      const row = await one(sql, [
        randomUUID(),
        type,
        priority,
        description,
        lane ?? null,
        strand ?? null,
        total,
        Date.now(),
        text,
      ]);
      if (!row) throw new PacsError('busy', 'Too many jobs are waiting already.');
      return row;
    },
    get: async (id) => (await records.all<JobRow>('SELECT * FROM jobs WHERE id = ?', [id]))[0],
    list: (limit) => records.all<JobRow>(`SELECT ${listed} FROM jobs ORDER BY sequence DESC LIMIT ?`, [limit]),
    recover: () => many(diedSql, [Date.now(), 'The program ended several times while it did this.']),
    take: (now, least, { ids, lanes }) =>
      one(takeSql, [Date.now(), now, least, JSON.stringify(ids), JSON.stringify(lanes)]),
    lanesInTrouble: async () => {
      const sql = `SELECT DISTINCT lane FROM jobs WHERE endedAt IS NULL AND lane IS NOT NULL AND tries > 0 AND status IN ('retry', 'running')`;
      return (await records.all<{ lane: string }>(sql)).map(({ lane }) => lane);
    },
    nextTime: async (seen) => {
      const sql = `SELECT min(nextTryAt) AS time FROM jobs WHERE endedAt IS NULL AND status IN ('pending', 'retry')
        AND nextTryAt > ?`;
      return (await records.all<{ time: number | null }>(sql, [seen]))[0]?.time ?? undefined;
    },
    save: async (id, remaining, progress) => {
      if (remaining.length > longestContent) throw new PacsError('too-large', 'This is too much for one job.');
      const sql = 'UPDATE jobs SET remaining = ?, deaths = 0, done = ?, total = ?, failed = ? WHERE id = ?';
      await records.change({ sql, values: [remaining, ...numbers(progress), id] });
    },
    end: async (id, progress, output, ending) => {
      const sql =
        'UPDATE jobs SET done = ?, total = ?, failed = ?, output = coalesce(?, output), deaths = 0 WHERE id = ?';
      const rows = await records.change(
        { sql, values: [...numbers(progress), output ?? null, id] },
        ...(ending ? [update(id, ['running'], endingValues(ending))] : []),
      );
      return rows[1]?.[0] as JobRow | undefined;
    },
    change: async (id, from, values) => {
      const { sql, values: bound } = update(id, from, values);
      return one(sql, bound);
    },
    remove: async (id) =>
      (await one('DELETE FROM jobs WHERE id = ? AND endedAt IS NOT NULL RETURNING id', [id])) !== undefined,
    trim: async (size) => {
      const past =
        'SELECT sequence FROM jobs WHERE endedAt IS NOT NULL ORDER BY endedAt DESC, sequence DESC LIMIT -1 OFFSET ?';
      await records.change({ sql: `DELETE FROM jobs WHERE sequence IN (${past})`, values: [size] });
    },
  };
}

const numbers = ({ done, total, failed = 0 }: Progress): number[] => [done, total, failed];

function update(id: string, from: readonly JobRow['status'][], values: Partial<JobRow>) {
  const columns = Object.keys(values).map((column) => `${column} = ?`);
  const marks = from.map(() => '?').join(', ');
  const sql = `UPDATE jobs SET ${columns.join(', ')} WHERE id = ? AND status IN (${marks}) RETURNING *`;
  return { sql, values: [...(Object.values(values) as RecordValue[]), id, ...from] };
}

function endingValues(ending: Ending): Partial<JobRow> {
  const { status } = ending;
  if (status === 'pending') return { status, nextTryAt: ending.nextTryAt ?? null };
  /* Nothing is left: who starts it again starts it from the beginning. */
  if (status === 'success')
    return { status, endedAt: Date.now(), errorCode: null, errorMessage: null, remaining: null };
  const error = { errorCode: ending.error.code, errorMessage: ending.error.message, tries: ending.tries };
  return status === 'retry'
    ? { status, ...error, nextTryAt: ending.nextTryAt }
    : { status, ...error, endedAt: Date.now() };
}
