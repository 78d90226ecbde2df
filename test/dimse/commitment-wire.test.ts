/** Storage commitment as others see it: dcmdump reads the data sets in every transfer syntax, Wireshark finds nothing malformed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { writeActionInformation } from '#main/dimse/commitment-data-set.ts';
import { secondaryCapture, startNode, uids } from '../jobs/node.ts';
import { temporaryFolder, until } from '../jobs/support.ts';
import { connect, makeCommand, makePdv, pdu, type RawAssociation } from '../support/raw-association.ts';
import { recordTraffic } from '../support/record-traffic.ts';
import { askCommitment, bringReport, startPeer } from './commitment-peer.ts';
import { dcmtk, dcmtkNote, hasDcmtk } from './support.ts';

const pushModel = '1.2.840.10008.1.20.1';
const syntaxes = [
  ['1.2.840.10008.1.2', '-ti'],
  ['1.2.840.10008.1.2.1', '-te'],
  ['1.2.840.10008.1.2.2', '-tb'],
  ['1.2.840.10008.1.2.1.99', '-te'],
] as const;

const references = ['1.2.3.50.1', '1.2.3.99'].map((SOPInstanceUID) => ({
  SOPClassUID: secondaryCapture,
  SOPInstanceUID,
}));

/** Sends an N-ACTION and gives the data set of the N-EVENT-REPORT that follows on the same association. */
async function reportTo(association: RawAssociation, dataSet: Uint8Array): Promise<Buffer> {
  const command = makeCommand({
    0x0003: pushModel,
    0x0100: 0x0130,
    0x0110: 1,
    0x0800: 1,
    0x1001: '1.2.840.10008.1.20.1.1',
    0x1008: 1,
  });
  association.sendPdu(pdu.data, makePdv(1, 3, command));
  association.sendPdu(pdu.data, makePdv(1, 2, dataSet));
  expect((await association.nextResponse()).Status).toBe(0);
  const pdvs: Buffer[] = [];
  /* The last fragment of a data set has the control byte 2. */
  for (let control = -1; control !== 2;) {
    const { body } = (await association.nextPdu()) ?? { body: Buffer.alloc(0) };
    for (let at = 0; at < body.length; at += 4 + body.readUInt32BE(at)) {
      control = body[at + 5] ?? 2;
      if ((control & 1) === 0) pdvs.push(body.subarray(at + 6, at + 4 + body.readUInt32BE(at)));
    }
  }
  const answer = { 0x0002: pushModel, 0x0100: 0x8100, 0x0120: 1, 0x0800: 0x0101, 0x0900: 0, 0x1002: 2 };
  association.sendPdu(pdu.data, makePdv(1, 3, makeCommand(answer)));
  return Buffer.concat(pdvs);
}

it.skipIf(!hasDcmtk)(`dcmdump reads request and report${dcmtkNote}`, async () => {
  const here = await startNode({
    instances: uids(1),
    modalities: { peer: { AET: 'PEER', Port: 1 } },
  });
  const folder = await temporaryFolder();
  for (const [syntax, option] of syntaxes) {
    const contexts = [{ id: 1, abstractSyntax: pushModel, transferSyntaxes: [syntax] }];
    const association = await connect({ port: here.port, contexts, callingAET: 'PEER' });
    const TransactionUID = `2.25.${syntaxes.findIndex(([each]) => each === syntax) + 1}`;
    const asked = writeActionInformation({ TransactionUID, references }, syntax);
    const reported = await reportTo(association, asked);
    await association.release();
    const dump = async (bytes: Buffer): Promise<string> => {
      const file = join(folder, 'dataset');
      writeFileSync(file, syntax.endsWith('.99') ? inflateRawSync(bytes) : bytes);
      const { code, output } = await dcmtk('dcmdump', '-f', option, '+L', file);
      expect(code, output).toBe(0);
      return output;
    };
    const request = await dump(asked);
    expect(request).toContain(`(0008,1195) UI [${TransactionUID}]`);
    expect(request.match(/\(0008,1155\)/g)).toHaveLength(2);
    const report = await dump(reported);
    expect(report).toContain(`(0008,1195) UI [${TransactionUID}]`);
    /* Failed SOP Sequence with its reason first, then what is kept; nothing else. */
    expect(report.match(/\((\w{4},\w{4})\) (?!na)/g)?.map((tag) => tag.trim())).toEqual([
      '(0008,1195)',
      '(0008,1198)',
      '(0008,1150)',
      '(0008,1155)',
      '(0008,1197)',
      '(0008,1199)',
      '(0008,1150)',
      '(0008,1155)',
    ]);
    expect(report).toMatch(/\(0008,1155\) UI \[1\.2\.3\.99\][^(]*\n[^\n]*\(0008,1197\) US 274/);
  }
});

const hasTshark = spawnSync('which', ['tshark'], { stdio: 'ignore' }).status === 0;
it.skipIf(!hasTshark)(
  `Wireshark finds nothing malformed${hasTshark ? '' : ' (left out: tshark is not installed)'}`,
  async () => {
    const peer = await startPeer();
    const toPeer = await recordTraffic(peer.port);
    const here = await startNode({ instances: uids(1), modalities: { peer: { AET: 'PEER', Port: toPeer.port } } });
    const toHere = await recordTraffic(here.port);
    const ask = (TransactionUID: string, linger?: number) =>
      askCommitment({ port: toHere.port, TransactionUID, references, ...(linger ? { linger } : {}) });
    /* On the same association, on another one, and one that we refuse. */
    expect((await ask('2.25.1', 4000)).reports).toHaveLength(1);
    await ask('2.25.2');
    await until(() => peer.reports.length === 1);
    expect(await bringReport(toHere.port, '2.25.3', references)).toBe(0x0115);
    for (const [recorder, name] of [
      [toHere, 'here'],
      [toPeer, 'peer'],
    ] as const) {
      const capture = join(await temporaryFolder(), `${name}.pcap`);
      await recorder.save(capture);
      const fields = (filter: string, field: string): string =>
        execFileSync(
          'tshark',
          ['-r', capture, '-d', 'tcp.port==104,dicom', '-Y', filter, '-T', 'fields', '-e', field],
          {
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
          },
        );
      expect(fields('dicom', 'dicom.pdu.type')).toContain('0x04');
      expect(fields('_ws.malformed', 'frame.number')).toBe('');
    }
  },
);
