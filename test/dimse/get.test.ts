/** C-GET as the archive answers it: to DCMTK's getscu and Orthanc, and to callers that cancel, refuse, vanish, read slowly or ask for nonsense. */
import { readFile, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { fileMetaInformation } from '#main/dicom/part10.ts';
import { ctImageStorage, implicitLittleEndian } from '../support/raw-association.ts';
import {
  add,
  addBytes,
  connectRetriever,
  dataSetOf,
  identifierOf,
  received,
  retrieved,
  runProgram,
  sendCancel,
  sendRetrieve,
  startArchive,
  studyKeys,
  testFolder,
} from './retrieve-support.ts';
import { dcmtkNote, hasDcmtk, makeDataSet, headerOf, until, writeInstances, filesIn } from './support.ts';

const study = '1.2.3.1';

const imageKeys = { '00080052': 'IMAGE', '0020000D': study, '0020000E': '1.2.3.1.1' };

/** An archive with so many images of the study. */
async function withImages(count: number, pixelBytes: number, overrides: Record<string, unknown> = {}) {
  const archive = await startArchive(overrides);
  const folder = await writeInstances(count, pixelBytes);
  for (const name of await filesIn(folder)) await add(archive.store, join(folder, name));
  return archive;
}

const getscu = (port: number, folder: string, ...keys: readonly string[]) =>
  runProgram('getscu', [
    '-aec',
    'CHAIRSIDE',
    '+B',
    '-od',
    folder,
    ...keys.flatMap((key) => (/^[-+]/.test(key) ? [key] : ['-k', key])),
    '127.0.0.1',
    String(port),
  ]);

describe.skipIf(!hasDcmtk)(`getscu${dcmtkNote}`, () => {
  test('gets what is kept, byte for byte: with and without head, private and unknown elements, more than one block', async () => {
    const { store, port } = await startArchive();
    const unusual = Buffer.concat([
      makeDataSet('1.2.3.4.20', 1_000_000),
      /* A private element, one that no dictionary has, and a sequence of undefined length behind the pixel data. */
      Buffer.from('e17f1000' + '4c4f0400' + Buffer.from('ACME').toString('hex'), 'hex'),
      Buffer.from('e17f0110' + '554e0000' + '04000000' + '01020304', 'hex'),
      Buffer.from(
        'e17f0210' + '53510000' + 'ffffffff' + 'feff00e0ffffffff' + 'feff0de000000000' + 'feffdde000000000',
        'hex',
      ),
    ]);
    const bare = makeDataSet('1.2.3.4.21', 700_000);
    const large = makeDataSet('1.2.3.4.22', 9_000_000);
    await addBytes(store, Buffer.concat([headerOf('1.2.3.4.20', 'X'), unusual]));
    await addBytes(store, bare);
    await addBytes(store, Buffer.concat([headerOf('1.2.3.4.22', 'X'), large]));
    const folder = await testFolder();
    const { code, output } = await getscu(port, folder, '-S', 'QueryRetrieveLevel=STUDY', `StudyInstanceUID=${study}`);
    expect(code, output).toBe(0);
    const files = await received(folder);
    expect([...files.keys()].toSorted()).toEqual(['1.2.3.4.20', '1.2.3.4.21', '1.2.3.4.22']);
    expect((await dataSetOf(files.get('1.2.3.4.20')!)).equals(unusual)).toBe(true);
    expect((await dataSetOf(files.get('1.2.3.4.21')!)).equals(bare)).toBe(true);
    expect((await dataSetOf(files.get('1.2.3.4.22')!)).equals(large)).toBe(true);
  });

  test.each([
    ['-P', 'PATIENT', ['PatientID=T1'], 3],
    ['-P', 'STUDY', ['PatientID=T1', `StudyInstanceUID=${study}`], 3],
    ['-S', 'SERIES', [`StudyInstanceUID=${study}`, 'SeriesInstanceUID=1.2.3.1.1'], 3],
    ['-S', 'SERIES', ['SeriesInstanceUID=1.2.3.1.1\\1.2.3.99'], 3],
    [
      '-S',
      'IMAGE',
      [`StudyInstanceUID=${study}`, 'SeriesInstanceUID=1.2.3.1.1', 'SOPInstanceUID=1.2.3.4.1\\1.2.3.4.3'],
      2,
    ],
    ['-S', 'STUDY', ['StudyInstanceUID=9.9.9'], 0],
    ['-P', 'PATIENT', ['PatientID=T'], 0],
  ])('%s at level %s by %j gets %i images', async (root, level, keys, count) => {
    const { port } = await withImages(3, 20_000);
    const folder = await testFolder();
    const { code, output } = await getscu(port, folder, root, `QueryRetrieveLevel=${level}`, ...keys);
    expect(code, output).toBe(0);
    expect(await filesIn(folder)).toHaveLength(count);
  });

  test('gets compressed images as they are kept where it takes that, else decompressed', async () => {
    const { store, port, transcoder } = await startArchive();
    const plain = makeDataSet('1.2.3.4.30', 131_072);
    const source = join(await testFolder(), 'plain.dcm');
    await writeFile(source, Buffer.concat([headerOf('1.2.3.4.30', 'X'), plain]));
    const jpegLs = '1.2.840.10008.1.2.4.80';
    const transcoded = await transcoder.transcode(source, jpegLs);
    const chunks: Uint8Array[] = [];
    for await (const chunk of transcoded.chunks()) chunks.push(chunk);
    const meta = { TransferSyntaxUID: jpegLs, SOPClassUID: ctImageStorage, SOPInstanceUID: '1.2.3.4.30' };
    await addBytes(store, Buffer.concat([fileMetaInformation(meta), ...chunks]));

    const [kept, changed] = [await testFolder(), await testFolder()];
    const keys = ['-S', 'QueryRetrieveLevel=STUDY', `StudyInstanceUID=${study}`];
    expect((await getscu(port, kept, '+xt', ...keys)).code).toBe(0);
    expect((await dataSetOf([...(await received(kept)).values()][0]!)).equals(Buffer.concat(chunks))).toBe(true);
    expect((await getscu(port, changed, ...keys)).code).toBe(0);
    const bytes = await dataSetOf([...(await received(changed)).values()][0]!);
    expect(bytes.subarray(-131_072).equals(plain.subarray(-131_072))).toBe(true);
  });
});

describe('conversations', () => {
  const get = (port: number, options = {}) => connectRetriever(port, options);

  test('counts go down, the final response has no remaining ones, what came is what is kept', async () => {
    const { port } = await withImages(3, 50_000);
    const association = await get(port);
    sendRetrieve(association, 'studyGet', identifierOf(studyKeys(study)));
    const { Status, counts, pending, stored, failed } = await retrieved(association, async () => {
      await wait(60);
      return 0;
    });
    expect({ Status, counts, failed }).toEqual({ Status: 0, counts: [undefined, 3, 0, 0], failed: [] });
    expect(pending).toEqual([[2, 1, 0, 0]]);
    for (const [uid, { dataSet }] of stored) expect(dataSet.equals(makeDataSet(uid, 50_000))).toBe(true);
    await association.release();
  });

  test('where all are taken, one of them with a warning, the status is B000', async () => {
    const { port } = await withImages(2, 20_000);
    const association = await get(port);
    sendRetrieve(association, 'studyGet', identifierOf(studyKeys(study)));
    const result = await retrieved(association, (uid) => (uid === '1.2.3.4.2' ? 0xb000 : 0));
    expect(result).toMatchObject({ Status: 0xb000, counts: [undefined, 1, 0, 1] });
    expect(result.comment).toBe('1 of 2 images were taken with a warning.');
    await association.release();
  });

  test('what the caller refuses is listed; warnings are counted apart; the association goes on', async () => {
    const { port } = await withImages(4, 20_000);
    const association = await get(port);
    sendRetrieve(association, 'studyGet', identifierOf(studyKeys(study)));
    const answers: Record<string, number> = { '1.2.3.4.2': 0xa700, '1.2.3.4.3': 0xb007, '1.2.3.4.4': 0xc000 };
    const result = await retrieved(association, (uid) => answers[uid] ?? 0);
    expect(result.Status).toBe(0xb000);
    expect(result.counts).toEqual([undefined, 1, 2, 1]);
    expect(result.failed).toEqual(['1.2.3.4.2', '1.2.3.4.4']);
    expect((await association.cEcho()).Status).toBe(0);
    await association.release();
  });

  test('where nothing can be sent the status is A702: no context for the class, or no syntax without changing', async () => {
    const { port } = await withImages(2, 20_000, { TranscodeDicomProtocol: false });
    const association = await get(port, { syntaxes: [implicitLittleEndian] });
    sendRetrieve(association, 'studyGet', identifierOf(studyKeys(study)));
    const result = await retrieved(association);
    expect(result.Status).toBe(0xa702);
    expect(result.counts).toEqual([undefined, 0, 2, 0]);
    expect(result.failed).toEqual(['1.2.3.4.1', '1.2.3.4.2']);
    await association.release();
    /* Without the role of a provider nobody can be sent anything. */
    const other = await get(port, { userItems: [] });
    sendRetrieve(other, 'studyGet', identifierOf(studyKeys(study)));
    expect((await retrieved(other)).Status).toBe(0xa702);
    await other.release();
  });

  test('another encoding than the kept one is made for who takes nothing else', async () => {
    const { port } = await withImages(1, 20_000);
    const association = await get(port, { syntaxes: [implicitLittleEndian] });
    sendRetrieve(association, 'studyGet', identifierOf(studyKeys(study)));
    const { Status, stored } = await retrieved(association);
    expect(Status).toBe(0);
    const { dataSet } = stored.get('1.2.3.4.1')!;
    expect(dataSet.subarray(0, 8).toString('hex')).toBe('080016001a000000');
    expect(dataSet.subarray(-20_000).equals(makeDataSet('1.2.3.4.1', 20_000).subarray(-20_000))).toBe(true);
    await association.release();
  });

  test('a C-CANCEL stops it within one sub-operation', async () => {
    const { port } = await withImages(6, 20_000);
    const association = await get(port);
    sendRetrieve(association, 'studyGet', identifierOf(studyKeys(study)));
    let count = 0;
    const { Status, counts, stored } = await retrieved(association, async () => {
      if (++count === 2) sendCancel(association, 'studyGet');
      await wait(20);
      return 0;
    });
    expect(Status).toBe(0xfe00);
    expect(stored.size).toBeLessThanOrEqual(3);
    expect(counts).toEqual([6 - stored.size, stored.size, 0, 0]);
    expect((await association.cEcho()).Status).toBe(0);
    await association.release();
  });

  test('a caller that reads slowly gets every byte of a file of many blocks', async () => {
    const { port } = await withImages(2, 12_000_000);
    const association = await get(port, { maximumLength: 0 });
    sendRetrieve(association, 'studyGet', identifierOf(studyKeys(study)));
    const socket = association.socket;
    const read = socket.read.bind(socket);
    let [isResting, rests] = [false, 0];
    /* Every now and then it reads nothing for a while, so that our writes wait in the middle of blocks. */
    const slow = setInterval(() => {
      isResting = !isResting;
      rests++;
      if (!isResting) socket.emit('readable');
    }, 15);
    socket.read = (size?: number): unknown => (isResting ? null : read(size));
    const { Status, stored } = await retrieved(association);
    clearInterval(slow);
    socket.read = read;
    expect(rests).toBeGreaterThan(2);
    expect(Status).toBe(0);
    for (const [uid, { dataSet }] of stored) expect(dataSet.equals(makeDataSet(uid, 12_000_000))).toBe(true);
    await association.release();
  });

  test('a caller that vanishes in the middle leaves nothing behind', async () => {
    const { port, server, lines } = await withImages(3, 3_000_000);
    const association = await get(port);
    sendRetrieve(association, 'studyGet', identifierOf(studyKeys(study)));
    await association.nextPdu();
    await association.nextPdu();
    association.destroy();
    await until(() => server.counts().connections === 0);
    expect(lines.filter((line) => line.startsWith('error'))).toEqual([]);
    const next = await get(port);
    sendRetrieve(next, 'studyGet', identifierOf(studyKeys(study)));
    expect((await retrieved(next)).Status).toBe(0);
    await next.release();
  });

  test('a caller has its time to keep a large image before it answers, and no more for a small one', async () => {
    const { port, store } = await startArchive({ DicomScpTimeout: 0.5 });
    await addBytes(store, Buffer.concat([headerOf('1.2.3.4.1', 'X'), makeDataSet('1.2.3.4.1', 12_000_000)]));
    await addBytes(store, Buffer.concat([headerOf('1.2.3.4.2', 'X'), makeDataSet('1.2.3.4.2', 20_000)]));
    const fetch = async (uid: string) => {
      const association = await get(port);
      sendRetrieve(association, 'studyGet', identifierOf({ ...imageKeys, '00080018': uid }));
      const result = await retrieved(association, async () => {
        await wait(1200);
        return 0;
      });
      await association.release();
      return result;
    };
    expect(await fetch('1.2.3.4.1')).toMatchObject({ Status: 0, counts: [undefined, 1, 0, 0] });
    await expect(fetch('1.2.3.4.2')).rejects.toThrow();
  });

  test('a kept file that is gone or shorter is a failure of its own, and the others come', async () => {
    const { port, store } = await withImages(3, 20_000);
    const [first, second] = await store.files({ StudyInstanceUID: study });
    await writeFile(first!.path, (await readFile(first!.path)).subarray(0, 5000));
    await unlink(second!.path);
    const association = await get(port);
    sendRetrieve(association, 'studyGet', identifierOf(studyKeys(study)));
    const { Status, counts, failed } = await retrieved(association);
    expect(Status).toBe(0xb000);
    expect(counts).toEqual([undefined, 1, 2, 0]);
    expect(failed).toEqual([first!.SOPInstanceUID, second!.SOPInstanceUID]);
    await association.release();
  });

  test('a kept file that lacks only its end is one failure, and the association goes on', async () => {
    const { port, store } = await withImages(3, 3_000_000);
    const [first] = await store.files({ StudyInstanceUID: study });
    await truncate(first!.path, first!.size - 1000);
    const association = await get(port);
    sendRetrieve(association, 'studyGet', identifierOf(studyKeys(study)));
    const { Status, counts, failed } = await retrieved(association);
    expect([Status, counts, failed]).toEqual([0xb000, [undefined, 2, 1, 0], [first!.SOPInstanceUID]]);
    await association.release();
  });

  test.each([
    ['no level', { '0020000D': study }, 0xa900],
    ['a level that is none', { '00080052': 'FRAME', '0020000D': study }, 0xa900],
    ['a level above the root', { '00080052': 'PATIENT', '00100020': 'T1' }, 0xa900],
    ['no unique key', { '00080052': 'STUDY' }, 0xa900],
    ['an empty unique key', { '00080052': 'SERIES', '0020000D': study, '0020000E': '' }, 0xa900],
    ['a wildcard for a UID', { '00080052': 'STUDY', '0020000D': '1.2.3.*' }, 0xa900],
  ])('%s is refused, and the association goes on', async (_, keys, expected) => {
    const { port } = await startArchive();
    const association = await get(port);
    sendRetrieve(association, 'studyGet', identifierOf(keys as Record<string, string>));
    const { Status, comment } = await retrieved(association);
    expect(Status).toBe(expected);
    expect(comment).not.toBe('');
    expect((await association.cEcho()).Status).toBe(0);
    await association.release();
  });

  test('an identifier that is no data set is refused with a status of the C family', async () => {
    const { port } = await startArchive();
    const association = await get(port);
    sendRetrieve(association, 'studyGet', Buffer.from('08005200ffff00004d', 'hex'));
    const { Status } = await retrieved(association);
    expect(Status >>> 12).toBe(0xc);
    expect((await association.cEcho()).Status).toBe(0);
    await association.release();
  });

  test('under a title with a label only studies with it are seen', async () => {
    const { port } = await withImages(1, 20_000, {
      Chairside: { AETitles: [{ AET: 'LABELLED', Label: 'mine' }] },
    });
    const association = await get(port, { calledAET: 'LABELLED' });
    sendRetrieve(association, 'studyGet', identifierOf(studyKeys(study)));
    expect((await retrieved(association)).stored.size).toBe(0);
    /* A context is for sending or for fetching, as its roles say: sending needs an association of its own. */
    const sender = await get(port, { calledAET: 'LABELLED', userItems: [] });
    const dataSet = makeDataSet('1.2.3.4.9', 20_000);
    const instance = { SOPClassUID: ctImageStorage, SOPInstanceUID: '1.2.3.4.9', dataSet, contextId: 101 };
    expect((await sender.cStore(instance)).Status).toBe(0);
    await sender.release();
    /* The label is the study's, so all of it is seen now. */
    sendRetrieve(association, 'studyGet', identifierOf(studyKeys(study)));
    expect([...(await retrieved(association)).stored.keys()]).toEqual(['1.2.3.4.1', '1.2.3.4.9']);
    await association.release();
  });
});
