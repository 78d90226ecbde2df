/** Jobs DicomModalityStore and DicomMoveScp: send our images to a node; what was sent is crossed off. */
import type { ResourceScope } from '#shared/model.ts';
import { PacsError, type PacsErrorCode } from '#shared/errors.ts';
import { store as sendFiles, type SendResult } from '../dimse/client/store.ts';
import type { JobRequest, JobRunner, JobTools } from '../jobs/job-runner.ts';
import type { Scope, StoredFile } from '../store/store.ts';
import { commitJob } from './commit.ts';
import { createPace, withNode, type NetworkJobsOptions } from './network-deps.ts';
import { createSending, type SendContent, type Sending } from './sending.ts';

/** The job that sends these of our images to a node; `commit`: it is asked afterwards whether it keeps them. */
export const sendJob = (name: string, scopes: readonly ResourceScope[], commit = false): JobRequest => ({
  type: 'DicomModalityStore',
  description: name,
  content: { name, scopes, commit } satisfies SendContent,
  lane: name,
});

/** What an asynchronous C-MOVE asks for. */
export interface MoveOrder {
  /** Name of the node that gets the images. */
  readonly destination: string;
  readonly instances: readonly Readonly<Record<'StudyInstanceUID' | 'SeriesInstanceUID' | 'SOPInstanceUID', string>>[];
  /** Who asked, PS3.7 9.1.1.1. */
  readonly originator: { readonly AET: string; readonly MessageID: number };
}

/** The job that sends what another node asked for with a C-MOVE. */
export const moveJob = ({ destination, instances, originator }: MoveOrder): JobRequest => ({
  type: 'DicomMoveScp',
  description: destination,
  content: { name: destination, scopes: bySeries(instances), commit: false, originator } satisfies SendContent,
  total: instances.length,
  lane: destination,
});

/* A scope for each series, in the order in which the series came. */
function bySeries(instances: MoveOrder['instances']): Scope[] {
  const found = new Map<string, { StudyInstanceUID: string; SeriesInstanceUID: string; SOPInstanceUID: string[] }>();
  for (const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } of instances) {
    const key = `${StudyInstanceUID} ${SeriesInstanceUID}`;
    const scope = found.get(key) ?? { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID: [] };
    scope.SOPInstanceUID.push(SOPInstanceUID);
    found.set(key, scope);
  }
  return [...found.values()];
}

/* So many images over one association and in memory as a list; and so many confirmed by one request. */
const batchSize = 2000;

/* More failures than that are no matter of single images; and they are kept in memory. */
const mostFailed = 5000;

/** Sends, over as few associations as can be. */
export function createSendRunner(options: NetworkJobsOptions): JobRunner {
  return async (content, tools) => {
    const sending = createSending(content as SendContent);
    const { listed, named } = await countFiles(options, sending);
    sending.expect(named);
    /* After the last image nothing is listed any more, but what was sent may be still to be confirmed. */
    const isBegun = sending.sent + sending.failed.length > 0;
    if (listed === 0 && !isBegun) throw new PacsError('not-found', 'None of these images is here any more.');
    const total = listed + sending.doneBefore;
    try {
      await sendAll(sending, total, tools, options);
    } finally {
      const { sent, failed, gone, commitments } = sending;
      tools.report({ sent, failed, gone, commitments });
      await tools.save(sending.content());
    }
    if (sending.hasPostponed && sending.failed.length < mostFailed)
      throw new PacsError('busy', `${sending.asked.name} has no room for all images now.`);
    if (sending.failed.length > 0) await fail(sending, total, tools);
    return undefined;
  };
}

async function sendAll(sending: Sending, total: number, tools: JobTools, options: NetworkJobsOptions): Promise<void> {
  while (sending.failed.length < mostFailed) {
    const batch = await nextBatch(options, sending);
    if (!batch) break;
    await sendBatch(batch.files, sending, total, tools, options);
    sending.batchDone(batch.scopes);
    if (sending.toCommit.length >= batchSize) await commit(sending, options);
    await tools.save(sending.content());
  }
  await commit(sending, options);
}

/* `listed` are here; of `named` some may be gone already, where the scopes say which ones. */
async function countFiles(
  { store }: NetworkJobsOptions,
  sending: Sending,
): Promise<{ readonly listed: number; readonly named: number }> {
  let [listed, named] = [0, 0];
  for (const scope of sending.scopes) {
    const { length } = await store.files(scope);
    listed += length;
    named += Math.max(length, new Set([scope.SOPInstanceUID ?? []].flat()).size);
  }
  return { listed, named };
}

async function nextBatch(
  { store }: NetworkJobsOptions,
  sending: Sending,
): Promise<{ readonly files: StoredFile[]; readonly scopes: number } | undefined> {
  const files: StoredFile[] = [];
  let scopes = 0;
  for (const scope of sending.scopes) {
    if (files.length >= batchSize) break;
    for (const file of await store.files(scope)) if (!sending.isCrossedOff(file)) files.push(file);
    scopes++;
  }
  return scopes === 0 ? undefined : { files, scopes };
}

async function sendBatch(
  files: readonly StoredFile[],
  sending: Sending,
  total: number,
  { signal, progress, save }: JobTools,
  options: NetworkJobsOptions,
): Promise<void> {
  const { name, originator } = sending.asked;
  const isDue = createPace();
  const tell = (): void => progress({ done: sending.sent, failed: sending.failed.length, total });
  const onResult = async ({ file, outcome, error }: SendResult): Promise<void> => {
    if (outcome !== 'failed') options.peers.seen({ name }, { sent: 1 });
    if (outcome !== 'failed') sending.stored(file);
    else if (error && isPassing(error.code)) sending.postponed(file);
    else sending.refused(file, error?.message ?? 'It could not be sent.');
    tell();
    if (isDue()) await save(sending.content());
  };
  tell();
  const rest = [...files];
  while (rest.length > 0) {
    try {
      const moveOriginator = originator && { moveOriginator: originator };
      await withNode(options, sending.asked, signal, (node) =>
        sendFiles(node, rest, options.client, { signal, onResult, ...moveOriginator }),
      );
      return;
    } catch (thrown) {
      const isOver = signal.aborted || !(thrown instanceof PacsError) || thrown.code !== 'aborted';
      if (isOver || !sending.brokeOff(files)) throw thrown;
      rest.splice(0, rest.length, ...files.filter((file) => !sending.isCrossedOff(file)));
      tell();
    }
  }
}

/* What another time may be otherwise. */
const isPassing = (code: PacsErrorCode): boolean => code === 'busy' || code === 'storage-full';

async function commit(sending: Sending, { jobs }: NetworkJobsOptions): Promise<void> {
  if (sending.toCommit.length === 0) return;
  sending.committing(
    await jobs().submit(commitJob(sending.asked.name, sending.toCommit, { call: sending.asked.call })),
  );
}

/* Started again, it sends what failed, and what was not tried. */
async function fail(sending: Sending, total: number, { save }: JobTools): Promise<never> {
  const { failed } = sending;
  const { name } = sending.asked;
  const content = sending.content();
  await save({ ...content, scopes: [...bySeries(failed), ...content.scopes], state: undefined });
  const sentence = `${failed.length} of ${total} images did not reach ${name}. ${failed[0]?.sentence ?? ''}`;
  throw new PacsError('bad-request', sentence.trim());
}
