/** Asking other nodes for what they have: real archives and worklists, limits, cancelling, other makes, and answers that flood. */
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DicomJson } from '#main/dicom/dicom-json.ts';
import { readDataSet } from '#main/dicom/read-data-set.ts';
import { text } from '#main/dicom/read-values.ts';
import { find } from '#main/dimse/client/find.ts';
import { findWorklist } from '#main/dimse/client/find-worklist.ts';
import { completeIdentifier, identifierOf, typedKeys, writeModestly } from '#main/dimse/client/identifier.ts';
import { store } from '#main/dimse/client/store.ts';
import { explicitLittleEndian, makeCommand, pdu, type RawAssociation } from '../../support/raw-association.ts';
import { hasSharedData, sharedData, sharedDataNote } from '../../support/shared-data.ts';
import { dcmtkNote, hasDcmtk } from '../support.ts';
import {
  clientContext,
  corpusFiles,
  dataPdu,
  freePort,
  nodeAt,
  sayNothing,
  startAcceptingPeer,
  startArchive,
  startProgram,
  testFolder,
} from './support.ts';

const namesOf = (rows: readonly Readonly<Record<string, string>>[]): string[] =>
  rows.map(({ PatientName = '' }) => PatientName).toSorted();

describe.skipIf(!hasDcmtk || !hasSharedData)(`dcmqrscp${dcmtkNote}${sharedDataNote}`, () => {
  test('answers at every level, with wildcards, lists, dates and names in other characters', async () => {
    const { port } = await startArchive();
    const [node, context] = [nodeAt(port), clientContext()];
    const files = await corpusFiles(({ path }) => /^(charsets|ct-mr)\//.test(path));
    const kept = (await store(node, files, context)).filter(({ outcome }) => outcome !== 'failed');
    expect(kept.length).toBeGreaterThan(100);

    const studies = new Set(kept.map(({ file }) => file.StudyInstanceUID));
    const all = await find(node, { level: 'STUDY', typed: {} }, context);
    expect(new Set(all.rows.map(({ StudyInstanceUID }) => StudyInstanceUID))).toEqual(studies);
    expect(all.isCut).toBe(false);
    expect(all.dataSets.length).toBe(all.rows.length);

    const [one] = kept as [(typeof kept)[number]];
    const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } = one.file;
    const series = await find(node, { level: 'SERIES', keys: { StudyInstanceUID, Modality: '' } }, context);
    expect(series.rows.map((row) => row['SeriesInstanceUID'])).toContain(SeriesInstanceUID);
    const keys = { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID: '' };
    const images = await find(node, { level: 'IMAGE', keys }, context);
    expect(images.rows.map((row) => row['SOPInstanceUID'])).toContain(SOPInstanceUID);

    const two = [...studies].slice(0, 2).join('\\');
    expect((await find(node, { level: 'STUDY', keys: { StudyInstanceUID: two } }, context)).rows.length).toBe(2);
    const patients = await find(node, { level: 'PATIENT', keys: { PatientName: '*', PatientID: '' } }, context);
    expect(namesOf(patients.rows)).toContain('Yamada^Tarou=山田^太郎=やまだ^たろう');
  });

  test('gives no more than the limit, and says so', async () => {
    const { port } = await startArchive();
    const [node, context] = [nodeAt(port), clientContext()];
    await store(node, await corpusFiles(({ path }) => path.startsWith('charsets/')), context);
    const { rows, isCut } = await find(node, { level: 'STUDY', typed: {}, limit: 3 }, context);
    expect(rows.length).toBe(3);
    expect(isCut).toBe(true);
  });

  test('refuses what it does not offer', async () => {
    const { port } = await startArchive({}, '--no-patient-root');
    await expect(find(nodeAt(port), { level: 'PATIENT', typed: {} }, clientContext())).rejects.toMatchObject({
      message: 'KLINIKPACS does not offer queries (C-FIND).',
    });
  });

  test('wlmscpfs answers worklist queries', async () => {
    const folder = join(await testFolder(), 'KLINIKPACS');
    await mkdir(folder);
    await writeFile(join(folder, 'lockfile'), '');
    const source = join(sharedData, 'corpus/worklists');
    for (const name of await readdir(source)) await cp(join(source, name), join(folder, name));
    const port = await freePort();
    await startProgram(port, 'wlmscpfs', ['-dfp', join(folder, '..'), String(port)]);
    const [node, context] = [nodeAt(port), clientContext()];
    const { rows, dataSets } = await findWorklist(node, {}, context);
    expect(rows.length).toBeGreaterThan(5);
    const modalities = new Set(dataSets.map(modalityOf));
    expect(modalities.size).toBeGreaterThan(1);
    const [Modality] = [...modalities] as [string];
    const step: DicomJson = identifierOf({ Modality });
    const identifier = { '00400100': { vr: 'SQ', Value: [step] } };
    const some = await findWorklist(node, { identifier }, context);
    expect(some.dataSets.map(modalityOf).every((each) => each === Modality)).toBe(true);
    expect(some.rows.length).toBe(dataSets.filter((each) => modalityOf(each) === Modality).length);
  });
});

const modalityOf = (dataSet: DicomJson): unknown =>
  (dataSet['00400100']?.Value?.[0] as DicomJson | undefined)?.['00080060']?.Value?.[0];

const findResponse = (status: number, hasDataSet: boolean, messageId = 1): Buffer =>
  dataPdu(
    1,
    'command',
    makeCommand({
      0x0002: '1.2.840.10008.5.1.4.1.2.2.1',
      0x0100: 0x8020,
      0x0120: messageId,
      0x0800: hasDataSet ? 1 : 0x0101,
      0x0900: status,
    }),
  );

const answer = (PatientID: string): Buffer =>
  dataPdu(1, 'data set', writeModestly(identifierOf({ PatientID, PatientName: 'Müller^Ärzte' }), explicitLittleEndian));

/** Reads the query and hands over what was asked. */
async function query(association: RawAssociation): Promise<Buffer> {
  await association.nextPdu();
  return (await association.nextPdu())?.body.subarray(6) ?? Buffer.alloc(0);
}

async function released(association: RawAssociation): Promise<void> {
  while ((await association.nextPdu())?.type === pdu.data);
  association.sendPdu(pdu.released, Buffer.alloc(4));
}

describe('A node that', () => {
  test('floods its answers is stopped at the limit with a C-CANCEL, within bounded memory', async () => {
    let cancelled: Buffer | undefined;
    const port = await startAcceptingPeer(async (association, socket) => {
      await query(association);
      socket.resume();
      let isOver = false;
      const one = Buffer.concat([findResponse(0xff00, true), answer('FLOOD')]);
      void association.nextPdu().then((next) => {
        cancelled = next?.body;
        isOver = true;
      });
      while (!isOver) {
        if (!socket.write(one)) await new Promise((resolve) => socket.once('drain', resolve));
        await new Promise((resolve) => setImmediate(resolve));
      }
      socket.write(findResponse(0xfe00, false));
      await released(association);
    });
    const { rows, isCut } = await find(nodeAt(port), { level: 'STUDY', typed: {}, limit: 50 }, clientContext());
    expect(rows.length).toBe(50);
    expect(rows[0]).toMatchObject({ PatientID: 'FLOOD', PatientName: 'Müller^Ärzte' });
    expect(isCut).toBe(true);
    expect(cancelled?.includes(Buffer.from([0, 0, 0, 1, 2, 0, 0, 0, 0xff, 0x0f]))).toBe(true);
  });

  test('hears the C-CANCEL of a person, and the query ends', async () => {
    const port = await startAcceptingPeer(async (association) => {
      await query(association);
      association.sendRaw(Buffer.concat([findResponse(0xff00, true), answer('ONE')]));
      await association.nextPdu();
      association.sendRaw(findResponse(0xfe00, false));
      await released(association);
    });
    const start = performance.now();
    const asking = find(nodeAt(port), { level: 'STUDY', typed: {} }, clientContext(), AbortSignal.timeout(100));
    await expect(asking).rejects.toMatchObject({ code: 'aborted', message: 'It was cancelled.' });
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('fails is quoted, and what came before is not taken for the answer', async () => {
    const port = await startAcceptingPeer(async (association) => {
      await query(association);
      association.sendRaw(Buffer.concat([findResponse(0xff00, true), answer('ONE'), findResponse(0xa700, false)]));
      await released(association);
    });
    await expect(find(nodeAt(port), { level: 'STUDY', typed: {} }, clientContext())).rejects.toMatchObject({
      code: 'busy',
      message: 'Query: KLINIKPACS has no room or no time for it now (status A700).',
    });
  });

  test('sends an answer that cannot be read gives the others', async () => {
    const port = await startAcceptingPeer(async (association) => {
      await query(association);
      const broken = dataPdu(1, 'data set', Buffer.from([8, 0, 5, 0, 67, 83, 255, 255, 1, 2]));
      association.sendRaw(
        Buffer.concat([findResponse(0xff00, true), broken, findResponse(0xff01, true), answer('TWO')]),
      );
      association.sendRaw(findResponse(0, false));
      await released(association);
    });
    const context = clientContext();
    const { rows } = await find(nodeAt(port), { level: 'STUDY', typed: {} }, context);
    expect(rows.map(({ PatientID }) => PatientID)).toEqual(['TWO']);
    expect(context.lines.join()).toContain('KLINIKPACS sent an answer that cannot be read');
  });

  test('sends an answer of 3 MB is told off', async () => {
    const port = await startAcceptingPeer(async (association, socket) => {
      await query(association);
      association.sendRaw(findResponse(0xff00, true));
      const piece = Buffer.alloc(100_000);
      const header = Buffer.from([4, 0, 0, 1, 134, 166, 0, 1, 134, 162, 1, 0]);
      for (let left = 30; left > 0; left--) {
        header[11] = left === 1 ? 2 : 0;
        association.sendRaw(Buffer.concat([header, piece]));
      }
      await sayNothing(socket);
    });
    await expect(find(nodeAt(port), { level: 'STUDY', typed: {} }, clientContext())).rejects.toMatchObject({
      code: 'too-large',
    });
  });

  test('sends half an answer and waits is given up', async () => {
    const port = await startAcceptingPeer(async (association, socket) => {
      await query(association);
      association.sendRaw(Buffer.concat([findResponse(0xff00, true), answer('ONE').subarray(0, 30)]));
      await sayNothing(socket);
    });
    const asking = find(nodeAt(port, { Timeout: 0.3 }), { level: 'STUDY', typed: {} }, clientContext());
    await expect(asking).rejects.toMatchObject({ code: 'aborted', message: 'KLINIKPACS was silent for too long.' });
  });
});

describe('An identifier', () => {
  /** What a raw peer of that make is asked. */
  async function askedOf(
    Manufacturer: string,
    keys: Record<string, string>,
  ): Promise<(tag: string) => string | undefined> {
    let asked: Buffer = Buffer.alloc(0);
    const port = await startAcceptingPeer(async (association) => {
      asked = await query(association);
      association.sendRaw(findResponse(0, false));
      await released(association);
    });
    await find(nodeAt(port, { Manufacturer }), { level: 'STUDY', keys }, clientContext());
    const header = readDataSet(asked, explicitLittleEndian);
    return (tag) => text(header, tag);
  }

  test('has the level, the keys and what is expected at that level', async () => {
    const asked = await askedOf('Generic', { PatientName: 'Mü*', StudyDate: '*', StudyDescription: '*' });
    expect(asked('00080052')).toBe('STUDY');
    expect(asked('00100010')).toBe('Mü*');
    expect(asked('00080005')).toBe('ISO_IR 100');
    expect(asked('00080020')).toBe('*');
    expect([asked('0020000D'), asked('00080050'), asked('00100020')]).toEqual(['', '', '']);
  });

  test('follows the peculiarities of other makes', async () => {
    const keys = { StudyDate: '*', StudyDescription: '*', PatientName: '*' };
    const dates = await askedOf('GenericNoWildcardInDates', keys);
    expect([dates('00080020'), dates('00081030'), dates('00100010')]).toEqual(['', '*', '*']);
    const none = await askedOf('GenericNoUniversalWildcard', keys);
    expect([none('00080020'), none('00081030'), none('00100010')]).toEqual(['', '', '']);
    const ge = await askedOf('GE', { StudyInstanceUID: '1.2.3' });
    expect([ge('0020000D'), ge('00080050'), ge('00100020')]).toEqual(['1.2.3', '*', '*']);
    for (const other of ['Vitrea', 'SiemensSyngoCT']) expect((await askedOf(other, keys))('00080020')).toBe('*');
  });

  test('is made of what people type', () => {
    const typed = typedKeys('STUDY', {
      PatientName: ' smith, john ',
      StudyDate: '2024-05-01 - 2024-05-31',
      StudyTime: '08:30-09:00',
      PatientID: ' 7 ',
    });
    expect(typed).toMatchObject({
      PatientName: 'smith?john*',
      StudyDate: '20240501-20240531',
      StudyTime: '0830-0900',
      PatientID: '7',
      AccessionNumber: '',
    });
    expect(typedKeys('STUDY', { PatientName: 'Smith^J*' })['PatientName']).toBe('Smith^J*');
    expect(typedKeys('STUDY', { PatientName: '' })['PatientName']).toBe('');
  });

  test('takes tags and keywords, numbers and names, and refuses what it does not know', () => {
    expect(identifierOf({ '0010,0020': 'A', Rows: '512', PatientName: 'a=b', ReferencedStudySequence: '' })).toEqual({
      '00100020': { vr: 'LO', Value: ['A'] },
      '00280010': { vr: 'US', Value: [512] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'a', Ideographic: 'b' }] },
      '00081110': { vr: 'SQ' },
    });
    expect(() => identifierOf({ NoSuchThing: '' })).toThrow('A key is no DICOM attribute.');
    expect(() => identifierOf({ Rows: 'many' })).toThrow('A key that is a number has another value.');
    expect(completeIdentifier('IMAGE', {}, 'Generic')).toHaveProperty('00080018');
  });
});
