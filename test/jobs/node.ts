/** A whole node for the tests of the network's jobs: archive, records, jobs, and a DICOM door where wanted. */
import { onTestFinished } from 'vitest';
import { openCommitments, type Commitments } from '#main/jobs/commitments.ts';
import { openJobs, type Jobs } from '#main/jobs/jobs.ts';
import { createGetService } from '#main/dimse/c-get.ts';
import { createMoveService } from '#main/dimse/c-move.ts';
import { createCommitmentService } from '#main/dimse/commitment.ts';
import type { NetworkJobsOptions } from '#main/network-jobs/network-deps.ts';
import { reportLater } from '#main/network-jobs/report-commitment.ts';
import { networkRunners, resumeNetworkJobs } from '#main/network-jobs/runners.ts';
import { moveJob } from '#main/network-jobs/send.ts';
import type { Store } from '#main/store/store.ts';
import { startServer, type TestServer } from '../dimse/support.ts';
import { openArchive, scanner } from '../store/support.ts';
import { inPieces, smallInstance } from '../support/instances.ts';
import { temporaryFolder, testRecords } from './support.ts';

/** How a node is made. */
export interface NodeOptions {
  readonly AET?: string;
  /** Instances that it has at first: SOP instance UIDs of one series each by its number. */
  readonly instances?: readonly string[];
  /** By name: AE title, port and more. */
  readonly modalities?: Readonly<Record<string, { readonly AET: string; readonly Port: number }>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Replaces parts of its archive. */
  readonly store?: (archive: Store) => Partial<Store>;
  readonly backOff?: (tries: number) => number | undefined;
  readonly commitmentMilliseconds?: number;
}

/** A running node. */
export interface TestNode extends TestServer {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly commitments: Commitments;
}

/** The study of all instances. */
export const study = '1.2.3.4.1';
/** The class of all instances. */
export const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';

/** Starts a node; it ends with the test. */
export async function startNode({
  AET = 'CHAIRSIDE',
  instances = [],
  modalities = {},
  settings: more = {},
  store: replace = () => ({}),
  backOff = () => 100,
  commitmentMilliseconds,
}: NodeOptions = {}): Promise<TestNode> {
  const archive = await openArchive(await temporaryFolder());
  onTestFinished(() => archive.close());
  await Promise.all(
    instances.map((SOPInstanceUID, at) =>
      archive.receive(inPieces(smallInstance({ SOPInstanceUID, InstanceNumber: String(at + 1) })), scanner),
    ),
  );
  const store: Store = { ...archive, ...replace(archive) };
  const records = await testRecords();
  const log = (): void => undefined;
  const commitments = openCommitments(records, 100, log);
  const DicomModalities = Object.fromEntries(
    Object.entries(modalities).map(([name, node]) => [name, { Host: '127.0.0.1', Timeout: 3, ...node }]),
  );
  const made: { jobs?: Jobs } = {};
  const server = await startServer(
    store,
    { DicomAet: AET, DicomModalities, DicomScpTimeout: 5, ...more },
    1,
    (settings, peers) => {
      const network: NetworkJobsOptions = {
        settings,
        store,
        peers,
        commitments,
        client: { settings, log, store },
        jobs: () => jobs,
        log,
        ...(commitmentMilliseconds === undefined ? {} : { commitmentMilliseconds }),
      };
      const jobs: Jobs = openJobs({ records, settings, runners: networkRunners(network), log, backOff });
      made.jobs = jobs;
      void jobs.start().then(() => resumeNetworkJobs(network));
      onTestFinished(() => jobs.stop());
      return [
        createMoveService({
          store,
          peers,
          client: network.client,
          settings,
          log,
          submitMove: (order) => jobs.submit(moveJob(order)),
        }),
        createGetService({ store, peers, settings, log }),
        createCommitmentService({
          store,
          commitments,
          peers,
          settings,
          log,
          reportLater: (id) => reportLater(id, network),
        }),
      ];
    },
  );
  return { ...server, store, commitments, jobs: made.jobs as Jobs };
}

/** So many SOP instance UIDs. */
export const uids = (count: number, root = '1.2.3.50'): string[] =>
  Array.from({ length: count }, (_, at) => `${root}.${at + 1}`);
