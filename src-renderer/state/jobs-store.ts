/** The long works of the archive, live: sending, fetching, confirming; and what failed since one last looked. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Input } from '#shared/contract.ts';
import { errorValue } from '#shared/errors.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { Job } from '#shared/model.ts';
import type { WindowBridge } from '../bridge/window-bridge.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome.ts';
import { throttled } from './throttled.ts';

/** What a person may do with a job. */
export type JobAction = Input<'jobs.control'>['action'];
/** Which jobs are looked at. */
export type JobsPart = 'running' | 'failed' | 'all';

/** State and actions of the jobs. */
export interface JobsState {
  /** Newest first; undefined until they came. */
  readonly jobs: readonly Job[] | undefined;
  readonly error: PacsErrorValue | undefined;
  readonly part: JobsPart;
  readonly chosen: string | undefined;
  /** The chosen one as a whole, where the list leaves out what came of it. */
  readonly whole: Job | undefined;
  /** When the failures were last looked at; ISO 8601, UTC. */
  readonly seenAt: string;
  show(part: JobsPart): void;
  choose(id: string | undefined): void;
  control(id: string, action: JobAction): Promise<Outcome>;
  /** Puts a waiting job before all others. */
  first(id: string): Promise<Outcome>;
  /** Tells that the failures have been looked at. */
  see(): void;
  refresh(): void;
}

/** Where the time of the last look is kept between windows. */
export type Memory = Pick<Storage, 'getItem' | 'setItem'>;

const storageKey = 'chairside.failuresSeenAt';
/** Jobs kept in the window. */
const maximum = 500;
/** The largest priority that the archive takes. */
const highest = 100;

/** True for a job that is not over. */
export const isOpen = ({ status }: Pick<Job, 'status'>): boolean =>
  status === 'pending' || status === 'running' || status === 'paused' || status === 'retry';

/** True for a job that ended badly, in whole or in part. */
export const hasFailed = ({ status, failed }: Pick<Job, 'status' | 'failed'>): boolean =>
  status === 'failure' || (status === 'success' && failed > 0);

/** The jobs of a part. */
export const jobsOf = (jobs: readonly Job[], part: JobsPart): readonly Job[] =>
  part === 'all' ? jobs : jobs.filter(part === 'running' ? isOpen : hasFailed);

/** Jobs that failed since one last looked. */
export const unseenFailures = ({ jobs, seenAt }: Pick<JobsState, 'jobs' | 'seenAt'>): number =>
  (jobs ?? []).filter((job) => hasFailed(job) && endOf(job) > seenAt).length;

const endOf = ({ endedAt, createdAt }: Job): string => endedAt ?? createdAt;

const newestFirst = (a: Job, b: Job) => b.createdAt.localeCompare(a.createdAt);

/** The jobs with this one as it is now. */
function withJob(jobs: readonly Job[], job: Job): readonly Job[] {
  const index = jobs.findIndex(({ id }) => id === job.id);
  return index < 0 ? [job, ...jobs].toSorted(newestFirst).slice(0, maximum) : jobs.with(index, job);
}

/** Makes the store of the jobs and fills it. */
export function createJobsStore(bridge: WindowBridge, memory: Memory): StoreApi<JobsState> {
  const store = createStore<JobsState>((set, get) => {
    /** Jobs that changed while the list was on its way: what they are now is newer than the list. */
    const load = async () => {
      const before = get().jobs;
      const change = await bridge.call('jobs.list', { limit: maximum }).then(
        (listed) => {
          const told = (get().jobs ?? []).filter((job) => !before?.includes(job));
          return { jobs: told.reduce(withJob, listed.toSorted(newestFirst)), error: undefined };
        },
        (error: unknown) => ({ error: errorValue(error) }),
      );
      set(change);
    };
    const act = async (call: Promise<unknown>): Promise<Outcome> => {
      const outcome = await outcomeOf(call);
      get().refresh();
      return outcome;
    };
    return {
      jobs: undefined,
      error: undefined,
      part: 'all',
      chosen: undefined,
      whole: undefined,
      seenAt: memory.getItem(storageKey) ?? '',
      show: (part) => set({ part }),
      choose: (chosen) => {
        set({ chosen, whole: undefined });
        const job = get().jobs?.find(({ id }) => id === chosen);
        if (!job || !hasFailed(job) || job.output !== undefined) return;
        // Without it the reason of the whole job is shown all the same.
        bridge.call('jobs.get', { id: job.id }).then(
          (whole) => get().chosen === whole.id && set({ whole }),
          () => undefined,
        );
      },
      control: (id, action) => act(bridge.call('jobs.control', { id, action })),
      first: (id) => {
        const others = (get().jobs ?? []).filter((job) => isOpen(job) && job.id !== id).map((job) => job.priority);
        const priority = Math.min(highest, Math.max(0, ...others) + 1);
        return act(bridge.call('jobs.priority', { id, priority }));
      },
      see: () => {
        if (unseenFailures(get()) === 0) return;
        // By the archive's clock, which need not be this computer's.
        const seenAt = (get().jobs ?? [])
          .filter(hasFailed)
          .map(endOf)
          .reduce((a, b) => (a > b ? a : b), get().seenAt);
        memory.setItem(storageKey, seenAt);
        set({ seenAt });
      },
      refresh: throttled(1000, load),
    };
  });
  bridge.on('job.changed', (job) => store.setState(({ jobs = [] }) => ({ jobs: withJob(jobs, job) })));
  bridge.onConnection((connection) => {
    if (connection === 'connected') store.getState().refresh();
  });
  store.getState().refresh();
  return store;
}
