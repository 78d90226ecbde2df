/** Job MppsForward: hands a message about a performed procedure step on to another node (PS3.4 F.7). */
import { sendMpps, type MppsMessage } from '../dimse/client/mpps.ts';
import type { JobRequest, JobRunner } from '../jobs/job-runner.ts';
import { withNode, type NetworkJobsOptions, type NodeContent } from './network-deps.ts';

interface ForwardContent extends NodeContent {
  readonly message: MppsMessage;
}

/** The job that hands a message on; messages about one step reach a node in their order. */
export const forwardStepJob = (name: string, message: MppsMessage): JobRequest => ({
  type: 'MppsForward',
  description: name,
  content: { name, message } satisfies ForwardContent,
  total: 1,
  lane: name,
  strand: `${name} ${message.SOPInstanceUID}`,
});

/** Hands messages on. */
export const createForwardStepRunner =
  (options: NetworkJobsOptions): JobRunner =>
  async (content, { signal, progress }) => {
    const forward = content as ForwardContent;
    await withNode(options, forward, signal, (node) => sendMpps(node, [forward.message], options.client, signal));
    progress({ done: 1, total: 1 });
  };
