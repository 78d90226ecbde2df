/** What a job is to the one who does it: a function of its content, and the tools it is given. */
import type { JobType } from '#shared/model.ts';

/** How far a job is. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly failed?: number | undefined;
}

/** What a runner answers when there is nothing to do before a time; the job gives its place away until then. */
export class Later {
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }
}

/** What a running job may use. */
export interface JobTools {
  /** The job's own id. */
  readonly id: string;
  /** Aborted when the job is cancelled or paused, and when the program ends. */
  readonly signal: AbortSignal;
  /** May be called as often as one likes: it is told four times a second and written with the next save. */
  progress(progress: Progress): void;
  /** Keeps what is left to do: the next run gets it as its content, also after a kill -9. Resolves when it is on disk. */
  save(content: unknown): Promise<void>;
  /** The output so far; it stays with the job however the run ends. */
  report(output: unknown): void;
}

/**
 * Does one job; resolves with its output. A PacsError `busy`, `aborted` or `storage-full` is tried again with back-off, any
 * other error ends the job at once.
 */
export type JobRunner = (content: unknown, tools: JobTools) => Promise<unknown>;

/** The runners by type of job. */
export type JobRunners = Readonly<Partial<Record<JobType, JobRunner>>>;

/** A job as it is handed in. */
export interface JobRequest {
  readonly type: JobType;
  /** In words without patient data: what the type does not say, such as the name of the node. */
  readonly description: string;
  /** A value that JSON can hold, at most 16 MB. */
  readonly content: unknown;
  readonly total?: number | undefined;
  /** Larger goes first; 0 by default. From 10 on it is urgent: one place beyond ConcurrentJobs is kept for these. */
  readonly priority?: number | undefined;
  /** What it depends on, such as the name of a node: one lane in trouble does not take the places of the others. */
  readonly lane?: string | undefined;
  /** Jobs of one strand run in the order in which they were handed in, each after the one before has ended. */
  readonly strand?: string | undefined;
}
