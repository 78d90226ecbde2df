/** What goes over the wire as Wireshark sees it: no malformed PDU in any conversation with DCMTK's programs. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startHeadless } from '../support/headless.ts';
import { connect, makeCommand, makePdv, pdu, verification } from '../support/raw-association.ts';
import { recordTraffic } from '../support/record-traffic.ts';
import { dcmtk, fileStore, hasDcmtk, startServer, writeInstances } from './support.ts';

const hasTshark = spawnSync('which', ['tshark'], { stdio: 'ignore' }).status === 0;
const note = !hasDcmtk || !hasTshark ? ' (left out: DCMTK or tshark is not installed)' : '';

/** Fields of every packet that the filter lets through. */
const tshark = (capture: string, filter: string, ...fields: readonly string[]): string[] =>
  execFileSync(
    'tshark',
    [
      '-r',
      capture,
      '-d',
      'tcp.port==104,dicom',
      '-Y',
      filter,
      '-T',
      'fields',
      ...fields.flatMap((name) => ['-e', name]),
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )
    .split('\n')
    .filter(Boolean);

test.skipIf(note)(`Wireshark finds nothing malformed in verification and storage${note}`, async () => {
  const store = await fileStore();
  const { port } = await startServer(store);
  const folder = await writeInstances(3, 40_000);
  const recorder = await recordTraffic(port);
  const at = ['127.0.0.1', String(recorder.port)];
  expect((await dcmtk('echoscu', '-aec', 'CHAIRSIDE', ...at)).code).toBe(0);
  expect((await dcmtk('storescu', '-aec', 'CHAIRSIDE', '+sd', ...at, folder)).code).toBe(0);
  expect((await dcmtk('storescu', '-aec', 'CHAIRSIDE', '-pdu', '4096', '+sd', ...at, folder)).code).toBe(0);
  const capture = join(folder, 'conversation.pcap');
  await recorder.save(capture);
  const types = new Set(tshark(capture, 'dicom', 'dicom.pdu.type').flatMap((line) => line.split(',')));
  for (const type of ['0x01', '0x02', '0x04', '0x05', '0x06']) expect(types, `PDU type ${type}`).toContain(type);
  expect(tshark(capture, '_ws.malformed or tcp.analysis.lost_segment', 'frame.number')).toEqual([]);
});

test.skipIf(note)(
  `Wireshark finds nothing malformed in queries, retrieval and the worklist of the whole program${note}`,
  async () => {
    const [images, folder] = [await writeInstances(3, 40_000), await writeInstances(0, 0)];
    const settings = join(folder, 'chairside.json');
    const rights = { DicomAlwaysAllowFind: true, DicomAlwaysAllowGet: true, DicomAlwaysAllowFindWorklist: true };
    await writeFile(settings, JSON.stringify({ ...rights, DicomAlwaysAllowMove: true }));
    const program = await startHeadless(join(folder, 'archive'), [settings]);
    try {
      const recorder = await recordTraffic(program.dicomPort);
      const at = ['-aec', 'CHAIRSIDE', '127.0.0.1', String(recorder.port)];
      const study = ['-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', 'StudyInstanceUID=1.2.3.1', '-k', 'PatientName'];
      expect(await dcmtk('storescu', '+sd', ...at, images)).toMatchObject({ code: 0 });
      const found = await dcmtk('findscu', ...study, ...at);
      expect(found.output).toContain('Test^Conversation');
      expect(await dcmtk('getscu', '-od', folder, ...study.slice(0, 5), ...at)).toMatchObject({ code: 0 });
      expect((await dcmtk('findscu', '-W', '-k', 'PatientName', ...at)).code).toBe(0);
      /* Nobody has this title: the answer is a refusal, and well-formed. */
      expect((await dcmtk('movescu', '-aem', 'NOBODY', ...study.slice(0, 5), ...at)).code).not.toBe(0);
      const capture = join(folder, 'program.pcap');
      await recorder.save(capture);
      expect(tshark(capture, 'dicom', 'dicom.pdu.type').length).toBeGreaterThan(20);
      expect(tshark(capture, '_ws.malformed', 'frame.number')).toEqual([]);
    } finally {
      await program.end();
    }
  },
);

test.skipIf(note)(`Wireshark does find what is malformed${note}`, async () => {
  const { port } = await startServer(await fileStore());
  const recorder = await recordTraffic(port);
  const association = await connect({ port: recorder.port });
  const tooLong = makePdv(1, 3, makeCommand({ 0x0002: verification, 0x0100: 0x0030 }));
  tooLong.writeUInt32BE(5000, 0);
  association.sendPdu(pdu.data, tooLong);
  await association.closed();
  const capture = join(await writeInstances(0, 0), 'malformed.pcap');
  await recorder.save(capture);
  expect(tshark(capture, '_ws.malformed', 'frame.number')).not.toEqual([]);
});
