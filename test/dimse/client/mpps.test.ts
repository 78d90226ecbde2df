/** Handing procedure steps on: what arrives, in which characters, and what a refusal says. */
import { expect, test } from 'vitest';
import type { DicomJson } from '#main/dicom/dicom-json.ts';
import { readDataSet } from '#main/dicom/read-data-set.ts';
import { text } from '#main/dicom/read-values.ts';
import { sendMpps, type MppsMessage } from '#main/dimse/client/mpps.ts';
import { freePort, startStepPeer } from '../../jobs/step-peer.ts';
import { explicitLittleEndian, makeCommand, pdu } from '../../support/raw-association.ts';
import { until } from '../support.ts';
import { clientContext, dataPdu, nodeAt, startAcceptingPeer } from './support.ts';

const message = (kind: 'create' | 'set', status: string, more: DicomJson = {}): MppsMessage => ({
  kind,
  SOPInstanceUID: '2.25.5',
  dataSet: { '00400252': { vr: 'CS', Value: [status] }, ...more },
});
const steps = [message('create', 'IN PROGRESS'), message('set', 'COMPLETED')];

test('A step that begins and ends arrives as N-CREATE and N-SET, in order', async () => {
  const port = await freePort();
  const came = await startStepPeer(port);
  await sendMpps(nodeAt(port), steps, clientContext());
  await until(() => came.length === 2);
  expect(came).toEqual([
    ['create', '2.25.5', 'IN PROGRESS'],
    ['set', '2.25.5', 'COMPLETED'],
  ]);
});

/** A raw peer that answers with these statuses and keeps what it got. */
async function startAnsweringPeer(statuses: readonly number[]): Promise<{ port: number; dataSets: Buffer[] }> {
  const dataSets: Buffer[] = [];
  const port = await startAcceptingPeer(async (association) => {
    for (const [at, status] of statuses.entries()) {
      if ((await association.nextPdu())?.type !== pdu.data) return association.sendPdu(pdu.released, Buffer.alloc(4));
      dataSets.push((await association.nextPdu())?.body.subarray(6) ?? Buffer.alloc(0));
      const field = at === 0 ? 0x8140 : 0x8120;
      const values = { 0x0100: field, 0x0120: at + 1, 0x0800: 0x0101, 0x0900: status };
      association.sendRaw(dataPdu(1, 'command', makeCommand(values)));
    }
    while ((await association.nextPdu())?.type === pdu.data);
    association.sendPdu(pdu.released, Buffer.alloc(4));
  });
  return { port, dataSets };
}

test('Names keep their letters in the smallest character set that has them', async () => {
  for (const [name, set] of [
    ['Smith^John', undefined],
    ['Müller^Jörg', 'ISO_IR 100'],
    ['Yamada^Tarou=山田^太郎', 'ISO_IR 192'],
  ] as const) {
    const { port, dataSets } = await startAnsweringPeer([0]);
    const [Alphabetic, Ideographic] = name.split('=');
    const more = { '00100010': { vr: 'PN', Value: [{ Alphabetic, ...(Ideographic ? { Ideographic } : {}) }] } };
    await sendMpps(nodeAt(port), [message('create', 'IN PROGRESS', more)], clientContext());
    const header = readDataSet(dataSets[0] as Buffer, explicitLittleEndian);
    expect([text(header, '00100010'), text(header, '00080005')]).toEqual([name, set]);
  }
});

test('A step that the node has already, or takes with a warning, goes on; a refusal ends it in words', async () => {
  const known = await startAnsweringPeer([0x0111, 0x0107]);
  await sendMpps(nodeAt(known.port), steps, clientContext());
  expect(known.dataSets.length).toBe(2);
  const refusing = await startAnsweringPeer([0x0110, 0]);
  await expect(sendMpps(nodeAt(refusing.port), steps, clientContext())).rejects.toMatchObject({
    code: 'bad-request',
    message: 'Procedure step: KLINIKPACS could not process it (status 0110).',
  });
  expect(refusing.dataSets.length).toBe(1);
});
