/** What a person may do with a job, and what it makes of which one. */
import type { JobStatus } from '#shared/model.ts';
import type { JobRow } from './job-row.ts';

/** What a person may do with a job. */
export type JobAction = 'cancel' | 'pause' | 'resume' | 'resubmit';

interface Change {
  readonly from: readonly JobStatus[];
  readonly to: () => Partial<JobRow>;
  /** Why it cannot be done with the others. */
  readonly sentence: string;
}

const anew = { errorCode: null, errorMessage: null, nextTryAt: null, endedAt: null, tries: 0, done: 0, failed: 0 };

/** What each action makes of which job. */
export const actions: Readonly<Record<JobAction, Change>> = {
  cancel: {
    from: ['pending', 'running', 'paused', 'retry'],
    to: () => ({ status: 'cancelled', endedAt: Date.now(), nextTryAt: null }),
    sentence: 'This job has ended already.',
  },
  pause: {
    from: ['pending', 'running', 'retry'],
    to: () => ({ status: 'paused', nextTryAt: null }),
    sentence: 'Only a job that waits or runs can be paused.',
  },
  resume: {
    from: ['paused', 'retry'],
    to: () => ({ status: 'pending', nextTryAt: null, tries: 0 }),
    sentence: 'Only a paused job can go on.',
  },
  resubmit: {
    from: ['success', 'failure', 'cancelled'],
    to: () => ({ status: 'pending', output: null, ...anew }),
    sentence: 'Only a job that has ended can be started again.',
  },
};
