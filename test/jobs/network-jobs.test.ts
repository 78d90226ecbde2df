/** Jobs of the network over real associations: what arrives, what is left after every kind of failure, and what is said about it. */
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { PacsError } from '#shared/errors.ts';
import type { Job } from '#shared/model.ts';
import { modalitySchema } from '#shared/settings.ts';
import { commitJob } from '#main/network-jobs/commit.ts';
import { forwardStepJob } from '#main/network-jobs/forward-step.ts';
import { retrieveJob } from '#main/network-jobs/retrieve.ts';
import { moveJob, sendJob } from '#main/network-jobs/send.ts';
import type { Store } from '#main/store/store.ts';
import { bringReport, startPeer } from '../dimse/commitment-peer.ts';
import { scanner } from '../store/support.ts';
import { inPieces, smallInstance } from '../support/instances.ts';
import { freePort, startStepPeer } from './step-peer.ts';
import { secondaryCapture, startNode, study, uids, type TestNode } from './node.ts';
import { until } from './support.ts';

const scope = { StudyInstanceUID: study };
const ofSeries = { ...scope, SeriesInstanceUID: '1.2.3.4.2' };
const send = async ({ jobs }: TestNode, commit = false): Promise<Job> =>
  jobs.ended(await jobs.submit(sendJob('there', [scope], commit)));

/** A receiver that notes what comes, and may refuse or break off. */
async function receiver(
  before: (SOPInstanceUID: string, time: number) => void | Promise<void> = () => undefined,
  more: Parameters<typeof startNode>[0] = {},
) {
  const came: string[] = [];
  const node = await startNode({
    AET: 'THERE',
    ...more,
    store: (archive): Partial<Store> => ({
      receive: async (stream, origin, claim) => {
        const SOPInstanceUID = claim?.SOPInstanceUID ?? '';
        await before(SOPInstanceUID, came.filter((uid) => uid === SOPInstanceUID).length);
        came.push(SOPInstanceUID);
        return archive.receive(stream, origin, claim);
      },
    }),
  });
  return { ...node, came };
}

const toThere = (port: number, more: object = {}) => ({ there: { AET: 'THERE', Port: port, ...more } });

describe('sending', () => {
  it('all over one association, in the order of the instances', async () => {
    const there = await receiver();
    const all = uids(40);
    const here = await startNode({ instances: all, modalities: toThere(there.port) });
    const job = await send(here);
    expect(job).toMatchObject({ status: 'success', done: 40, total: 40, failed: 0, description: 'there' });
    expect(job.output).toMatchObject({ sent: 40, failed: [] });
    expect(there.came).toEqual(all);
    expect(there.server.counts().served).toBe(1);
    await until(async () => (await here.peers.devices()).devices[0]?.instancesSent === 40);
  });

  it('to another port and as another AE title than usual, for this once', async () => {
    const there = await receiver(undefined, { settings: { DicomAlwaysAllowStore: true } });
    const here = await startNode({ instances: uids(2), modalities: toThere(1) });
    const request = sendJob('there', [scope]);
    const call = { Port: there.port, LocalAet: 'ONCE' };
    const id = await here.jobs.submit({ ...request, content: { ...(request.content as object), call } });
    expect(await here.jobs.ended(id)).toMatchObject({ status: 'success', done: 2, content: { call } });
    expect(there.lines.some((line) => line.includes('ONCE'))).toBe(true);
  });

  it('what is not there any more, and to nobody', async () => {
    const here = await startNode({ modalities: toThere(1) });
    expect(await send(here)).toMatchObject({ status: 'failure', error: { code: 'not-found' } });
    const other = await startNode({ instances: uids(1) });
    expect((await send(other)).error).toEqual({ code: 'not-found', message: 'There is no device "there" any more.' });
  });

  it('less than there was when it began, and says how many were deleted before their turn', async () => {
    const all = uids(4);
    const deleted = new Set<string>();
    const there = await receiver((SOPInstanceUID) => {
      if (SOPInstanceUID !== all[0] || deleted.size > 0) return;
      deleted.add(SOPInstanceUID);
      throw new PacsError('storage-full', 'No room.');
    });
    const here = await startNode({
      instances: all,
      modalities: toThere(there.port),
      store: ({ files }) => ({
        files: async (asked) => (await files(asked)).filter(({ SOPInstanceUID }) => !deleted.has(SOPInstanceUID)),
      }),
    });
    expect(await send(here)).toMatchObject({ status: 'success', output: { sent: 3, failed: [], gone: 1 } });
    /* Here it is known by name. */
    const instances = all.map((SOPInstanceUID) => ({ ...ofSeries, SOPInstanceUID }));
    const order = { destination: 'there', instances, originator: { AET: 'X', MessageID: 1 } };
    const moved = await here.jobs.ended(await here.jobs.submit(moveJob(order)));
    expect(moved).toMatchObject({ status: 'success', output: { sent: 3, gone: 1 } });
    expect((await send(here)).output).toMatchObject({ sent: 3, gone: 0 });
  });

  it('nothing more, where the program died between the last image and the end; what was sent is still to be confirmed', async () => {
    const there = await receiver();
    const here = await startNode({ instances: uids(2), modalities: toThere(there.port) });
    const [done, confirmed] = [sendJob('there', []), sendJob('there', [], true)];
    const toCommit = uids(2).map((SOPInstanceUID) => ({ SOPClassUID: secondaryCapture, SOPInstanceUID }));
    const state = { sent: 2, crossedOff: [], failed: [], toCommit: [], commitments: [] };
    const ended = async (job: typeof done, left: object): Promise<Job> =>
      here.jobs.ended(await here.jobs.submit({ ...job, content: { ...(job.content as object), state: left } }));
    expect(await ended(done, state)).toMatchObject({ status: 'success', output: { sent: 2 } });
    expect(await ended(confirmed, { ...state, toCommit })).toMatchObject({
      status: 'success',
      output: { sent: 2, commitments: [expect.any(String)] },
    });
    expect(there.came).toEqual([]);
  });

  it('the rest, when the node comes up later, and again after it broke off', async () => {
    let isBroken = false;
    const there = await receiver(async () => {
      if (there.came.length === 7 && !isBroken) {
        isBroken = true;
        await there.server.stop();
      }
    });
    const all = uids(20);
    const here = await startNode({ instances: all, modalities: toThere(there.port) });
    const id = await here.jobs.submit(sendJob('there', [scope]));
    await until(async () => ['retry', 'running'].includes((await here.jobs.get(id))?.status ?? '') && isBroken);
    await until(async () => (await here.jobs.get(id))?.error !== undefined);
    const before = there.came.length;
    expect(before).toBeLessThan(20);
    const again = await receiver(undefined, { settings: { DicomPort: there.port } });
    const job = await here.jobs.ended(id);
    expect(job).toMatchObject({ status: 'success', done: 20, failed: 0 });
    expect(new Set([...there.came, ...again.came]).size).toBe(20);
    /* At most the one that was under way is sent twice. */
    expect(there.came.length + again.came.length).toBeLessThanOrEqual(21);
  });

  it('lists what the node refuses, and starts again with that only', async () => {
    let isFull = true;
    const there = await receiver((uid) => {
      if (isFull && /\.(3|5)$/.test(uid)) throw new PacsError('mismatch', 'Not this one.');
    });
    const here = await startNode({ instances: uids(6), modalities: toThere(there.port) });
    const job = await send(here, true);
    expect(job).toMatchObject({ status: 'failure', done: 4, failed: 2, total: 6 });
    expect(job.error?.message).toMatch(/^2 of 6 images did not reach there\. .*THERE/);
    expect(job.output).toMatchObject({
      sent: 4,
      failed: [
        { SOPInstanceUID: '1.2.3.50.3', sentence: expect.stringContaining('A900') },
        { SOPInstanceUID: '1.2.3.50.5' },
      ],
    });
    /* What was sent is to be confirmed all the same. */
    expect((job.output as { commitments: string[] }).commitments).toHaveLength(1);
    isFull = false;
    there.came.length = 0;
    await here.jobs.control(job.id, 'resubmit');
    expect(await here.jobs.ended(job.id)).toMatchObject({ status: 'success', done: 2, total: 2 });
    expect(there.came).toEqual(['1.2.3.50.3', '1.2.3.50.5']);
  });

  it('what the node has no room for comes later', async () => {
    const times = new Map<string, number>();
    const there = await receiver((uid) => {
      times.set(uid, (times.get(uid) ?? 0) + 1);
      if (uid.endsWith('.2') && (times.get(uid) ?? 0) < 3) throw new PacsError('storage-full', 'No room.');
    });
    const here = await startNode({ instances: uids(4), modalities: toThere(there.port) });
    const job = await send(here);
    expect(job).toMatchObject({ status: 'success', done: 4, failed: 0, total: 4 });
    expect([...times]).toEqual([
      ['1.2.3.50.1', 1],
      ['1.2.3.50.2', 3],
      ['1.2.3.50.3', 1],
      ['1.2.3.50.4', 1],
    ]);
  });

  it('one image at which the node breaks off does not keep the others back', async () => {
    const silent = await startNode({
      AET: 'THERE',
      store: (archive) => ({
        receive: async (stream, origin, claim) => {
          if (claim?.SOPInstanceUID === '1.2.3.50.2') await wait(4000);
          return archive.receive(stream, origin, claim);
        },
      }),
    });
    const here = await startNode({ instances: uids(3), modalities: toThere(silent.port, { Timeout: 1.5 }) });
    const job = await send(here);
    expect(job).toMatchObject({ status: 'failure', done: 2, failed: 1 });
    expect(job.output).toMatchObject({ failed: [{ SOPInstanceUID: '1.2.3.50.2' }] });
  });

  it('is paused within an image, and goes on', async () => {
    const there = await receiver(() => wait(20));
    const here = await startNode({ instances: uids(50), modalities: toThere(there.port) });
    const id = await here.jobs.submit(sendJob('there', [scope]));
    await until(() => there.came.length > 5);
    await here.jobs.control(id, 'pause');
    await wait(100);
    const before = there.came.length;
    await wait(200);
    expect(there.came.length).toBe(before);
    await here.jobs.control(id, 'resume');
    expect(await here.jobs.ended(id)).toMatchObject({ status: 'success', done: 50, total: 50 });
    expect(there.came.length).toBeLessThanOrEqual(51);
    expect(new Set(there.came).size).toBe(50);
  });
});

describe('sending for another node (asynchronous C-MOVE)', () => {
  it('names who asked, and sends just these', async () => {
    const there = await receiver();
    const here = await startNode({ instances: uids(5), modalities: toThere(there.port) });
    const instances = ['1.2.3.50.2', '1.2.3.50.4'].map((SOPInstanceUID) => ({
      StudyInstanceUID: study,
      SeriesInstanceUID: '1.2.3.4.2',
      SOPInstanceUID,
    }));
    const order = { destination: 'there', instances, originator: { AET: 'ASKER', MessageID: 7 } };
    const job = await here.jobs.ended(await here.jobs.submit(moveJob(order)));
    expect(job).toMatchObject({ type: 'DicomMoveScp', status: 'success', done: 2, total: 2 });
    expect(there.came).toEqual(['1.2.3.50.2', '1.2.3.50.4']);
  });
});

const references = (SOPInstanceUIDs: readonly string[]) =>
  SOPInstanceUIDs.map((SOPInstanceUID) => ({ SOPClassUID: secondaryCapture, SOPInstanceUID }));

describe('asking for storage commitment', () => {
  const ask = async (node: TestNode, SOPInstanceUIDs: readonly string[]): Promise<Job> =>
    node.jobs.ended(await node.jobs.submit(commitJob('there', references(SOPInstanceUIDs))));

  it('after a send, confirmed on the same association', async () => {
    const there = await receiver(undefined, { modalities: { here: { AET: 'CHAIRSIDE', Port: 1 } } });
    const here = await startNode({ instances: uids(3), modalities: toThere(there.port) });
    const sent = await send(here, true);
    const [id] = (sent.output as { commitments: string[] }).commitments;
    const job = await here.jobs.ended(id as string);
    expect(job).toMatchObject({ type: 'StorageCommitmentScu', status: 'success', done: 3, total: 3 });
    const { TransactionUID } = job.output as { TransactionUID: string };
    expect(TransactionUID).toMatch(/^2\.25\.\d+$/);
    expect(await here.commitments.get(TransactionUID)).toMatchObject({ role: 'scu', status: 'success', failed: 0 });
    expect(await there.commitments.get(TransactionUID)).toMatchObject({
      role: 'scp',
      status: 'success',
      AET: 'CHAIRSIDE',
    });
  });

  it('says which images are not confirmed, and why; started again it asks anew', async () => {
    const there = await receiver(undefined, { modalities: { here: { AET: 'CHAIRSIDE', Port: 1 } } });
    const here = await startNode({ instances: uids(2), modalities: toThere(there.port) });
    await send(here);
    const job = await ask(here, [...uids(2), '1.2.3.99']);
    expect(job).toMatchObject({ status: 'failure', done: 2, failed: 1, total: 3 });
    expect(job.error?.message).toBe('there does not confirm 1 of 3 images. The image is not there.');
    expect(job.output).toMatchObject({
      committed: 2,
      failed: [{ SOPInstanceUID: '1.2.3.99', FailureReason: 0x0112, sentence: 'The image is not there.' }],
    });
    const before = (job.output as { TransactionUID: string }).TransactionUID;
    await here.jobs.control(job.id, 'resubmit');
    const again = await here.jobs.ended(job.id);
    expect((again.output as { TransactionUID: string }).TransactionUID).not.toBe(before);
  });

  it('answered later on an association of the node (dcmjs-dimse), holding no place meanwhile', async () => {
    const peer = await startPeer();
    const here = await startNode({
      instances: uids(2),
      modalities: toThere(peer.port),
      settings: { ConcurrentJobs: 1 },
    });
    const id = await here.jobs.submit(commitJob('there', references(uids(3))));
    await until(async () => peer.asked.length === 1 && (await here.jobs.get(id))?.nextTryAt !== undefined);
    const { TransactionUID, instances } = peer.asked[0]!;
    expect(instances).toEqual(uids(3));
    expect(await here.commitments.get(TransactionUID)).toMatchObject({ status: 'pending', node: 'there' });
    /* One is confirmed, one failed, one not named at all. */
    const [first, second] = references(uids(3));
    const answer = () =>
      bringReport(here.port, TransactionUID, [first!], [{ ...second!, FailureReason: 0x0213 }], 'THERE');
    expect(await answer()).toBe(0);
    const job = await here.jobs.ended(id);
    expect(job).toMatchObject({ status: 'failure', done: 1, failed: 2 });
    expect(job.output).toMatchObject({
      failed: [{ sentence: 'There is no room for it.' }, { sentence: 'The answer does not name the image.' }],
    });
    /* Once more, as a node does that has not heard our response. */
    expect(await answer()).toBe(0);
  });

  it('fails in words when no answer comes in time, and takes a late one', async () => {
    const peer = await startPeer();
    const here = await startNode({ modalities: toThere(peer.port), commitmentMilliseconds: 300 });
    const job = await ask(here, ['1.2.3.50.1']);
    expect(job).toMatchObject({
      status: 'failure',
      error: { message: 'there has not said in time whether it keeps the images.' },
    });
    const { TransactionUID } = peer.asked[0]!;
    expect(await here.commitments.get(TransactionUID)).toMatchObject({ status: 'failure', error: job.error?.message });
    expect(await bringReport(here.port, TransactionUID, references(['1.2.3.50.1']), [], 'THERE')).toBe(0);
    expect(await here.commitments.get(TransactionUID)).toMatchObject({ status: 'success', error: undefined });
  });

  it('refused by the node, and not offered by it', async () => {
    const peer = await startPeer({ actionStatus: 0x0110 });
    const here = await startNode({ modalities: toThere(peer.port) });
    expect(await ask(here, ['1.2.3.50.1'])).toMatchObject({ status: 'failure', error: { code: 'bad-request' } });
    const there = await startNode({
      AET: 'THERE',
      modalities: { here: { AET: 'CHAIRSIDE', Port: 1, AllowStorageCommitment: false } as never },
    });
    const other = await startNode({ modalities: toThere(there.port) });
    expect(await ask(other, ['1.2.3.50.1'])).toMatchObject({ status: 'failure', error: { code: 'forbidden' } });
  });
});

/** Two nodes that know each other; the other one has instances. */
async function pair(instances: readonly string[], settings: Record<string, unknown> = {}) {
  const there = await startNode({ AET: 'THERE', instances, settings });
  const here = await startNode({ modalities: toThere(there.port) });
  const node = { ...modalitySchema.parse({ AET: 'CHAIRSIDE', Host: '127.0.0.1', Port: here.port }) };
  await there.peers.save('here', node);
  return { there, here };
}

describe('fetching', () => {
  const fetch = async (
    { jobs, peers, settings }: TestNode,
    method: 'C-MOVE' | 'C-GET',
    ...items: object[]
  ): Promise<Job> => {
    const node = { ...peers.get('there')!, RetrieveMethod: method };
    return jobs.ended(await jobs.submit(retrieveJob(node, settings, 'STUDY', items as { StudyInstanceUID: string }[])));
  };

  for (const method of ['C-MOVE', 'C-GET'] as const)
    it(`with ${method}, thing by thing; what is not there is said, and tried alone when started again`, async () => {
      const { here, there } = await pair(uids(6));
      const job = await fetch(here, method, { StudyInstanceUID: '9.9.9' }, { StudyInstanceUID: study });
      expect(job).toMatchObject({
        type: method === 'C-MOVE' ? 'DicomMoveScu' : 'DicomGetScu',
        status: 'failure',
        done: 6,
        error: { code: 'not-found' },
        output: { fetched: 6, failures: [{ keys: { StudyInstanceUID: '9.9.9' } }] },
      });
      expect(await here.store.files({ StudyInstanceUID: study })).toHaveLength(6);
      await there.store.receive(
        inPieces(smallInstance({ StudyInstanceUID: '9.9.9', SOPInstanceUID: '9.9.9.1' })),
        scanner,
      );
      await here.jobs.control(job.id, 'resubmit');
      expect(await here.jobs.ended(job.id)).toMatchObject({ status: 'success', done: 1, failed: 0 });
      expect(await here.store.files({ StudyInstanceUID: '9.9.9' })).toHaveLength(1);
    });

  it('to a third node', async () => {
    const { here, there } = await pair(uids(2));
    const third = await receiver();
    await there.peers.save('third', modalitySchema.parse({ AET: 'THIRD', Host: '127.0.0.1', Port: third.port }));
    const request = retrieveJob(here.peers.get('there')!, here.settings, 'STUDY', [{ StudyInstanceUID: study }]);
    const content = { ...(request.content as object), destination: 'THIRD' };
    const job = await here.jobs.ended(await here.jobs.submit({ ...request, content }));
    expect(job).toMatchObject({ status: 'success', done: 2 });
    expect(third.came).toEqual(uids(2));
  });

  it('from a node that sends by itself afterwards (SynchronousCMove off)', async () => {
    const { here, there } = await pair(uids(4), { SynchronousCMove: false });
    expect((await fetch(here, 'C-MOVE', { StudyInstanceUID: study })).status).toBe('success');
    await until(async () => (await here.store.files({ StudyInstanceUID: study })).length === 4);
    const [job] = await there.jobs.list();
    expect(job).toMatchObject({ type: 'DicomMoveScp', description: 'here', total: 4 });
    expect((await there.jobs.ended(job!.id)).status).toBe('success');
  });

  it('waits for a node that does not answer, and can be cancelled', async () => {
    const here = await startNode({ modalities: toThere(1), backOff: () => 60_000 });
    const node = here.peers.get('there')!;
    const id = await here.jobs.submit(retrieveJob(node, here.settings, 'STUDY', [{ StudyInstanceUID: study }]));
    await until(async () => (await here.jobs.get(id))?.status === 'retry');
    expect((await here.jobs.get(id))?.error?.code).toBe('busy');
    await until(async () => (await here.peers.devices()).devices[0]?.lastError !== undefined);
    await here.jobs.control(id, 'cancel');
    expect((await here.jobs.ended(id)).status).toBe('cancelled');
  });
});

describe('forwarding procedure steps', () => {
  it('in their order, also when the node comes up later', async () => {
    const here = await startNode({ modalities: toThere(await freePort()) });
    const message = (kind: 'create' | 'set', value: string) => ({
      kind,
      SOPInstanceUID: '1.2.3.88',
      dataSet: { '00400252': { vr: 'CS', Value: [value] } },
    });
    const ids = [
      await here.jobs.submit(forwardStepJob('there', message('create', 'IN PROGRESS'))),
      await here.jobs.submit(forwardStepJob('there', message('set', 'COMPLETED'))),
    ];
    await until(async () => ((await here.jobs.get(ids[0]!))?.tries ?? 0) > 0);
    expect((await here.jobs.get(ids[1]!))?.status).toBe('pending');
    const came = await startStepPeer(here.peers.get('there')!.Port);
    const jobs = await Promise.all(ids.map((id) => here.jobs.ended(id)));
    expect(jobs.map(({ status }) => status)).toEqual(['success', 'success']);
    expect(came).toEqual([
      ['create', '1.2.3.88', 'IN PROGRESS'],
      ['set', '1.2.3.88', 'COMPLETED'],
    ]);
  });
});
