/** What REST asks of other nodes, with the details that its clients may give: tests, queries, and the long work as jobs. */
import type { Level } from '#shared/attributes.ts';
import { PacsError } from '#shared/errors.ts';
import type { Modality } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import type { DicomJson } from './dicom/dicom-json.ts';
import type { ClientContext } from './dimse/client/client-context.ts';
import { echo } from './dimse/client/echo.ts';
import { find } from './dimse/client/find.ts';
import { findWorklist } from './dimse/client/find-worklist.ts';
import { store } from './dimse/client/store.ts';
import type { InstanceReference } from './jobs/commitment-values.ts';
import type { JobRequest } from './jobs/job-runner.ts';
import type { Jobs } from './jobs/jobs.ts';
import { commitJob } from './network-jobs/commit.ts';
import type { CallDetails } from './network-jobs/network-deps.ts';
import { retrieveJob } from './network-jobs/retrieve.ts';
import { sendJob } from './network-jobs/send.ts';
import type { Peers } from './peers/peers.ts';
import type { Scope, StoredFile } from './store/store.ts';

/** What a job of REST has besides. */
interface JobDetails {
  readonly call?: CallDetails | undefined;
  readonly priority?: number | undefined;
  /** Kept with the job for whoever looks at it. */
  readonly rest?: unknown;
}

/** Images to send. */
interface SendOrder extends JobDetails {
  readonly scopes: readonly Scope[];
  readonly commit: boolean;
  /** Said to be the mover that the images are sent for, PS3.7 9.1.1.1. */
  readonly originator?: { readonly AET: string; readonly MessageID: number } | undefined;
}

/** Things to fetch. */
interface RetrieveOrder extends JobDetails {
  readonly level: Level;
  /** Unique keys of each, by keyword. */
  readonly items: readonly Readonly<Record<string, string>>[];
  readonly method?: Modality['RetrieveMethod'] | undefined;
  /** AE title that a C-MOVE sends to; ours if not given. */
  readonly destination?: string | undefined;
}

/** The calls. */
export interface NodeCalls {
  /** @throws PacsError */
  echo(node: Modality, checkFind?: boolean): Promise<void>;
  /** The answers whole. @throws PacsError */
  find(node: Modality, level: Level, identifier: DicomJson): Promise<readonly DicomJson[]>;
  findWorklist(node: Modality, identifier: DicomJson): Promise<readonly DicomJson[]>;
  /** Sends one file at once, without a job. @throws PacsError where the node does not take it */
  sendFile(node: Modality, file: StoredFile): Promise<void>;
  /** The id of the job. @throws PacsError */
  send(node: Modality, order: SendOrder): Promise<string>;
  retrieve(node: Modality, order: RetrieveOrder): Promise<string>;
  commit(
    node: Modality,
    TransactionUID: string,
    references: readonly InstanceReference[],
    details: JobDetails,
  ): Promise<string>;
}

/** What they reach. */
export interface NodeCallsOptions {
  readonly settings: Settings;
  readonly peers: Peers;
  readonly jobs: Jobs;
  readonly client: ClientContext;
}

/** The calls over the client and the jobs. */
export function createNodeCalls({ settings, peers, jobs, client }: NodeCallsOptions): NodeCalls {
  async function noted<T>({ name }: Modality, work: Promise<T>): Promise<T> {
    try {
      const result = await work;
      peers.seen({ name });
      return result;
    } catch (thrown) {
      if (thrown instanceof PacsError) peers.seen({ name }, { error: thrown.message });
      throw thrown;
    }
  }
  const submit = (job: JobRequest, { call, rest, priority }: JobDetails, more: object = {}): Promise<string> =>
    jobs.submit({
      ...job,
      priority: priority ?? job.priority,
      content: { ...(job.content as object), ...more, call, rest },
    });

  return {
    echo: async (node, checkFind) => void (await noted(node, echo(node, client, { checkFind }))),
    find: async (node, level, identifier) => (await noted(node, find(node, { level, identifier }, client))).dataSets,
    findWorklist: async (node, identifier) => (await noted(node, findWorklist(node, { identifier }, client))).dataSets,
    sendFile: async (node, file) => {
      const [result] = await noted(node, store(node, [file], client));
      if (!result || result.outcome === 'failed')
        throw result?.error ?? new PacsError('internal', 'It could not be sent.');
      peers.seen({ name: node.name }, { sent: 1 });
    },
    send: (node, { scopes, commit, originator, ...details }) =>
      submit({ ...sendJob(node.name, [], commit) }, details, { scopes, originator }),
    retrieve: (node, { level, items, method, destination, ...details }) => {
      const RetrieveMethod = destination === undefined ? (method ?? node.RetrieveMethod) : 'C-MOVE';
      return submit(retrieveJob({ ...node, RetrieveMethod }, settings, level, items), details, { destination });
    },
    commit: (node, TransactionUID, references, details) =>
      submit(commitJob(node.name, references, { TransactionUID }), details),
  };
}
