/** Asking for storage commitment: the report comes while the association is open, or later, or is rubbish. */
import { describe, expect, test } from 'vitest';
import type { CommitmentAnswer } from '#main/jobs/commitment-values.ts';
import { readActionInformation, writeEventInformation } from '#main/dimse/commitment-data-set.ts';
import { commit } from '#main/dimse/client/commit.ts';
import { explicitLittleEndian, makeCommand, pdu, type RawAssociation } from '../../support/raw-association.ts';
import { startPeer } from '../commitment-peer.ts';
import { clientContext, dataPdu, nodeAt, startAcceptingPeer } from './support.ts';

const pushModel = '1.2.840.10008.1.20.1';
const references = ['1.2.3', '1.2.4'].map((SOPInstanceUID) => ({
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
  SOPInstanceUID,
}));
const question = { TransactionUID: '2.25.77', references };

const response = (status: number): Buffer =>
  dataPdu(1, 'command', makeCommand({ 0x0002: pushModel, 0x0100: 0x8130, 0x0120: 1, 0x0800: 0x0101, 0x0900: status }));

function report(messageId: number, dataSet: Uint8Array): Buffer {
  const values = {
    0x0002: pushModel,
    0x0100: 0x0100,
    0x0110: messageId,
    0x0800: 1,
    0x1000: '1.2.840.10008.1.20.1.1',
    0x1002: 2,
  };
  return Buffer.concat([dataPdu(1, 'command', makeCommand(values)), dataPdu(1, 'data set', dataSet)]);
}

const reportOf = (TransactionUID: string): Uint8Array =>
  writeEventInformation(
    {
      TransactionUID,
      committed: references.slice(0, 1),
      failed: references.slice(1).map((each) => ({ ...each, FailureReason: 0x0112 })),
    },
    explicitLittleEndian,
  );

/** Reads the N-ACTION; its data set. */
async function request(association: RawAssociation): Promise<Buffer> {
  await association.nextPdu();
  return (await association.nextPdu())?.body.subarray(6) ?? Buffer.alloc(0);
}

async function released(association: RawAssociation): Promise<void> {
  while ((await association.nextPdu())?.type === pdu.data);
  association.sendPdu(pdu.released, Buffer.alloc(4));
}

describe('A node', () => {
  test('that takes the request and reports later is left after the wait, and has heard what was asked', async () => {
    const peer = await startPeer();
    const start = performance.now();
    const { isReported } = await commit(nodeAt(peer.port), question, clientContext(), {
      wait: 0.2,
      onReport: () => undefined,
    });
    expect(isReported).toBe(false);
    expect(performance.now() - start).toBeGreaterThan(190);
    expect(peer.asked).toEqual([{ TransactionUID: '2.25.77', instances: ['1.2.3', '1.2.4'] }]);
  });

  test('that refuses the request is quoted', async () => {
    const peer = await startPeer({ actionStatus: 0x0213 });
    await expect(
      commit(nodeAt(peer.port), question, clientContext(), { onReport: () => undefined }),
    ).rejects.toMatchObject({ code: 'busy' });
  });

  test.each(['before', 'after'])(
    'that reports on the same association %s it has answered is heard at once',
    async (when) => {
      const [answers, statuses]: [CommitmentAnswer[], number[]] = [[], []];
      const port = await startAcceptingPeer(async (association) => {
        expect(readActionInformation(await request(association), explicitLittleEndian)).toEqual(question);
        if (when === 'after') association.sendRaw(response(0));
        association.sendRaw(report(9, reportOf('2.25.77')));
        const answer = await association.nextResponse();
        statuses.push(answer.Status, answer.CommandField, answer.MessageIDBeingRespondedTo);
        if (when === 'before') association.sendRaw(response(0));
        await released(association);
      });
      const start = performance.now();
      const onReport = (answer: CommitmentAnswer): void => void answers.push(answer);
      const { isReported } = await commit(nodeAt(port), question, clientContext(), { wait: 5, onReport });
      expect(isReported).toBe(true);
      expect(performance.now() - start).toBeLessThan(1500);
      expect(statuses).toEqual([0, 0x8100, 9]);
      expect(answers).toEqual([
        {
          TransactionUID: '2.25.77',
          committed: references.slice(0, 1),
          failed: [{ ...references[1], FailureReason: 0x0112 }],
        },
      ]);
    },
  );

  test('that reports of something else, in rubbish, or twice, is answered each time, and waited for until its own report', async () => {
    const statuses: number[] = [];
    const told: string[] = [];
    const port = await startAcceptingPeer(async (association) => {
      await request(association);
      association.sendRaw(response(0));
      const reports = [Buffer.from([1, 2, 3]), reportOf('2.25.1'), reportOf('2.25.2'), reportOf('2.25.77')];
      for (const [at, each] of reports.entries()) {
        association.sendRaw(report(at + 1, each));
        statuses.push((await association.nextResponse()).Status);
      }
      await released(association);
    });
    const onReport = ({ TransactionUID }: CommitmentAnswer): void => {
      told.push(TransactionUID);
      if (TransactionUID === '2.25.2') throw new Error('not now');
    };
    const { isReported } = await commit(nodeAt(port), question, clientContext(), { wait: 5, onReport });
    expect(isReported).toBe(true);
    expect(statuses).toEqual([0x0110, 0, 0x0110, 0]);
    expect(told).toEqual(['2.25.1', '2.25.2', '2.25.77']);
  });

  test('that releases instead of reporting has done its duty; one that breaks off has not', async () => {
    const releasing = await startAcceptingPeer(async (association) => {
      await request(association);
      association.sendRaw(response(0));
      association.sendPdu(pdu.release, Buffer.alloc(4));
      expect((await association.nextPdu())?.type).toBe(pdu.released);
      association.socket.end();
    });
    const onReport = (): void => undefined;
    expect(await commit(nodeAt(releasing), question, clientContext(), { onReport })).toEqual({ isReported: false });
    const breaking = await startAcceptingPeer(async (association) => {
      await request(association);
      association.sendRaw(response(0));
      association.sendPdu(pdu.abort, Buffer.alloc(4));
    });
    await expect(commit(nodeAt(breaking), question, clientContext(), { onReport })).rejects.toMatchObject({
      code: 'aborted',
    });
  });
});
