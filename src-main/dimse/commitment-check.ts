/** Whether we keep what a storage commitment names: only what is on disk and whose bytes still are those that came (PS3.4 J.3.2.2). */
import {
  failureReason,
  type Commitment,
  type CommittedInstance,
  type InstanceReference,
} from '../jobs/commitment-values.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';

/** What a check needs. */
export interface CommitmentCheckContext {
  readonly store: Pick<Store, 'files' | 'verify'>;
  readonly takesClass: (SOPClassUID: string) => boolean;
  readonly log: Log;
}

/** Decides the instances that are pending, one after the other; what lacks the label is as if it were not here. @throws the signal's reason when it is aborted */
export async function checkInstances(
  { instances, label }: Pick<Commitment, 'instances' | 'label'>,
  context: CommitmentCheckContext,
  signal: AbortSignal,
): Promise<readonly CommittedInstance[]> {
  const decided: CommittedInstance[] = [];
  for (const instance of instances) {
    signal.throwIfAborted();
    decided.push(instance.status === 'pending' ? await decide(instance, label, context) : instance);
  }
  return decided;
}

async function decide(
  instance: CommittedInstance,
  label: string | undefined,
  context: CommitmentCheckContext,
): Promise<CommittedInstance> {
  const reason = await reasonAgainst(instance, label, context).catch((error: unknown) => {
    context.log('error', 'An image could not be checked for a storage commitment.', error);
    return failureReason.processingFailure;
  });
  return reason === undefined
    ? { ...instance, status: 'success' }
    : { ...instance, status: 'failure', FailureReason: reason };
}

/* An instance may be there under two patients; one whole file is enough. */
async function reasonAgainst(
  { SOPClassUID, SOPInstanceUID }: InstanceReference,
  label: string | undefined,
  { store, takesClass, log }: CommitmentCheckContext,
): Promise<number | undefined> {
  const files = await store.files({ SOPInstanceUID, label });
  const ofClass = files.filter((file) => file.SOPClassUID === SOPClassUID);
  for (const file of ofClass) if (await store.verify(file)) return undefined;
  if (ofClass.length > 0) {
    log('error', `The file of image ${SOPInstanceUID} is missing or damaged; its storage is not confirmed.`);
    return failureReason.processingFailure;
  }
  if (files.length > 0) return failureReason.classInstanceConflict;
  return takesClass(SOPClassUID) ? failureReason.noSuchObjectInstance : failureReason.referencedSOPClassNotSupported;
}
