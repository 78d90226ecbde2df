/** Every file of the corpus through the real doors: accepted or refused as the manifest says, and read back byte for byte. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { connect as connectSocket, createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isStorageSOPClass } from '#shared/sop-classes.ts';
import { startHeadless, type Headless } from './support/headless.ts';
import { sha256, temporaryFolder } from './support/instances.ts';
import {
  corpus,
  corpusPath,
  hasSharedData,
  sharedData,
  sharedDataNote,
  type CorpusFile,
} from './support/shared-data.ts';

const run = promisify(execFile);
const folder = temporaryFolder();
let server: Headless;
beforeAll(async () => {
  if (hasSharedData) server = await startHeadless(folder.path);
});
afterAll(async () => {
  await server?.end();
  folder.remove();
});

const url = (path: string): string => `http://127.0.0.1:${server.httpPort}${path}`;
const instancePath = (row: Row): string =>
  `/dicom-web/studies/${row['0020000D'].Value[0]}/series/${row['0020000E'].Value[0]}/instances/${row['00080018'].Value[0]}`;
type Row = Record<'0020000D' | '0020000E' | '00080018', { Value: [string] }>;

async function stored(): Promise<Map<string, Row>> {
  const rows = (await (await fetch(url('/dicom-web/instances?limit=5000'))).json()) as Row[];
  return new Map(rows.map((row) => [row['00080018'].Value[0], row]));
}

async function readBack(row: Row): Promise<Buffer> {
  const answer = await fetch(url(instancePath(row)), { headers: { Accept: 'application/dicom; transfer-syntax=*' } });
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

/** The data set of a Part 10 file: what follows the meta information. */
function dataSetOf(file: Buffer): Buffer {
  expect(file.toString('latin1', 128, 140)).toBe('DICM\x02\x00\x00\x00UL\x04\x00');
  return file.subarray(144 + file.readUInt32LE(140));
}

describe.skipIf(!hasSharedData)(`the corpus over STOW-RS${sharedDataNote}`, () => {
  const boundary = 'corpus';
  async function stow(file: CorpusFile): Promise<number> {
    const body = Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
      readFileSync(corpusPath(file)),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    const answer = await fetch(url('/dicom-web/studies'), {
      method: 'POST',
      headers: { 'Content-Type': `multipart/related; type="application/dicom"; boundary=${boundary}` },
      body,
    });
    await answer.arrayBuffer();
    return answer.status;
  }
  /** Well-formed files that hold an image, a report or a document. */
  const sound = (file: CorpusFile): boolean =>
    !['broken', 'media-dicomdir', 'worklists'].includes(file.path.split('/')[0] as string) &&
    file.sop_uid !== null &&
    file.study_uid !== null &&
    file.series_uid !== null &&
    file.kind === undefined;

  it('takes what is sound, refuses what must be, and crashes at nothing', async () => {
    const outcomes = new Map<CorpusFile, number>();
    for (const file of corpus.filter(({ kind }) => kind === undefined)) outcomes.set(file, await stow(file));
    for (const [file, status] of outcomes) {
      expect([200, 202, 409, 507, 400], file.path).toContain(status);
      if (file.expectation === 'accept' || sound(file)) expect([file.path, status]).toEqual([file.path, 200]);
      if (file.expectation === 'reject') expect([file.path, status]).toEqual([file.path, 409]);
    }
  }, 300_000);

  it('keeps every file as it came', async () => {
    const rows = await stored();
    expect(rows.size).toBeGreaterThan(400);
    /* Of files that share an identity the first that came is kept, so a file is found by its digest. */
    const digests = new Map(corpus.map((file) => [file.sha256, file]));
    const kept = new Map(
      readdirSync(join(folder.path, 'dicom'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => [/^([\d.]+)\./.exec(entry.name)?.[1], readFileSync(join(entry.parentPath, entry.name))]),
    );
    expect(kept.size).toBe(rows.size);
    for (const [uid, bytes] of kept) expect(digests.has(sha256(bytes)), uid).toBe(true);
    /* What WADO-RS gives is the file; one that came without the head of PS3.10 gets it on the way out. */
    for (const [uid, row] of rows) {
      const [file, answer] = [kept.get(uid) as Buffer, await readBack(row)];
      if (file.toString('latin1', 128, 132) === 'DICM') expect(answer.equals(file), uid).toBe(true);
      else expect(dataSetOf(answer).length, uid).toBeGreaterThan(0);
    }
  }, 300_000);
});

describe.skipIf(!hasSharedData)(`the corpus over C-STORE${sharedDataNote}`, () => {
  /** DCMTK's own server, which writes the data set as it reads it: what it gets is what a sender sends. */
  async function startReference(): Promise<{ port: number; received: string; stop: () => Promise<void> }> {
    const received = join(folder.path, 'reference');
    mkdirSync(received);
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    const child = spawn('storescp', ['+B', '+xa', '-pm', '-od', received, String(port)], { stdio: 'ignore' });
    for (let attempt = 0; attempt < 100; attempt++) {
      const socket = connectSocket(port, '127.0.0.1');
      const open = await once(socket, 'connect').then(
        () => true,
        () => false,
      );
      socket.destroy();
      if (open) break;
      await new Promise((wake) => setTimeout(wake, 50));
    }
    return {
      port,
      received,
      stop: async () => {
        child.kill('SIGTERM');
        await once(child, 'exit');
      },
    };
  }

  const dcmsend = (port: number, paths: readonly string[], called: string): Promise<unknown> =>
    run(
      'dcmsend',
      [
        '-dn',
        '-nh',
        '-nuc',
        '+sd',
        '+r',
        '-to',
        '30',
        '-td',
        '60',
        '-aec',
        called,
        '127.0.0.1',
        String(port),
        ...paths,
      ],
      {
        env: { ...process.env, TCP_NODELAY: '1' },
        maxBuffer: 64 * 1024 * 1024,
        timeout: 240_000,
      },
    );

  it('arrives as dcmsend sends it', async () => {
    const other = temporaryFolder();
    const [fresh, reference] = [await startHeadless(other.path), await startReference()];
    try {
      const paths = readdirSync(resolve(sharedData, 'corpus'), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !['broken', 'media-dicomdir', 'worklists'].includes(entry.name))
        .map((entry) => resolve(sharedData, 'corpus', entry.name));
      await dcmsend(fresh.dicomPort, paths, 'CHAIRSIDE');
      await dcmsend(reference.port, paths, 'REFERENCE').catch(() => undefined);
      const sent = new Map<string, string>();
      for (const name of readdirSync(reference.received))
        sent.set(name.replace(/^[A-Za-z0-9]*\./, ''), sha256(dataSetOf(readFileSync(join(reference.received, name)))));
      expect(sent.size).toBeGreaterThan(150);
      const uids = corpus.map(({ sop_uid: uid }) => uid);
      const shared = new Set(uids.filter((uid, at) => uids.indexOf(uid) !== at));
      /* Without study or series there is no place in the archive, and classes that nobody registered are not taken by default. */
      const placed = new Set(
        corpus
          .filter((file) => file.study_uid && file.series_uid && isStorageSOPClass(file.sop_class_uid ?? ''))
          .map(({ sop_uid: uid }) => uid),
      );
      const rows = (await (
        await fetch(`http://127.0.0.1:${fresh.httpPort}/dicom-web/instances?limit=5000`)
      ).json()) as Row[];
      const ours = new Map(rows.map((row) => [row['00080018'].Value[0], row]));
      const expected = [...sent].filter(([uid]) => placed.has(uid) && !shared.has(uid));
      expect(expected.length).toBeGreaterThan(150);
      for (const [uid, digest] of expected) {
        const row = ours.get(uid);
        expect(row, `${uid} is missing`).toBeDefined();
        const answer = await fetch(`http://127.0.0.1:${fresh.httpPort}${instancePath(row as Row)}`, {
          headers: { Accept: 'application/dicom; transfer-syntax=*' },
        });
        expect([uid, sha256(dataSetOf(Buffer.from(await answer.arrayBuffer())))]).toEqual([uid, digest]);
      }
    } finally {
      await reference.stop();
      await fresh.end();
      other.remove();
    }
  }, 600_000);
});
