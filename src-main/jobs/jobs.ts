/** The door of the room of jobs: what runs and what leaves, kept in durable rows until it is done. */
import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { createEmitter, type Emitter } from '#shared/emitter.ts';
import { PacsError } from '#shared/errors.ts';
import type { Job, JobStatus } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import type { Log } from '../log.ts';
import type { Records } from '../records/records.ts';
import { createBackOff, type BackOff } from './back-off.ts';
import { actions, type JobAction } from './job-actions.ts';
import { slim, toJob, type JobRow } from './job-row.ts';
import { startRun, type JobRun } from './job-run.ts';
import type { JobRequest, JobRunners } from './job-runner.ts';
import { createJobTable, type Ending, type JobTable } from './job-table.ts';
import { createLanes } from './lanes.ts';

/** What the jobs tell; a long content or output is left out of it. */
interface JobEvents {
  'job.changed': Job;
}

/** The jobs. */
export interface Jobs {
  /** Progress is told at most four times a second a job. */
  readonly events: Emitter<JobEvents>;
  /** Begins to work; what ran when the program died goes on with what is left of it. */
  start(): Promise<void>;
  /** Keeps a job; the answer is its id. @throws PacsError `busy` with too many open jobs, `too-large` */
  submit(request: JobRequest): Promise<string>;
  /** Newest first; a long content or output (over 4096 characters of JSON) is left out. */
  list(limit?: number): Promise<readonly Job[]>;
  get(id: string): Promise<Job | undefined>;
  /**
   * `cancel` and `pause` take open ones (a running one is broken off), `resume` a paused one (or one that waits for its next
   * try, which then comes at once), `resubmit` an ended one, which goes on with what was left. @throws PacsError `not-found`, `bad-request`
   */
  control(id: string, action: JobAction): Promise<void>;
  /** @throws PacsError `not-found` */
  prioritise(id: string, priority: number): Promise<void>;
  /** What the job waits for (see Later) is there: it goes on now. */
  wake(id: string): Promise<void>;
  /** Waits for its end. @throws PacsError `not-found` */
  ended(id: string): Promise<Job>;
  /** Forgets an ended one. @throws PacsError `not-found`, `bad-request` */
  remove(id: string): Promise<void>;
  /** Interrupts what runs; it goes on at the next start. */
  stop(): Promise<void>;
}

/** What the jobs need. */
export interface JobsOptions {
  /** With the tables of `jobsSchema`. */
  readonly records: Records;
  readonly settings: Pick<Settings, 'ConcurrentJobs' | 'JobsHistorySize'>;
  readonly runners: JobRunners;
  readonly log: Log;
  readonly backOff?: BackOff;
}

/* How long the program's end waits for runs that were broken off; what is late goes on at the next start anyway. */
const stopWithin = 5000;
/* A timer of Node holds 31 bits. */
const longestTimer = 2 ** 31 - 1;
/* After a fault of the table itself, such as a full disk. */
const secondLook = 5000;

/** The jobs of these records; nothing runs before `start`. */
export const openJobs = (options: JobsOptions): Jobs => new Scheduler(options);

class Scheduler implements Jobs {
  readonly events: Emitter<JobEvents>;
  readonly #options: JobsOptions;
  readonly #table: JobTable;
  readonly #backOff: BackOff;
  readonly #places: number;
  readonly #runs = new Map<string, { readonly run: JobRun; readonly settled: Promise<void> }>();
  readonly #waiting = new Map<string, Set<(job: Job) => void>>();
  readonly #lanes;
  #isOpen = false;
  #pumping: Promise<void> | undefined;
  #isPumpWanted = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #stopping = new AbortController();

  constructor(options: JobsOptions) {
    this.#options = options;
    this.#table = createJobTable(options.records);
    this.#backOff = options.backOff ?? createBackOff();
    this.#places = options.settings.ConcurrentJobs || availableParallelism();
    this.#lanes = createLanes(this.#places);
    this.events = createEmitter<JobEvents>((error) => options.log('error', 'A listener failed.', error));
  }

  async start(): Promise<void> {
    for (const row of await this.#table.recover()) this.#tell(row);
    await this.#table.trim(this.#options.settings.JobsHistorySize);
    this.#isOpen = true;
    this.#pump();
  }

  async submit(request: JobRequest): Promise<string> {
    const row = await this.#table.insert(request);
    this.#tell(row);
    this.#pump();
    return row.id;
  }

  async list(limit = 200): Promise<readonly Job[]> {
    return (await this.#table.list(limit)).map((row) => toJob(this.#current(row)));
  }

  async get(id: string): Promise<Job | undefined> {
    const row = await this.#table.get(id);
    return row && toJob(this.#current(row));
  }

  async control(id: string, action: JobAction): Promise<void> {
    const { from, to, sentence } = actions[action];
    const row = await this.#table.change(id, from, to());
    if (!row) {
      await this.#existing(id);
      throw new PacsError('bad-request', sentence);
    }
    if (row.status !== 'pending') this.#runs.get(id)?.run.interrupt(interruption);
    this.#tell(row);
    if (row.endedAt !== null) await this.#trim();
    this.#pump();
  }

  async prioritise(id: string, priority: number): Promise<void> {
    const row = await this.#table.change(id, allStatuses, { priority });
    if (!row) throw notFound();
    this.#tell(this.#current(row));
  }

  async wake(id: string): Promise<void> {
    const run = this.#runs.get(id)?.run;
    if (run) run.state.isAwake = true;
    const row = await this.#table.change(id, ['pending', 'retry'], { nextTryAt: null });
    if (row) this.#pump();
  }

  async ended(id: string): Promise<Job> {
    const { promise, resolve } = Promise.withResolvers<Job>();
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting.add(resolve));
    const row = await this.#table.get(id);
    /* It may have ended while the row was read, and be forgotten by now. */
    if (row?.endedAt === null || !waiting.delete(resolve)) return promise;
    if (waiting.size === 0) this.#waiting.delete(id);
    if (!row) throw notFound();
    return toJob(row);
  }

  async remove(id: string): Promise<void> {
    if (await this.#table.remove(id)) return;
    await this.#existing(id);
    throw new PacsError('bad-request', 'This job has not ended yet.');
  }

  async stop(): Promise<void> {
    this.#isOpen = false;
    clearTimeout(this.#timer);
    this.#stopping.abort();
    await this.#pumping;
    for (const { run } of this.#runs.values()) run.interrupt('This program is closing.');
    const all = Promise.all([...this.#runs.values()].map(({ settled }) => settled));
    await Promise.race([all, wait(stopWithin, undefined, { ref: false })]);
  }

  async #existing(id: string): Promise<void> {
    if (!(await this.#table.get(id))) throw notFound();
  }

  /* A row with the progress that is not written yet. */
  #current(row: JobRow): JobRow {
    const run = row.status === 'running' ? this.#runs.get(row.id)?.run : undefined;
    return run ? { ...row, ...run.state.progress, failed: run.state.progress.failed ?? 0 } : row;
  }

  #tell(row: JobRow): void {
    this.events.emit('job.changed', toJob(slim(row)));
    if (row.endedAt === null) return;
    const waiting = this.#waiting.get(row.id);
    this.#waiting.delete(row.id);
    for (const resolve of waiting ?? []) {
      waiting?.delete(resolve);
      resolve(toJob(row));
    }
  }

  /* Fills the free places. One at a time; who asks meanwhile gets another one afterwards. */
  #pump(): void {
    this.#isPumpWanted = true;
    this.#pumping ??= this.#fill().finally(() => {
      this.#pumping = undefined;
      if (this.#isOpen && this.#isPumpWanted) this.#pump();
    });
  }

  async #fill(): Promise<void> {
    while (this.#isOpen && this.#isPumpWanted) {
      this.#isPumpWanted = false;
      try {
        let now = Date.now();
        while (this.#isOpen && this.#runs.size <= this.#places && (await this.#takeOne(now))) now = Date.now();
        await this.#setTimer(now);
      } catch (error) {
        this.#options.log('error', 'The jobs cannot be read.', error);
        this.#alarm(secondLook);
      }
    }
  }

  async #takeOne(now: number): Promise<boolean> {
    const running = [...this.#runs.values()].map(({ run }) => run.row);
    const lanes = this.#lanes.closed(running, await this.#table.lanesInTrouble());
    const leastPriority = running.length < this.#places ? -Infinity : urgent;
    const row = await this.#table.take(now, leastPriority, { ids: running.map(({ id }) => id), lanes });
    if (row) this.#begin(row);
    return row !== undefined;
  }

  #begin(row: JobRow): void {
    const { runners, log } = this.#options;
    const run = startRun(row, {
      table: this.#table,
      runner: runners[row.type],
      backOff: this.#backOff,
      told: (now) => this.events.emit('job.changed', toJob(slim(now))),
      failed: ({ type, description }, error) =>
        log(error.code === 'internal' ? 'error' : 'warn', `${type} (${description}): ${error.message}`, error.cause),
    });
    const settled = run.ended.then((ending) => this.#settle(run, ending));
    this.#runs.set(row.id, { run, settled });
    this.#tell(row);
  }

  async #settle(run: JobRun, ending: Ending): Promise<void> {
    const { row, state } = run;
    for (;;) {
      try {
        const last = ending.status === 'pending' && state.isAwake ? ({ status: 'pending' } as const) : ending;
        const ended = await this.#table.end(row.id, state.progress, state.output, last);
        this.#runs.delete(row.id);
        if (ended) this.#tell(ended);
        if (ended && ended.endedAt !== null) await this.#trim();
        return this.#pump();
      } catch (error) {
        this.#options.log('error', 'The end of a job cannot be written; it is tried again.', error);
        if (!this.#runs.has(row.id)) return this.#pump();
        if (!(await this.#pause(secondLook))) return;
      }
    }
  }

  /* False where the program ends meanwhile. */
  #pause(milliseconds: number): Promise<boolean> {
    return wait(milliseconds, true, { signal: this.#stopping.signal }).catch(() => false);
  }

  #trim(): Promise<void> {
    return this.#table.trim(this.#options.settings.JobsHistorySize);
  }

  /* What was due by `seen` and was not taken waits for a place or its lane: the end of a run looks again. */
  async #setTimer(seen: number): Promise<void> {
    const time = await this.#table.nextTime(seen);
    clearTimeout(this.#timer);
    if (time !== undefined) this.#alarm(Math.max(0, time - Date.now()));
  }

  #alarm(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#isOpen) this.#timer = setTimeout(() => this.#pump(), Math.min(milliseconds, longestTimer));
  }
}

/* From this priority on a job may take the place that is kept beyond ConcurrentJobs. */
const urgent = 10;

const interruption = 'It was stopped by a person.';
const notFound = (): PacsError => new PacsError('not-found', 'There is no such job.');

const allStatuses: readonly JobStatus[] = ['pending', 'running', 'paused', 'retry', 'success', 'failure', 'cancelled'];
