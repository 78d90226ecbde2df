/** What each type of job does over the verbs of the DICOM door. */
import type { JobRunners } from '../jobs/job-runner.ts';
import { createCommitRunner } from './commit.ts';
import { createForwardStepRunner } from './forward-step.ts';
import type { NetworkJobsOptions } from './network-deps.ts';
import { createReportCommitmentRunner, resumeReports } from './report-commitment.ts';
import { createGetRunner, createMoveRunner } from './retrieve.ts';
import { createSendRunner } from './send.ts';

/** The runners, to be handed to the room of jobs. */
export function networkRunners(options: NetworkJobsOptions): JobRunners {
  const send = createSendRunner(options);
  return {
    DicomModalityStore: send,
    DicomMoveScp: send,
    DicomMoveScu: createMoveRunner(options),
    DicomGetScu: createGetRunner(options),
    StorageCommitmentScu: createCommitRunner(options),
    StorageCommitmentScp: createReportCommitmentRunner(options),
    MppsForward: createForwardStepRunner(options),
  };
}

/**
 * To be called once when the jobs have started: other nodes get the reports that they are owed, and an answer to a storage
 * commitment wakes the job that waits for it.
 */
export async function resumeNetworkJobs(options: NetworkJobsOptions): Promise<void> {
  const { commitments, jobs, log } = options;
  commitments.events.on('commitment.answered', ({ job }) => {
    if (job === undefined) return;
    jobs()
      .wake(job)
      .catch((error: unknown) => log('error', 'A job cannot be woken.', error));
  });
  await resumeReports(options);
}
