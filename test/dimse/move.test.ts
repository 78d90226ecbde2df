/** C-MOVE as the archive answers it: DCMTK's movescu to storescp and dcmqrscp, destinations that refuse, are not there or break off, cancels, jobs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { MoveRequest } from '#main/dimse/c-move.ts';
import {
  add,
  connectRetriever,
  dataSetOf,
  freePort,
  identifierOf,
  received,
  retrieved,
  runProgram,
  sendCancel,
  sendRetrieve,
  startArchive,
  startStoreScp,
  studyKeys,
  testFolder,
  untilListening,
} from './retrieve-support.ts';
import { dcmtkNote, filesIn, hasDcmtk, makeDataSet, until, writeInstances } from './support.ts';

const study = '1.2.3.1';

const destinations = (port: number) => ({
  DicomModalities: { place: { AET: 'PLACE', Host: '127.0.0.1', Port: port, Timeout: 5 } },
});

async function withImages(
  count: number,
  pixelBytes: number,
  overrides: Record<string, unknown>,
  more: Parameters<typeof startArchive>[1] = {},
) {
  const archive = await startArchive(overrides, more);
  const folder = await writeInstances(count, pixelBytes);
  for (const name of await filesIn(folder)) await add(archive.store, join(folder, name));
  return archive;
}

const movescu = (port: number, ...input: readonly string[]) =>
  runProgram('movescu', [
    '-d',
    '-aet',
    'ASKER',
    '-aec',
    'CHAIRSIDE',
    '-aem',
    'PLACE',
    ...input.flatMap((one) => (/^[-+]/.test(one) ? one.split(' ') : ['-k', one])),
    '127.0.0.1',
    String(port),
  ]);

async function move(port: number, destination = 'PLACE', keys = studyKeys(study), onPending?: (count: number) => void) {
  const association = await connectRetriever(port);
  sendRetrieve(association, 'studyMove', identifierOf(keys), destination);
  const result = await retrieved(association, undefined, (pending) => {
    onPending?.(pending);
    if (pending === cancelAt) sendCancel(association, 'studyMove');
  });
  await association.release();
  return result;
}
let cancelAt = -1;

describe.skipIf(!hasDcmtk)(`movescu to storescp${dcmtkNote}`, () => {
  test.each([
    ['-S', ['QueryRetrieveLevel=STUDY', `StudyInstanceUID=${study}`], 4],
    ['-P', ['QueryRetrieveLevel=PATIENT', 'PatientID=T1'], 4],
    ['-S', ['QueryRetrieveLevel=SERIES', `StudyInstanceUID=${study}`, 'SeriesInstanceUID=1.2.3.1.1'], 4],
    ['-P', ['QueryRetrieveLevel=IMAGE', 'SOPInstanceUID=1.2.3.4.1\\1.2.3.4.4\\1.2.3.4.77'], 2],
    ['-S', ['QueryRetrieveLevel=STUDY', 'StudyInstanceUID=9.9'], 0],
  ])('%s %j sends %3$i images, byte for byte, in the order of their numbers', async (root, keys, count) => {
    const scp = await startStoreScp();
    const { port, lines } = await withImages(4, 60_000, destinations(scp.port));
    const { code, output } = await movescu(port, root, ...keys);
    expect(code, output).toBe(0);
    expect(output).toMatch(new RegExp(`Completed Suboperations +: ${count}`));
    const files = await received(scp.folder);
    expect(files.size).toBe(count);
    for (const [uid, path] of files) expect((await dataSetOf(path)).equals(makeDataSet(uid, 60_000))).toBe(true);
    expect(lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  test('one association for all, with the originator of the request in it', async () => {
    const port = await freePort();
    const folder = await testFolder();
    const child = spawn('storescp', ['-d', '-od', folder, String(port)]);
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await untilListening(port);
    const archive = await withImages(3, 20_000, destinations(port));
    expect((await movescu(archive.port, '-S', 'QueryRetrieveLevel=STUDY', `StudyInstanceUID=${study}`)).code).toBe(0);
    await until(() => said.includes('Association Release'));
    expect(said.match(/Move Originator AE Title +: ASKER/g)).toHaveLength(3);
    expect(said.match(/Move Originator ID +: 1\b/g)).toHaveLength(3);
    /* Whoever only looked whether somebody listens released nothing. */
    expect(said.match(/Association Release/g)).toHaveLength(1);
  });

  test('a C-CANCEL of movescu ends with what was sent', async () => {
    const scp = await startStoreScp('--sleep-after', '1');
    const { port } = await withImages(6, 20_000, { ...destinations(scp.port) });
    const { output } = await movescu(port, '-S', '--cancel 1', 'QueryRetrieveLevel=STUDY', `StudyInstanceUID=${study}`);
    expect(output).toMatch(/0xfe00/i);
    expect((await received(scp.folder)).size).toBeLessThan(4);
  });

  test('a destination that takes no compressed images gets them decompressed', async () => {
    const scp = await startStoreScp();
    const { port, store, transcoder } = await startArchive(destinations(scp.port));
    const [source, file] = [await writeInstances(1, 131_072), join(await testFolder(), 'rle.dcm')];
    const { code } = await runProgram('dcmcrle', [join(source, '1.2.3.4.1.dcm'), file]);
    expect(code).toBe(0);
    await add(store, file);
    expect((await move(port)).Status).toBe(0);
    const bytes = await dataSetOf((await received(scp.folder)).get('1.2.3.4.1')!);
    expect(bytes.subarray(-131_072).equals(makeDataSet('1.2.3.4.1', 131_072).subarray(-131_072))).toBe(true);
    await transcoder.close();
  });

  test('a destination of another kind: dcmqrscp keeps the study and can be asked for it', async () => {
    const [folder, port] = [await testFolder(), await freePort()];
    await mkdir(join(folder, 'db'));
    await writeFile(
      join(folder, 'dcmqrscp.cfg'),
      `NetworkTCPPort = ${port}\nMaxPDUSize = 16384\nMaxAssociations = 16\nHostTable BEGIN\nHostTable END\nVendorTable BEGIN\nVendorTable END\nAETable BEGIN\nPLACE ${join(folder, 'db')} RW (200, 1024mb) ANY\nAETable END\n`,
    );
    const child = spawn('dcmqrscp', ['-c', join(folder, 'dcmqrscp.cfg')], { stdio: 'ignore' });
    onTestFinished(async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    });
    await untilListening(port);
    const archive = await withImages(3, 20_000, destinations(port));
    expect(await move(archive.port)).toMatchObject({ Status: 0, counts: [undefined, 3, 0, 0] });
    const keys = ['-k', 'QueryRetrieveLevel=STUDY', '-k', 'StudyInstanceUID', '-k', 'NumberOfStudyRelatedInstances'];
    const { output } = await runProgram('findscu', ['-S', '-aec', 'PLACE', ...keys, '127.0.0.1', String(port)]);
    expect(output).toContain(study);
  });
});

describe('conversations', () => {
  test('an unknown destination, or none, is A801', async () => {
    const { port } = await withImages(1, 2000, destinations(9));
    const { Status, comment } = await move(port, 'NOBODY');
    expect(Status).toBe(0xa801);
    expect(comment).toContain('NOBODY');
    expect((await move(port, '')).Status).toBe(0xa801);
  });

  test('a destination that is not there is A702, and all images are listed', async () => {
    const { port } = await withImages(3, 2000, destinations(await freePort()));
    const { Status, counts, failed, comment } = await move(port);
    expect(Status).toBe(0xa702);
    expect(counts).toEqual([undefined, 0, 3, 0]);
    expect(failed).toEqual(['1.2.3.4.1', '1.2.3.4.2', '1.2.3.4.3']);
    expect(comment).not.toBe('');
  });

  test('no image that the identifier means is a success of nothing, and nobody is called', async () => {
    const { port } = await withImages(1, 2000, destinations(await freePort()));
    const { Status, counts } = await move(port, 'PLACE', studyKeys('9.9.9'));
    expect({ Status, counts }).toEqual({ Status: 0, counts: [undefined, 0, 0, 0] });
  });

  test('a missing unique key comes before the question of the destination', async () => {
    const { port } = await startArchive(destinations(9));
    expect((await move(port, 'PLACE', { '00080052': 'SERIES', '0020000D': study })).Status).toBe(0xa900);
  });

  test.skipIf(!hasDcmtk)(
    `a destination that breaks off in the middle: what it has counts, the rest is listed${dcmtkNote}`,
    async () => {
      const scp = await startStoreScp('--abort-during');
      const { port } = await withImages(3, 400_000, destinations(scp.port));
      const { Status, counts, failed } = await move(port);
      expect(Status).toBe(0xa702);
      expect(counts).toEqual([undefined, 0, 3, 0]);
      expect(failed).toHaveLength(3);
    },
  );

  test.skipIf(!hasDcmtk)(`a caller that vanishes stops its sub-operations${dcmtkNote}`, async () => {
    const scp = await startStoreScp('--sleep-after', '1');
    const { port, server } = await withImages(6, 2000, destinations(scp.port));
    const association = await connectRetriever(port);
    sendRetrieve(association, 'studyMove', identifierOf(studyKeys(study)), 'PLACE');
    await association.nextPdu();
    association.destroy();
    await until(() => server.counts().connections === 0, 8000);
    expect((await received(scp.folder)).size).toBeLessThan(4);
  });

  test.skipIf(!hasDcmtk)(`a C-CANCEL tells what is left${dcmtkNote}`, async () => {
    const scp = await startStoreScp('--sleep-after', '1');
    const { port } = await withImages(6, 2000, destinations(scp.port));
    cancelAt = 1;
    const { Status, counts } = await move(port);
    cancelAt = -1;
    expect(Status).toBe(0xfe00);
    const [remaining = 0, completed = 0] = counts;
    expect(remaining).toBeGreaterThan(2);
    expect(completed).toBeGreaterThan(0);
    expect(counts.reduce((sum: number, count) => sum + (count ?? 0), 0)).toBe(6);
  });

  test('with SynchronousCMove off it answers at once, and a job gets the instances and who asked', async () => {
    const asked: MoveRequest[] = [];
    const { port } = await withImages(
      2,
      2000,
      { ...destinations(await freePort()), SynchronousCMove: false },
      { submitMove: async (request) => void asked.push(request) },
    );
    const { Status, counts } = await move(port);
    /* Zeros would say that there are none. */
    expect({ Status, counts }).toEqual({ Status: 0, counts: [undefined, undefined, undefined, undefined] });
    expect(asked).toEqual([
      {
        destination: 'place',
        originator: { AET: 'RAW', MessageID: 9 },
        instances: ['1.2.3.4.1', '1.2.3.4.2'].map((SOPInstanceUID) => ({
          StudyInstanceUID: study,
          SeriesInstanceUID: '1.2.3.1.1',
          SOPInstanceUID,
        })),
      },
    ]);
  });
});
