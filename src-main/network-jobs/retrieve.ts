/** Jobs DicomMoveScu and DicomGetScu: fetch images from another node, thing by thing. */
import type { Level } from '#shared/attributes.ts';
import { PacsError, type PacsErrorCode } from '#shared/errors.ts';
import type { Modality } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import type { ClientContext } from '../dimse/client/client-context.ts';
import { get } from '../dimse/client/get.ts';
import { move, type MoveRequest } from '../dimse/client/move.ts';
import type { RetrieveOptions, RetrieveResult } from '../dimse/client/retrieve.ts';
import type { RetrieveCounts, RetrieveRequest } from '../dimse/client/retrieve-identifier.ts';
import type { JobRequest, JobRunner, Progress } from '../jobs/job-runner.ts';
import { withNode, type NetworkJobsOptions, type NodeContent } from './network-deps.ts';

type Keys = RetrieveRequest['keys'];

interface RetrieveContent extends NodeContent {
  readonly level: Level;
  /** Unique keys of what is still to be fetched. */
  readonly items: readonly Keys[];
  /** AE title that a C-MOVE sends to; ours if not given. */
  readonly destination?: string | undefined;
  readonly state?: RetrieveState | undefined;
}

interface RetrieveState {
  readonly done: number;
  readonly failed: number;
  readonly failures: readonly Failure[];
}

/** A thing that did not come whole. */
interface Failure {
  readonly keys: Keys;
  readonly sentence: string;
  /** The first of the instances that the node could not send, as far as it names them. */
  readonly instances?: readonly string[] | undefined;
}

/** The job that fetches these things from a node, by its retrieve method. */
export const retrieveJob = (
  { name, RetrieveMethod }: Modality,
  { DicomDefaultRetrieveMethod }: Settings,
  level: Level,
  items: readonly Keys[],
): JobRequest => {
  const method = RetrieveMethod === 'SystemDefault' ? DicomDefaultRetrieveMethod : RetrieveMethod;
  return {
    type: method === 'C-GET' ? 'DicomGetScu' : 'DicomMoveScu',
    description: name,
    content: { name, level, items } satisfies RetrieveContent,
    lane: name,
  };
};

type Verb = (
  node: Modality,
  request: MoveRequest,
  context: ClientContext,
  options: RetrieveOptions,
) => Promise<RetrieveResult>;

/** Fetches with C-MOVE: the node sends to us. */
export const createMoveRunner = (options: NetworkJobsOptions): JobRunner => retrieveRunner(move, options);
/** Fetches with C-GET: the images come on the same association. */
export const createGetRunner = (options: NetworkJobsOptions): JobRunner => retrieveRunner(get, options);

/* What lies with one thing; the others may come. */
const single: readonly PacsErrorCode[] = ['not-found', 'bad-request', 'mismatch', 'damaged', 'too-large'];
const mostNamed = 100;

function retrieveRunner(verb: Verb, options: NetworkJobsOptions): JobRunner {
  return async (content, { signal, progress, save, report }) => {
    const asked = content as RetrieveContent;
    const { name, level, items, destination, state } = asked;
    let [done, failed] = [state?.done ?? 0, state?.failed ?? 0];
    const failures = [...(state?.failures ?? [])];
    const rest = [...items];
    const keep = (): Promise<void> => save({ ...asked, items: rest, state: { done, failed, failures } });
    for (;;) {
      const [keys] = rest;
      if (!keys) break;
      const onProgress = (counts: RetrieveCounts): void => progress(sum({ done, failed }, counts));
      const result = await withNode(options, asked, signal, (node) =>
        verb(node, { level, keys, destination }, options.client, { signal, onProgress }),
      ).catch((thrown: unknown) => asFailure(keys, thrown));
      const failure = 'sentence' in result ? result : failureOf(keys, result, name);
      if (failure) failures.push(failure);
      if ('completed' in result) ({ done, failed = 0 } = sum({ done, failed }, result));
      else failed++;
      rest.shift();
      report({ fetched: done, failures });
      await keep();
    }
    if (failures.length === 0) return undefined;
    /* Started again, it fetches what did not come whole. */
    await save({ ...asked, items: failures.map(({ keys }) => keys), state: undefined });
    throw new PacsError('not-found', failures[0]?.sentence ?? '');
  };
}

const sum = (
  { done, failed }: { readonly done: number; readonly failed: number },
  counts: RetrieveCounts,
): Progress => {
  const [more, not] = [counts.completed + counts.warning, counts.failed];
  return { done: done + more, failed: failed + not, total: done + failed + more + not + counts.remaining };
};

function failureOf(keys: Keys, result: RetrieveResult, name: string): Failure | undefined {
  const { completed, warning, failed, isCounted, failedInstances } = result;
  if (failed === 0 && (completed + warning > 0 || !isCounted)) return undefined;
  if (failed === 0) return { keys, sentence: `${name} has none of these images.` };
  const sentence = `${failed} of ${completed + warning + failed} images did not come from ${name}.`;
  return { keys, sentence, instances: failedInstances.slice(0, mostNamed) };
}

function asFailure(keys: Keys, thrown: unknown): Failure {
  if (thrown instanceof PacsError && single.includes(thrown.code)) return { keys, sentence: thrown.message };
  throw thrown;
}
