/** Job StorageCommitmentScu: asks a node whether it keeps images, and waits for its answer (PS3.4 J). */
import { PacsError } from '#shared/errors.ts';
import type { Modality } from '#shared/model.ts';
import { makeUid } from '../dicom/make-uid.ts';
import { commit as askNode } from '../dimse/client/commit.ts';
import { failureSentence, type Commitment, type InstanceReference } from '../jobs/commitment-values.ts';
import { Later, type JobRequest, type JobRunner, type JobTools } from '../jobs/job-runner.ts';
import { nodeOf, withNode, type NetworkJobsOptions, type NodeContent } from './network-deps.ts';

interface CommitContent extends NodeContent {
  readonly references: readonly InstanceReference[];
  readonly TransactionUID?: string | undefined;
  /** When the node took the request; milliseconds since 1970. */
  readonly askedAt?: number | undefined;
}

/** The job that asks a node whether it keeps these images; under that TransactionUID, and called that way, where it is given. */
export const commitJob = (
  name: string,
  references: readonly InstanceReference[],
  more: Partial<Pick<CommitContent, 'TransactionUID' | 'call'>> = {},
): JobRequest => ({
  type: 'StorageCommitmentScu',
  description: name,
  content: { name, references, ...more } satisfies CommitContent,
  total: references.length,
  lane: `${name} (reports)`,
});

const hour = 3_600_000;

/** Asks, then gives its place away until the answer comes: on the same association, or on one that the node opens to us. */
export function createCommitRunner(options: NetworkJobsOptions): JobRunner {
  const { commitments, commitmentMilliseconds = hour } = options;
  return async (content, tools) => {
    const asked = await ask(content as CommitContent, tools, options);
    const { name, TransactionUID } = asked;
    const commitment = await commitments.get(TransactionUID);
    if (commitment?.instances.every(({ status }) => status !== 'pending')) return conclude(commitment, asked, tools);
    const left = asked.askedAt + commitmentMilliseconds - Date.now();
    if (left > 0) return new Later(left);
    const sentence = `${name} has not said in time whether it keeps the images.`;
    await commitments.expired(TransactionUID, sentence);
    await tools.save(anew(asked));
    throw new PacsError('not-found', sentence);
  };
}

interface Asked extends CommitContent {
  readonly TransactionUID: string;
  readonly askedAt: number;
}

/* The same TransactionUID at each try: the node may have taken the request although we did not hear of it. */
async function ask(content: CommitContent, tools: JobTools, options: NetworkJobsOptions): Promise<Asked> {
  const { name, references, TransactionUID = makeUid(), askedAt } = content;
  if (askedAt !== undefined && content.TransactionUID) return { ...content, TransactionUID, askedAt };
  const { commitments, client } = options;
  const { AET } = nodeOf(options, content);
  await tools.save({ ...content, TransactionUID });
  await commitments.ask({ TransactionUID, AET, node: name, references, job: tools.id });
  const { signal } = tools;
  const onReport = async (answer: Parameters<typeof commitments.answered>[0]): Promise<void> => {
    if (!(await commitments.answered(answer))) throw new PacsError('bad-request', 'No such transaction is known here.');
  };
  const request = (node: Modality) => askNode(node, { TransactionUID, references }, client, { signal, onReport });
  await withNode(options, content, signal, request);
  const asked = { ...content, TransactionUID, askedAt: Date.now() };
  await tools.save(asked);
  return asked;
}

const mostListed = 1000;

/* Started again, it asks anew. */
const anew = (content: CommitContent): CommitContent => ({
  ...content,
  TransactionUID: undefined,
  askedAt: undefined,
});

async function conclude(
  { TransactionUID, instances, total }: Commitment,
  asked: Asked,
  { progress, report, save }: JobTools,
): Promise<undefined> {
  const failed = instances.filter(({ status }) => status === 'failure');
  progress({ done: total - failed.length, failed: failed.length, total });
  report({
    TransactionUID,
    committed: total - failed.length,
    failed: failed.slice(0, mostListed).map((instance) => ({
      SOPClassUID: instance.SOPClassUID,
      SOPInstanceUID: instance.SOPInstanceUID,
      FailureReason: instance.FailureReason,
      sentence: failureSentence(instance.FailureReason),
    })),
  });
  if (failed.length === 0) return undefined;
  await save(anew(asked));
  const first = failureSentence(failed[0]?.FailureReason);
  throw new PacsError('not-found', `${asked.name} does not confirm ${failed.length} of ${total} images. ${first}`);
}
