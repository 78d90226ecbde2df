/** A row of the table of jobs, and the Job that the others see. */
import type { PacsErrorCode } from '#shared/errors.ts';
import type { Job, JobStatus, JobType } from '#shared/model.ts';

/** A row as it lies in the table. */
export interface JobRow {
  readonly id: string;
  readonly type: JobType;
  readonly status: JobStatus;
  readonly priority: number;
  readonly description: string;
  readonly lane: string | null;
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  readonly tries: number;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly nextTryAt: number | null;
  readonly errorCode: PacsErrorCode | null;
  readonly errorMessage: string | null;
  readonly content: string | null;
  readonly remaining: string | null;
  readonly output: string | null;
}

const time = (milliseconds: number | null): string | undefined =>
  milliseconds === null ? undefined : new Date(milliseconds).toISOString();

const parsed = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text));

/** The job of a row. */
export const toJob = (row: JobRow): Job => ({
  id: row.id,
  type: row.type,
  status: row.status,
  priority: row.priority,
  description: row.description,
  done: row.done,
  total: row.total,
  failed: row.failed,
  tries: row.tries,
  createdAt: time(row.createdAt) as string,
  startedAt: time(row.startedAt),
  endedAt: time(row.endedAt),
  nextTryAt: time(row.nextTryAt),
  error: row.errorCode === null ? undefined : { code: row.errorCode, message: row.errorMessage ?? '' },
  content: parsed(row.content),
  output: parsed(row.output),
});

/** Characters of JSON past which content and output are left out of lists and events. */
export const longestListed = 4096;

const short = (text: string | null): string | null => (text !== null && text.length > longestListed ? null : text);

/** The same row for lists and events, without a long content or output. */
export const slim = (row: JobRow): JobRow => ({ ...row, content: short(row.content), output: short(row.output) });
