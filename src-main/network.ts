/** What people and programs ask of other nodes: test, query, fetch, send. Long work becomes a job. */
import type { CheckedInput, Outputs } from '#shared/contract.ts';
import { PacsError } from '#shared/errors.ts';
import type { Modality } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import type { ClientContext } from './dimse/client/client-context.ts';
import { echo } from './dimse/client/echo.ts';
import { find } from './dimse/client/find.ts';
import type { Jobs } from './jobs/jobs.ts';
import { retrieveJob } from './network-jobs/retrieve.ts';
import { sendJob } from './network-jobs/send.ts';
import { createNodeCalls, type NodeCalls } from './node-calls.ts';
import type { Peers } from './peers/peers.ts';

/** The calls to other nodes. */
export interface Network {
  /** With the details that REST gives. */
  readonly nodes: NodeCalls;
  echo(input: CheckedInput<'devices.echo'>): Promise<Outputs['devices.echo']>;
  find(input: CheckedInput<'remote.find'>): Promise<Outputs['remote.find']>;
  retrieve(input: CheckedInput<'remote.retrieve'>): Promise<Outputs['remote.retrieve']>;
  send(input: CheckedInput<'remote.send'>): Promise<Outputs['remote.send']>;
}

/** What they reach. */
export interface NetworkOptions {
  readonly settings: Settings;
  readonly peers: Peers;
  readonly jobs: Jobs;
  readonly client: ClientContext;
}

/** The calls to other nodes over the client and the jobs. */
export function createNetwork({ settings, peers, jobs, client }: NetworkOptions): Network {
  const nodeOf = (name: string): Modality => {
    const node = peers.get(name);
    if (!node) throw new PacsError('not-found', `There is no device "${name}".`);
    return node;
  };

  /** Notes with the node whether it answered, and what was wrong. */
  async function noted<T>(node: Modality, work: Promise<T>): Promise<T> {
    try {
      const result = await work;
      peers.seen({ name: node.name });
      return result;
    } catch (thrown) {
      if (thrown instanceof PacsError) peers.seen({ name: node.name }, { error: thrown.message });
      throw thrown;
    }
  }

  return {
    nodes: createNodeCalls({ settings, peers, jobs, client }),
    echo: async (input) => {
      if ('modality' in input) return echo({ ...input.modality, name: input.modality.AET }, client);
      const node = nodeOf(input.name);
      return noted(node, echo(node, client));
    },
    find: async ({ name, level, keys, limit }) => {
      const node = nodeOf(name);
      const { rows, isCut } = await noted(node, find(node, { level, typed: keys, limit }, client));
      return { rows, isCut };
    },
    retrieve: async ({ name, level, items }) => ({
      jobId: await jobs.submit(retrieveJob(nodeOf(name), settings, level, items)),
    }),
    send: async ({ name, scopes, commit }) => ({
      jobId: await jobs.submit(sendJob(nodeOf(name).name, scopes, commit)),
    }),
  };
}
