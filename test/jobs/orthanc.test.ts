/** Storage commitment, sending and fetching with Orthanc of Debian as the other side, in both roles. */
import { describe, expect, it } from 'vitest';
import type { Job } from '#shared/model.ts';
import { commitJob } from '#main/network-jobs/commit.ts';
import { retrieveJob } from '#main/network-jobs/retrieve.ts';
import { sendJob } from '#main/network-jobs/send.ts';
import { secondaryCapture, startNode, study, uids, type TestNode } from './node.ts';
import { hasOrthanc, orthancNote, startOrthanc, type Orthanc } from './orthanc.ts';
import { until } from './support.ts';

async function pair(instances: readonly string[]): Promise<{ here: TestNode; orthanc: Orthanc }> {
  const orthanc = await startOrthanc();
  const here = await startNode({
    instances,
    modalities: { orthanc: { AET: 'ORTHANC', Port: orthanc.dicomPort } },
  });
  await orthanc.rest('PUT', '/modalities/here', ['CHAIRSIDE', '127.0.0.1', here.port]);
  return { here, orthanc };
}

interface OrthancReport {
  readonly Status: 'Pending' | 'Success' | 'Failure';
  readonly Success?: readonly { readonly SOPInstanceUID: string }[];
  readonly Failures?: readonly { readonly SOPInstanceUID: string; readonly FailureReason: number }[];
}

describe.skipIf(!hasOrthanc)(`Orthanc${orthancNote}`, () => {
  it('takes what we send, and confirms that it keeps it', async () => {
    const { here, orthanc } = await pair(uids(5));
    const id = await here.jobs.submit(sendJob('orthanc', [{ StudyInstanceUID: study }], true));
    const sent = await here.jobs.ended(id);
    expect(sent).toMatchObject({ status: 'success', done: 5 });
    expect(await orthanc.rest('GET', '/instances')).toHaveLength(5);
    const [commitment] = (sent.output as { commitments: string[] }).commitments;
    /* It reports on an association of its own. */
    expect(await here.jobs.ended(commitment as string)).toMatchObject({ status: 'success', done: 5, failed: 0 });
    expect((await here.commitments.list())[0]).toMatchObject({
      role: 'scu',
      status: 'success',
      AET: 'ORTHANC',
      total: 5,
    });
  });

  it('does not confirm what it does not keep', async () => {
    const { here } = await pair(uids(1));
    const references = [{ SOPClassUID: secondaryCapture, SOPInstanceUID: '1.2.3.50.1' }];
    const job = await here.jobs.ended(await here.jobs.submit(commitJob('orthanc', references)));
    expect(job).toMatchObject({ status: 'failure', failed: 1, output: { failed: [{ FailureReason: 0x0112 }] } });
  });

  it('asks us, and hears from us', async () => {
    const { here, orthanc } = await pair(uids(2));
    const DicomInstances = [...uids(2), '1.2.3.99'].map((uid) => [secondaryCapture, uid]);
    const { ID } = await orthanc.rest<{ ID: string }>('POST', '/modalities/here/storage-commitment', {
      DicomInstances,
    });
    let report: OrthancReport | undefined;
    await until(async () => {
      report = await orthanc.rest<OrthancReport>('GET', `/storage-commitment/${ID}`);
      return report.Status !== 'Pending';
    }, 30_000);
    expect(report?.Status).toBe('Failure');
    expect(report?.Success?.map(({ SOPInstanceUID }) => SOPInstanceUID).toSorted()).toEqual(uids(2));
    expect(report?.Failures).toMatchObject([{ SOPInstanceUID: '1.2.3.99', FailureReason: 0x0112 }]);
    await until(async () => (await here.commitments.get(ID))?.endedAt !== undefined);
    expect(await here.commitments.get(ID)).toMatchObject({ role: 'scp', node: 'orthanc', failed: 1, total: 3 });
  });

  it('sends us what we fetch, with C-MOVE and with C-GET', async () => {
    const { here, orthanc } = await pair(uids(4));
    await here.jobs.ended(await here.jobs.submit(sendJob('orthanc', [{ StudyInstanceUID: study }])));
    for (const RetrieveMethod of ['C-MOVE', 'C-GET'] as const) {
      const other = await startNode({ modalities: { orthanc: { AET: 'ORTHANC', Port: orthanc.dicomPort } } });
      await orthanc.rest('PUT', '/modalities/here', ['CHAIRSIDE', '127.0.0.1', other.port]);
      const node = { ...other.peers.get('orthanc')!, RetrieveMethod };
      const request = retrieveJob(node, other.settings, 'STUDY', [{ StudyInstanceUID: study }]);
      const job: Job = await other.jobs.ended(await other.jobs.submit(request));
      expect(job).toMatchObject({ status: 'success', done: 4, failed: 0 });
      expect(await other.store.files({ StudyInstanceUID: study })).toHaveLength(4);
    }
  });
});
