/** The jobs of the network: what each type of job does over the verbs of the DICOM door, and how such jobs are made. */
import type { JobRunners } from './jobs/job-runner.ts';
import { createCommitRunner } from './network-jobs/commit.ts';
import { createForwardStepRunner } from './network-jobs/forward-step.ts';
import type { NetworkJobsOptions } from './network-jobs/network-deps.ts';
import { createReportCommitmentRunner, reportLater, resumeReports } from './network-jobs/report-commitment.ts';
import { createGetRunner, createMoveRunner } from './network-jobs/retrieve.ts';
import { createSendRunner, moveJob, type MoveOrder } from './network-jobs/send.ts';

export { commitJob } from './network-jobs/commit.ts';
export { forwardStepJob } from './network-jobs/forward-step.ts';
export { retrieveJob } from './network-jobs/retrieve.ts';
export { sendJob } from './network-jobs/send.ts';

/** The jobs of the network, to be handed to the room of jobs and to the doors. */
export interface NetworkJobs {
  readonly runners: JobRunners;
  /** To be called once after the jobs have started: what other nodes are owed is brought, answers that come wake who waits for them. */
  resume(): Promise<void>;
  /** For the storage commitment service. */
  reportLater(commitment: number): Promise<void>;
  /** For asynchronous C-MOVE; the answer is the job's id. */
  submitMove(order: MoveOrder): Promise<string>;
}

/** Makes them; nothing runs before the jobs are started. */
export function createNetworkJobs(options: NetworkJobsOptions): NetworkJobs {
  const { commitments, jobs, log } = options;
  const send = createSendRunner(options);
  return {
    runners: {
      DicomModalityStore: send,
      DicomMoveScp: send,
      DicomMoveScu: createMoveRunner(options),
      DicomGetScu: createGetRunner(options),
      StorageCommitmentScu: createCommitRunner(options),
      StorageCommitmentScp: createReportCommitmentRunner(options),
      MppsForward: createForwardStepRunner(options),
    },
    resume: async () => {
      commitments.events.on('commitment.answered', ({ job }) => {
        if (job)
          jobs()
            .wake(job)
            .catch((error: unknown) => log('error', 'A job cannot be woken.', error));
      });
      await resumeReports(options);
    },
    reportLater: (commitment) => reportLater(commitment, options),
    submitMove: (order) => jobs().submit(moveJob(order)),
  };
}
