/** The DICOM services of this node beside verification and storage, over the rooms. */
import type { Settings } from '#shared/settings.ts';
import { createFindService } from './dimse/c-find.ts';
import { createGetService } from './dimse/c-get.ts';
import { createMoveService } from './dimse/c-move.ts';
import type { ClientContext } from './dimse/client/client-context.ts';
import { createCommitmentService } from './dimse/commitment.ts';
import { createMppsService, type ReportedStep } from './dimse/mpps.ts';
import type { Service } from './dimse/service.ts';
import { createWorklistService } from './dimse/worklist-find.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Log } from './log.ts';
import { forwardStepJob } from './network-jobs/forward-step.ts';
import type { NetworkJobsOptions } from './network-jobs/network-deps.ts';
import { reportLater } from './network-jobs/report-commitment.ts';
import { moveJob } from './network-jobs/send.ts';
import type { Rooms } from './rooms.ts';

/** What the services reach. */
export interface ServicesOptions extends Pick<Rooms, 'store' | 'peers' | 'worklist' | 'commitments' | 'transcoder'> {
  readonly settings: Settings;
  readonly client: ClientContext;
  readonly jobs: Jobs;
  readonly networkJobs: NetworkJobsOptions;
  readonly log: Log;
}

/** All services; the worklist only where the settings say so. */
export function createServices(options: ServicesOptions): Service[] {
  const { settings, jobs, networkJobs } = options;
  return [
    createFindService(options),
    createMoveService({ ...options, submitMove: (order) => jobs.submit(moveJob(order)) }),
    createGetService(options),
    createCommitmentService({ ...options, reportLater: (id) => reportLater(id, networkJobs) }),
    ...(settings.Worklists.Enable ? [createWorklistService(options)] : []),
    createMppsService({ ...options, onStep: (step) => forward(step, options) }),
  ];
}

/** Hands a report on to the nodes of MppsForwardTo, each as a job. */
async function forward(
  { kind, SOPInstanceUID, dataSet }: ReportedStep,
  { settings, jobs, log }: ServicesOptions,
): Promise<void> {
  const submitted = settings.Chairside.MppsForwardTo.map((name) =>
    jobs
      .submit(forwardStepJob(name, { kind, SOPInstanceUID, dataSet }))
      .catch((error: unknown) => log('error', `A procedure step could not be handed on to ${name}.`, error)),
  );
  await Promise.all(submitted);
}
