/** Job StorageCommitmentScp: brings the report of a storage commitment to the node that asked for it (PS3.4 J.3.3). */
import { PacsError } from '#shared/errors.ts';
import { checkContext } from '../dimse/commitment.ts';
import { checkInstances } from '../dimse/commitment-check.ts';
import { commitmentReport, sendCommitmentReport } from '../dimse/commitment-report.ts';
import type { Commitment } from '../jobs/commitment-values.ts';
import type { JobRequest, JobRunner } from '../jobs/job-runner.ts';
import { withNode, type NetworkJobsOptions } from './network-deps.ts';

interface ReportContent {
  readonly commitment: number;
}

/* A scanner waits for it before it makes room. */
const urgent = 10;

/* Its lane is not that of the images, which may be on their way for hours. */
const reportCommitmentJob = ({ id, node, AET, total }: Commitment): JobRequest => ({
  type: 'StorageCommitmentScp',
  description: node ?? AET,
  content: { commitment: id } satisfies ReportContent,
  total,
  priority: urgent,
  lane: `${node ?? AET} (reports)`,
});

/** Checks and reports; what the node does not take now is brought again later, whatever its reason. */
export function createReportCommitmentRunner(options: NetworkJobsOptions): JobRunner {
  const { commitments, client, peers } = options;
  return async (content, { signal, progress, report }) => {
    const commitment = await commitments.get((content as ReportContent).commitment);
    const isTaken = commitment?.endedAt !== undefined && commitment.error === undefined;
    if (!commitment || isTaken) return undefined;
    const name = commitment.node ?? peers.titled(commitment.AET)?.name;
    const instances = await checkInstances(commitment, checkContext(options), signal);
    const failed = instances.filter(({ status }) => status === 'failure').length;
    progress({ done: instances.length - failed, total: instances.length, failed });
    report({ TransactionUID: commitment.TransactionUID, failed });
    if (name === undefined) {
      const sentence = `The device ${commitment.AET} is not known here, so that its report has nowhere to go.`;
      await commitments.reported(commitment.id, instances, sentence);
      throw new PacsError('not-found', sentence);
    }
    const answer = commitmentReport(commitment.TransactionUID, instances);
    await withNode(options, { name }, signal, (node) => sendCommitmentReport(node, answer, client, signal)).catch(
      again,
    );
    await commitments.reported(commitment.id, instances);
    return undefined;
  };
}

/* A node that refuses us may have been set up for us tomorrow. */
function again(thrown: unknown): never {
  if (thrown instanceof PacsError && thrown.code !== 'internal')
    throw new PacsError('busy', thrown.message, { cause: thrown });
  throw thrown;
}

/** Sees to it that the report is brought, now or after the next start. */
export async function reportLater(id: number, { commitments, jobs }: NetworkJobsOptions): Promise<void> {
  const commitment = await commitments.get(id);
  if (commitment) await commitments.assign(id, await jobs().submit(reportCommitmentJob(commitment)));
}

/** After a start: who asked before the program ended gets its report. And who does not get it is noted. */
export async function resumeReports(options: NetworkJobsOptions): Promise<void> {
  const { commitments, jobs, log } = options;
  jobs().events.on('job.changed', ({ type, status, content, error }) => {
    if (type !== 'StorageCommitmentScp' || (status !== 'failure' && status !== 'cancelled')) return;
    const { commitment } = content as ReportContent;
    giveUp(commitment, error?.message ?? 'The report was cancelled.', options).catch((thrown: unknown) =>
      log('error', 'The end of a storage commitment cannot be written.', thrown),
    );
  });
  for (const id of await commitments.unreported()) await reportLater(id, options);
}

async function giveUp(id: number, sentence: string, { commitments }: NetworkJobsOptions): Promise<void> {
  const commitment = await commitments.get(id);
  if (commitment?.status === 'pending') await commitments.reported(id, commitment.instances, sentence);
}
