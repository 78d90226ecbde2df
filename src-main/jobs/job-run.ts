/** One run of a job: its signal, its progress (told at a bounded rate), its end. */
import { PacsError, toPacsError, type PacsErrorCode } from '#shared/errors.ts';
import type { BackOff } from './back-off.ts';
import type { JobRow } from './job-row.ts';
import { Later, type JobRunner, type JobTools, type Progress } from './job-runner.ts';
import type { Ending, JobTable } from './job-table.ts';

/** What a run needs besides its row. */
export interface JobRunContext {
  readonly table: JobTable;
  readonly runner: JobRunner | undefined;
  readonly backOff: BackOff;
  /** Told of progress, at most four times a second. */
  readonly told: (row: JobRow) => void;
  /** Told of what a runner threw and the table cannot hold. */
  readonly failed: (row: JobRow, error: PacsError) => void;
}

/** A running job. */
export interface JobRun {
  readonly row: JobRow;
  /** How it ended; the progress and output are in `state`. Never rejects. */
  readonly ended: Promise<Ending>;
  readonly state: RunState;
  /** The row as it is now, progress included. */
  now(): JobRow;
  /** Breaks it off. */
  interrupt(why: string): void;
}

/** What changes while it runs. */
interface RunState {
  progress: Progress;
  /** JSON. */
  output: string | undefined;
  /** What it waits for came while it ran: an end with Later is one without waiting. */
  isAwake: boolean;
}

/* Faults of the moment. */
const passing: readonly PacsErrorCode[] = ['busy', 'aborted', 'storage-full'];
const tellEvery = 250;

/** Starts a run of a job that was taken from the table. */
export function startRun(row: JobRow, context: JobRunContext): JobRun {
  const controller = new AbortController();
  const state: RunState = {
    progress: { done: row.done, total: row.total, failed: row.failed },
    output: undefined,
    isAwake: false,
  };
  const now = (): JobRow => ({ ...row, ...state.progress, failed: state.progress.failed ?? 0 });
  let timer: NodeJS.Timeout | undefined;
  const tools: JobTools = {
    id: row.id,
    signal: controller.signal,
    progress: (progress) => {
      state.progress = progress;
      timer ??= setTimeout(() => {
        timer = undefined;
        if (!controller.signal.aborted) context.told(now());
      }, tellEvery);
    },
    save: (content) => context.table.save(row.id, JSON.stringify(content ?? null), state.progress),
    report: (output) => void (state.output = JSON.stringify(output)),
  };

  async function run(): Promise<Ending> {
    try {
      if (!context.runner) throw new PacsError('unsupported', 'This program cannot do this kind of job.');
      const output = await context.runner(JSON.parse(row.remaining ?? row.content ?? 'null'), tools);
      if (output instanceof Later) return { status: 'pending', nextTryAt: Date.now() + output.milliseconds };
      if (output !== undefined) tools.report(output);
      return { status: 'success' };
    } catch (thrown) {
      return controller.signal.aborted ? { status: 'pending' } : failure(toPacsError(thrown));
    } finally {
      clearTimeout(timer);
    }
  }

  function failure(error: PacsError): Ending {
    context.failed(row, error);
    const { code, message } = error;
    /* Who got on counts its tries anew: what is to be sent is finite. */
    const tries = (state.progress.done > row.done ? 0 : row.tries) + 1;
    const wait = passing.includes(code) ? context.backOff(tries) : undefined;
    return wait === undefined
      ? { status: 'failure', error: { code, message }, tries }
      : { status: 'retry', error: { code, message }, tries, nextTryAt: Date.now() + wait };
  }

  return {
    row,
    ended: run(),
    state,
    now,
    interrupt: (why) => controller.abort(new PacsError('aborted', why)),
  };
}
