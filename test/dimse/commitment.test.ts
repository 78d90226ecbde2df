/** Storage commitment as SCP, over real associations: what is confirmed, what is not, and how the report reaches its node. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, describe, expect, it } from 'vitest';
import { openCommitments } from '#main/jobs/commitments.ts';
import { failureReason } from '#main/jobs/commitment-values.ts';
import { openJobs, type Jobs } from '#main/jobs/jobs.ts';
import { writeActionInformation } from '#main/dimse/commitment-data-set.ts';
import { createCommitmentService, type CommitmentServiceOptions } from '#main/dimse/commitment.ts';
import type { NetworkJobsOptions } from '#main/network-jobs/network-deps.ts';
import { reportLater } from '#main/network-jobs/report-commitment.ts';
import { networkRunners, resumeNetworkJobs } from '#main/network-jobs/runners.ts';
import type { Records } from '#main/records/records.ts';
import type { Store } from '#main/store/store.ts';
import { temporaryFolder, testRecords, until } from '../jobs/support.ts';
import { openArchive, scanner } from '../store/support.ts';
import { inPieces, smallInstance } from '../support/instances.ts';
import { connect, makeCommand, makePdv, pdu } from '../support/raw-association.ts';
import { askCommitment, bringReport, startPeer } from './commitment-peer.ts';
import { startServer } from './support.ts';

const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';
const reference = (SOPInstanceUID: string, SOPClassUID = secondaryCapture) => ({ SOPClassUID, SOPInstanceUID });
const known = [reference('1.2.3.9.1'), reference('1.2.3.9.2')];
const uid = (() => {
  let last = 0;
  return () => `1.2.3.77.${Date.now()}.${++last}`;
})();

interface Setup {
  readonly port: number;
  readonly store: Store;
  readonly folder: string;
  readonly jobs: Jobs;
  readonly records: Records;
  readonly commitments: ReturnType<typeof openCommitments>;
  readonly lines: string[];
  /** The label that images get from now on. */
  readonly arriving: { label?: string };
}

/** A node with two images that knows a peer, and confirms. */
async function setUp(
  peerPort: number,
  more: Partial<CommitmentServiceOptions> & {
    records?: Records;
    isStarted?: boolean;
    isOpenToAll?: boolean;
    isStrict?: boolean;
    verify?: Store['verify'];
  } = {},
): Promise<Setup> {
  const folder = await temporaryFolder();
  const arriving: Setup['arriving'] = {};
  const archive = await openArchive(folder, { labelOf: () => arriving.label });
  onTestFinished(() => archive.close());
  for (const { SOPInstanceUID } of known) await archive.receive(inPieces(smallInstance({ SOPInstanceUID })), scanner);
  const store: Store = { ...archive, ...(more.verify ? { verify: more.verify } : {}) };
  const records = more.records ?? (await testRecords());
  const lines: string[] = [];
  const log = (level: string, message: string) => void lines.push(`${level} ${message}`);
  const commitments = openCommitments(records, 100, log);
  let parts: { jobs: Jobs } | undefined;
  const server = await startServer(
    store,
    {
      DicomModalities: {
        peer: { AET: 'PEER', Host: '127.0.0.1', Port: peerPort, Timeout: 2 },
        other: { AET: 'OTHER', Host: '127.0.0.1', Port: 1 },
        stranger: { AET: 'STRANGER', Host: '127.0.0.1', Port: 1, AllowStorageCommitment: false },
      },
      DicomScpTimeout: 3,
      StrictAetComparison: more.isStrict ?? false,
      Chairside: {
        DicomAlwaysAllowStorageCommitment: more.isOpenToAll ?? false,
        AETitles: [{ AET: 'NORTH', Label: 'north' }],
      },
    },
    2,
    (settings, peers) => {
      const network: NetworkJobsOptions = {
        settings,
        store,
        peers,
        commitments,
        client: { settings, log },
        jobs: () => jobs,
        log,
      };
      const jobs: Jobs = openJobs({ records, settings, runners: networkRunners(network), log, backOff: () => 100 });
      if (more.isStarted !== false) void jobs.start().then(() => resumeNetworkJobs(network));
      onTestFinished(() => jobs.stop());
      parts = { jobs };
      return [
        createCommitmentService({
          store,
          commitments,
          peers,
          settings,
          log,
          reportLater: (id) => reportLater(id, network),
          ...more,
        }),
      ];
    },
  );
  return { ...server, lines, arriving, store, folder, records, commitments, ...(parts as { jobs: Jobs }) };
}

describe('the report comes on the same association while it is open', () => {
  it('all is kept', async () => {
    const peer = await startPeer();
    const { port, commitments, jobs } = await setUp(peer.port);
    const TransactionUID = uid();
    const { Status, reports } = await askCommitment({ port, TransactionUID, references: known, linger: 4000 });
    expect(Status).toBe(0);
    expect(reports).toEqual([
      { EventTypeID: 1, TransactionUID, committed: known.map(({ SOPInstanceUID }) => SOPInstanceUID), failed: [] },
    ]);
    expect(peer.reports).toEqual([]);
    expect(await commitments.get(TransactionUID)).toMatchObject({
      role: 'scp',
      AET: 'PEER',
      node: 'peer',
      status: 'success',
      total: 2,
      failed: 0,
    });
    expect(await jobs.list()).toEqual([]);
  });

  it('what is not there, is of another class, of a class not kept, or damaged is not confirmed', async () => {
    const peer = await startPeer();
    const { port, folder, commitments } = await setUp(peer.port);
    const file = readdirSync(join(folder, 'dicom'), { recursive: true, withFileTypes: true }).find(({ name }) =>
      name.startsWith('1.2.3.9.2.'),
    );
    const path = join(file?.parentPath ?? '', file?.name ?? '');
    writeFileSync(path, 'X', { flag: 'r+' });
    const TransactionUID = uid();
    const references = [
      known[0]!,
      known[1]!,
      reference('1.2.3.9.3'),
      reference('1.2.3.9.1', '1.2.840.10008.5.1.4.1.1.2'),
      reference('1.2.3.9.4', '1.2.840.10008.5.1.4.31'),
    ];
    const { Status, reports } = await askCommitment({ port, TransactionUID, references, linger: 4000 });
    expect(Status).toBe(0);
    expect(reports).toEqual([
      {
        EventTypeID: 2,
        TransactionUID,
        committed: ['1.2.3.9.1'],
        failed: [
          ['1.2.3.9.2', failureReason.processingFailure],
          ['1.2.3.9.3', failureReason.noSuchObjectInstance],
          ['1.2.3.9.1', failureReason.classInstanceConflict],
          ['1.2.3.9.4', failureReason.referencedSOPClassNotSupported],
        ],
      },
    ]);
    expect(await commitments.get(TransactionUID)).toMatchObject({ status: 'failure', total: 5, failed: 4 });
  });
});

describe('under a title with a label only what has it is confirmed', () => {
  const ask = async (peer: { port: number }, linger: number) => {
    const { port, store, arriving } = await setUp(peer.port);
    arriving.label = 'north';
    const labelled = { SOPInstanceUID: '1.2.3.9.5', StudyInstanceUID: '1.2.3.9.50' };
    await store.receive(inPieces(smallInstance(labelled)), scanner);
    return askCommitment({ port, calledAET: 'NORTH', TransactionUID: uid(), references, linger });
  };
  const references = [known[0]!, reference('1.2.3.9.5')];
  const failed = [['1.2.3.9.1', failureReason.noSuchObjectInstance]];

  it('on the same association', async () => {
    const { reports } = await ask(await startPeer(), 4000);
    expect(reports).toMatchObject([{ committed: ['1.2.3.9.5'], failed }]);
  });

  it('on a new one', async () => {
    const peer = await startPeer();
    await ask(peer, 0);
    await until(() => peer.reports.length === 1);
    expect(peer.reports).toMatchObject([{ committed: ['1.2.3.9.5'], failed }]);
  });
});

describe('the report comes on a new association', () => {
  it('when the caller has left, as the SCP of the class', async () => {
    const peer = await startPeer();
    const { port, commitments } = await setUp(peer.port);
    const TransactionUID = uid();
    const { Status, reports } = await askCommitment({ port, TransactionUID, references: known });
    expect([Status, reports]).toEqual([0, []]);
    await until(() => peer.reports.length === 1);
    expect(peer.reports[0]).toMatchObject({ EventTypeID: 1, TransactionUID, callingAET: 'CHAIRSIDE', failed: [] });
    expect(peer.roles).toEqual([[false, true]]);
    await until(async () => (await commitments.get(TransactionUID))?.status === 'success');
  });

  it('when the check takes longer than the association is held up', async () => {
    const peer = await startPeer();
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return true;
    };
    const { port } = await setUp(peer.port, { patience: 0.2, verify: slow });
    const TransactionUID = uid();
    const { reports } = await askCommitment({ port, TransactionUID, references: known, linger: 700 });
    await until(() => peer.reports.length === 1);
    expect(reports).toEqual([]);
  });

  it('again and again until the node is there', async () => {
    const first = await startPeer();
    const { port: peerPort } = first;
    first.close();
    const { port, jobs } = await setUp(peerPort);
    const TransactionUID = uid();
    await askCommitment({ port, TransactionUID, references: known });
    await until(async () => ((await jobs.list())[0]?.tries ?? 0) > 1);
    expect((await jobs.list())[0]).toMatchObject({ type: 'StorageCommitmentScp', error: { code: 'busy' } });
    const second = await startPeer({ port: peerPort });
    await until(() => second.reports.length === 1);
    expect(second.reports[0]).toMatchObject({ TransactionUID, EventTypeID: 1 });
    const [job] = await jobs.list();
    expect((await jobs.ended(job!.id)).status).toBe('success');
  });

  it('after the next start, when the program ended before', async () => {
    const peer = await startPeer();
    const records = await testRecords();
    /* Here nothing leaves: as if the program were killed after its answer. */
    const before = await setUp(peer.port, { records, isStarted: false, reportLater: async () => undefined });
    const TransactionUID = uid();
    await askCommitment({ port: before.port, TransactionUID, references: known });
    await until(async () => (await before.commitments.unreported()).length === 1);
    expect(peer.reports).toEqual([]);
    await setUp(peer.port, { records });
    await until(() => peer.reports.length === 1);
    expect(peer.reports[0]).toMatchObject({ TransactionUID, EventTypeID: 1 });
    expect((await before.commitments.unreported()).length).toBe(0);
  });

  it('not at all to somebody unknown, and that is said', async () => {
    const { port, jobs, commitments } = await setUp(1);
    const TransactionUID = uid();
    await expect(askCommitment({ port, TransactionUID, references: known, callingAET: 'NOBODY' })).rejects.toThrow(
      'rejected',
    );
    await expect(askCommitment({ port, TransactionUID, references: known, callingAET: 'STRANGER' })).rejects.toThrow(
      'rejected',
    );
    expect(await jobs.list()).toEqual([]);
    expect(await commitments.list()).toEqual([]);
  });
});

describe('somebody unknown, where that is allowed', () => {
  it('gets the report on its association, else nowhere; and that is said', async () => {
    const { port, jobs, commitments } = await setUp(1, { isOpenToAll: true });
    const ask = (TransactionUID: string, linger: number) =>
      askCommitment({ port, TransactionUID, references: known, callingAET: 'NOBODY', linger });
    expect((await ask(uid(), 4000)).reports).toMatchObject([{ EventTypeID: 1 }]);
    const TransactionUID = uid();
    await ask(TransactionUID, 0);
    await until(async () => (await jobs.list())[0]?.status === 'failure');
    const sentence = 'The device NOBODY is not known here, so that its report has nowhere to go.';
    expect((await jobs.list())[0]?.error?.message).toBe(sentence);
    expect(await commitments.get(TransactionUID)).toMatchObject({ status: 'failure', error: sentence });
    expect(await commitments.unreported()).toEqual([]);
  });
});

describe('requests that come twice', () => {
  it('the same one is one commitment, another one of its TransactionUID fails with 0131', async () => {
    const peer = await startPeer();
    const { port, commitments } = await setUp(peer.port, { isStarted: false });
    const TransactionUID = uid();
    await askCommitment({ port, TransactionUID, references: known });
    await askCommitment({ port, TransactionUID, references: known.toReversed() });
    expect(await commitments.list()).toHaveLength(1);
    const { Status, reports } = await askCommitment({ port, TransactionUID, references: [known[0]!], linger: 4000 });
    expect(Status).toBe(0);
    expect(reports[0]).toMatchObject({
      EventTypeID: 2,
      committed: [],
      failed: [['1.2.3.9.1', failureReason.duplicateTransactionUID]],
    });
  });
});

describe('bad requests', () => {
  it('of another instance, another action, without images, without identifiers', async () => {
    const { port, commitments } = await setUp(1);
    const ask = (more: object) =>
      askCommitment({ port, TransactionUID: uid(), references: known, ...more }).then(({ Status }) => Status);
    expect(await ask({ instance: '1.2.3' })).toBe(0x0112);
    expect(await ask({ action: 7 })).toBe(0x0123);
    expect(await ask({ elements: { TransactionUID: uid() } })).toBe(0x0115);
    expect(await ask({ elements: { ReferencedSOPSequence: [{ ReferencedSOPInstanceUID: '1.2' }] } })).toBe(0x0115);
    expect(await ask({ elements: { TransactionUID: 'no uid', ReferencedSOPSequence: [] } })).toBe(0x0115);
    const many = Array.from({ length: 10_001 }, (_, at) => reference(`1.2.${at}`, '1.2'));
    expect(await ask({ references: many })).toBe(0x0213);
    expect(await commitments.list()).toEqual([]);
  });

  const pushModel = '1.2.840.10008.1.20.1';
  const contexts = [
    { id: 1, abstractSyntax: pushModel, transferSyntaxes: ['1.2.840.10008.1.2'] },
    { id: 3, abstractSyntax: '1.2.840.10008.1.20.2', transferSyntaxes: ['1.2.840.10008.1.2'] },
  ];
  const action = (dataSet?: Uint8Array, more: Record<number, number | string> = {}): Buffer[] => {
    const command = makeCommand({
      0x0003: pushModel,
      0x0100: 0x0130,
      0x0110: 1,
      0x0800: dataSet ? 1 : 0x0101,
      0x1001: '1.2.840.10008.1.20.1.1',
      0x1008: 1,
      ...more,
    });
    const pdvs = [makePdv(1, 3, command)];
    const piece = 100_000;
    for (let at = 0; dataSet && at < dataSet.length; at += piece)
      pdvs.push(makePdv(1, at + piece < dataSet.length ? 0 : 2, dataSet.subarray(at, at + piece)));
    return pdvs;
  };

  it('a damaged data set, none, another class, an operation that is not offered; and the node goes on', async () => {
    const { port, commitments } = await setUp(1);
    const association = await connect({ port, contexts, callingAET: 'PEER' });
    expect(association.results).toEqual(
      new Map([
        [1, 0],
        [3, 3],
      ]),
    );
    const answerTo = async (pdvs: Buffer[]): Promise<number> => {
      for (const pdv of pdvs) association.sendPdu(pdu.data, pdv);
      return (await association.nextResponse()).Status;
    };
    expect(await answerTo(action(Buffer.from('08009511ffffff7f', 'hex')))).toBe(0x0115);
    expect(await answerTo(action())).toBe(0x0115);
    expect(await answerTo(action(Buffer.alloc(2 * 1024 * 1024, 1)))).toBe(0x0213);
    expect(await answerTo(action(undefined, { 0x0003: '1.2.840.10008.1.1' }))).toBe(0x0118);
    expect(await answerTo(action(undefined, { 0x0100: 0x0120 }))).toBe(0x0211);
    await association.release();
    expect(await commitments.list()).toEqual([]);
  });

  it('a report that cannot be prepared leads to no second response, and the next start brings it', async () => {
    const reportLater = () => Promise.reject(new Error('The disk is full.'));
    const late = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return true;
    };
    const { port, lines, commitments } = await setUp(1, { reportLater, patience: 0.1, verify: late });
    const association = await connect({ port, contexts, callingAET: 'PEER' });
    const dataSet = writeActionInformation({ TransactionUID: uid(), references: known }, '1.2.840.10008.1.2');
    for (const pdv of action(dataSet)) association.sendPdu(pdu.data, pdv);
    expect((await association.nextResponse()).Status).toBe(0);
    await until(() => lines.some((line) => line.includes('the next start brings it')));
    association.sendPdu(pdu.release, Buffer.alloc(4));
    expect((await association.nextPdu())?.type).toBe(pdu.released);
    association.destroy();
    expect(await commitments.unreported()).toHaveLength(1);
  });

  it('more than may wait for their reports are told so', async () => {
    const { port, commitments } = await setUp(1, { isStarted: false });
    for (let at = 0; at < 1000; at++)
      await commitments.accept({ TransactionUID: `1.2.3.${at}`, AET: 'PEER', references: known });
    expect((await askCommitment({ port, TransactionUID: uid(), references: known })).Status).toBe(0x0213);
  });

  it('a caller that is gone before the answer still gets its report', async () => {
    const peer = await startPeer();
    const { port } = await setUp(peer.port);
    const association = await connect({ port, contexts, callingAET: 'PEER' });
    const TransactionUID = uid();
    const dataSet = writeActionInformation({ TransactionUID, references: known }, '1.2.840.10008.1.2');
    for (const pdv of action(dataSet)) association.sendPdu(pdu.data, pdv);
    association.socket.end();
    association.destroy();
    await until(() => peer.reports.length === 1);
    expect(peer.reports[0]).toMatchObject({ TransactionUID, EventTypeID: 1 });
  });

  it('a caller that does not answer the report on its association gets it on another one', async () => {
    const peer = await startPeer();
    const { port } = await setUp(peer.port);
    const association = await connect({ port, contexts, callingAET: 'PEER' });
    const TransactionUID = uid();
    const dataSet = writeActionInformation({ TransactionUID, references: known }, '1.2.840.10008.1.2');
    for (const pdv of action(dataSet)) association.sendPdu(pdu.data, pdv);
    expect((await association.nextResponse()).Status).toBe(0);
    expect((await association.nextPdu())?.type).toBe(pdu.data);
    /* Its silence ends with DicomScpTimeout. */
    await until(() => peer.reports.length === 1);
    expect(peer.reports[0]).toMatchObject({ TransactionUID });
    association.destroy();
  });
});

describe('reports of what nobody asked for', () => {
  it('are refused, as are those of callers without the right, and of unknown events', async () => {
    const { port, lines } = await setUp(1);
    expect(await bringReport(port, uid(), known)).toBe(0x0115);
    await expect(bringReport(port, uid(), known, [], 'STRANGER')).rejects.toThrow('rejected');
    expect(lines.some((line) => line.includes('that was not asked for'))).toBe(true);
    expect(await bringReport(port, uid(), known, [], 'PEER', 3)).toBe(0x0113);
  });
});

describe('reports of what another node was asked for', () => {
  it.each([
    [false, 'OTHER', 0x0124],
    [true, 'peer', 0x0124],
    [false, 'peer', 0],
    [true, 'PEER', 0],
  ])('with strict comparison of AE titles %s, %s gets the status %i', async (isStrict, callingAET, expected) => {
    const { port, commitments, lines } = await setUp(1, { isStrict, isOpenToAll: true });
    const TransactionUID = uid();
    await commitments.ask({ TransactionUID, AET: 'PEER', node: 'peer', references: known });
    expect(await bringReport(port, TransactionUID, known, [], callingAET)).toBe(expected);
    const status = expected === 0 ? 'success' : 'pending';
    expect(await commitments.get(TransactionUID)).toMatchObject({ status, instances: [{ status }, { status }] });
    expect(lines.some((line) => line.includes('another node was asked for'))).toBe(expected !== 0);
  });
});
