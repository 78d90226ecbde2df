/** What the runners of the network's jobs share. */
import { PacsError } from '#shared/errors.ts';
import type { Modality } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import type { ClientContext } from '../dimse/client/client-context.ts';
import type { Commitments } from '../jobs/commitments.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Log } from '../log.ts';
import type { Peers } from '../peers/peers.ts';
import type { Store } from '../store/store.ts';

/** What the runners reach. */
export interface NetworkJobsOptions {
  readonly settings: Settings;
  readonly store: Store;
  readonly peers: Peers;
  readonly commitments: Commitments;
  /** For the calls to other nodes. */
  readonly client: ClientContext;
  /** The jobs that these runners belong to, for a job that leads to another one. */
  readonly jobs: () => Jobs;
  readonly log: Log;
  /** How long we wait for the answer to a storage commitment; an hour if not given. */
  readonly commitmentMilliseconds?: number;
}

/** How a node is called this time, other than usual. */
export type CallDetails = Partial<Pick<Modality, 'LocalAet' | 'AET' | 'Host' | 'Port' | 'Timeout'>>;

/** What the content of every job of the network has. */
export interface NodeContent {
  /** Our name for the node. */
  readonly name: string;
  readonly call?: CallDetails | undefined;
}

/** The node of a job. @throws PacsError `not-found` */
export function nodeOf({ peers }: Pick<NetworkJobsOptions, 'peers'>, { name, call }: NodeContent): Modality {
  const node = peers.get(name);
  if (!node) throw new PacsError('not-found', `There is no device "${name}" any more.`);
  return { ...node, ...call };
}

/** Does something with a node, and notes with it what went wrong. */
export async function withNode<T>(
  options: NetworkJobsOptions,
  content: NodeContent,
  signal: AbortSignal,
  work: (node: Modality) => Promise<T>,
): Promise<T> {
  const node = nodeOf(options, content);
  const { name } = node;
  try {
    const result = await work(node);
    options.peers.seen({ name });
    return result;
  } catch (thrown) {
    if (!signal.aborted && thrown instanceof PacsError) options.peers.seen({ name }, { error: thrown.message });
    throw thrown;
  }
}

/** True at most once in so many milliseconds; not at first. */
export function createPace(milliseconds = 1000): () => boolean {
  let last = Date.now();
  return () => {
    if (Date.now() - last < milliseconds) return false;
    last = Date.now();
    return true;
  };
}
