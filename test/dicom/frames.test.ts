/** Frames are found by any table, by none, and are read without the rest of the file. */
import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { frameLocations, readFrame } from '#main/dicom/frames.ts';
import { readHeader } from '#main/dicom/header-reader.ts';
import { PacsError } from '#shared/errors.ts';
import { temporaryFolder } from '../support/instances.ts';
import type { TestImage } from '../support/pixel-files.ts';
import { imageFile, noise } from '../support/pixel-files.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const jpegBaseline = { TransferSyntaxUID: '1.2.840.10008.1.2.4.50' };
const base = { Rows: 4, Columns: 4, BitsAllocated: 8 } as const;

/** What looks like the start of a JPEG codestream, told apart by its number. */
const start = (number: number, length = 10): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => [0xff, 0xd8, 0xff, 0xe0][at] ?? number);
const rest = (number: number, length = 6): Uint8Array => new Uint8Array(length).fill(number);

async function frames(image: TestImage, count: number, file = jpegBaseline): Promise<(number[] | string)[]> {
  const path = imageFile(folder.path, `${Math.random()}.dcm`, image, file);
  const header = await readHeader(path);
  const read: (number[] | string)[] = [];
  for (let frame = 0; frame < count; frame++)
    read.push(
      await readFrame(path, header, frame).then(
        (bytes) => [...bytes],
        (error: PacsError) => error.code,
      ),
    );
  return read;
}

const join = (...parts: Uint8Array[]): number[] => parts.flatMap((part) => [...part]);

describe('encapsulated frames', () => {
  const pieces = [start(1), rest(1), start(2), start(3), rest(3), rest(3)];
  const expected = [join(start(1), rest(1)), [...start(2)], join(start(3), rest(3), rest(3))];
  // Offsets count from the first item after the table; each item has a head of eight bytes.
  const offsets = [0, 18 + 14, 18 + 14 + 18];

  test.each([
    ['a right offset table', offsets],
    ['no offset table', []],
    ['an offset table that points anywhere', [0, 7, 9]],
    ['an offset table that falls back', [0, 50, 32]],
    ['an offset table that is too short', [0, 32]],
  ])('several fragments a frame with %s', async (_, table) => {
    expect(await frames({ ...base, NumberOfFrames: '3', pixels: pieces, offsets: table }, 3)).toEqual(expected);
  });

  test('the extended offset table', async () => {
    const wide = new Uint8Array(BigUint64Array.from(offsets.map(BigInt)).buffer);
    // Without the codestream's marks only the table can tell where a frame begins.
    const plain = [rest(1, 10), rest(1), rest(2, 10), rest(3, 10), rest(3), rest(3)];
    const more = [{ tag: '7FE00001', vr: 'OV', value: wide }];
    expect(await frames({ ...base, NumberOfFrames: '3', pixels: plain, more }, 3)).toEqual([
      join(rest(1, 10), rest(1)),
      [...rest(2, 10)],
      join(rest(3, 10), rest(3), rest(3)),
    ]);
    expect(await frames({ ...base, NumberOfFrames: '3', pixels: plain }, 3)).toEqual([
      join(...plain),
      'damaged',
      'damaged',
    ]);
  });

  test('a fragment for each frame counts more than a wrong table', async () => {
    const each = [start(1), start(2), start(3)];
    expect(await frames({ ...base, NumberOfFrames: '3', pixels: each, offsets: [0, 5, 6] }, 3)).toEqual(
      each.map((one) => [...one]),
    );
  });

  test('one frame takes all fragments', async () => {
    expect(await frames({ ...base, pixels: [start(1, 4), rest(2, 2), rest(3, 2)] }, 1)).toEqual([
      join(start(1, 4), rest(2, 2), rest(3, 2)),
    ]);
  });

  test('missing frames are errors, present ones are shown', async () => {
    expect(await frames({ ...base, NumberOfFrames: '4', pixels: [start(1, 60), start(2, 60)] }, 5)).toEqual([
      [...start(1, 60)],
      [...start(2, 60)],
      'damaged',
      'damaged',
      'not-found',
    ]);
  });

  test('a table without fragments', async () => {
    expect(await frames({ ...base, pixels: [], offsets: [0] }, 1)).toEqual(['damaged']);
  });
});

describe('native frames', () => {
  const native = {};

  test('are cut where they lie; what is cut off is an error', async () => {
    const pixels = Uint8Array.from(noise(40, 8));
    expect(await frames({ ...base, NumberOfFrames: '3', pixels }, 3, native as never)).toEqual([
      [...pixels.subarray(0, 16)],
      [...pixels.subarray(16, 32)],
      'not-found',
    ]);
  });

  test('of single bits follow each other without padding', async () => {
    const bits = noise(3 * 15, 1);
    const packed = new Uint8Array(6);
    for (const [at, bit] of bits.entries()) packed[at >>> 3]! |= bit << (at & 7);
    const read = await frames(
      { Rows: 3, Columns: 5, BitsAllocated: 1, NumberOfFrames: '3', pixels: packed },
      3,
      native as never,
    );
    const seen = read.map((bytes) =>
      Array.from({ length: 15 }, (_, at) => (Number((bytes as number[])[at >>> 3]) >>> (at & 7)) & 1),
    );
    expect(seen).toEqual([bits.slice(0, 15), bits.slice(15, 30), bits.slice(30)]);
  });

  test('out of a deflated data set', async () => {
    const pixels = Uint8Array.from(noise(3 * 200 * 200, 8));
    const image = { Rows: 200, Columns: 200, BitsAllocated: 8, NumberOfFrames: '3', pixels };
    const path = imageFile(folder.path, 'deflated.dcm', image, { deflate: true });
    const header = await readHeader(path);
    expect(header.TransferSyntaxUID).toBe('1.2.840.10008.1.2.1.99');
    expect(Buffer.from(await readFrame(path, header, 2)).equals(pixels.subarray(80_000))).toBe(true);
  });

  test('bytes in a big endian OW come out in their order', async () => {
    const pixels = Uint8Array.from([1, 0, 3, 2, 5, 4, 7, 6, 9, 8]);
    const image = { Rows: 1, Columns: 5, BitsAllocated: 8, NumberOfFrames: '2', vr: 'OW' as const, pixels };
    expect(await frames(image, 2, { littleEndian: false } as never)).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
    ]);
  });

  test('the last frame of 2 GB is read without the others', async () => {
    const path = imageFile(folder.path, 'large.dcm', {
      Rows: 1024,
      Columns: 1024,
      BitsAllocated: 16,
      NumberOfFrames: '1000',
      pixels: new Uint8Array(2),
    });
    const length = 1000 * 2 * 1024 * 1024;
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(length, bytes.length - 6);
    writeFileSync(path, bytes);
    const file = openSync(path, 'r+');
    ftruncateSync(file, bytes.length - 2 + length);
    writeSync(file, Uint8Array.of(7, 9), 0, 2, bytes.length - 2 + length - 2);
    closeSync(file);
    const before = process.memoryUsage().rss;
    const last = await readFrame(path, await readHeader(path), 999);
    expect([last.length, last.at(-2), last.at(-1)]).toEqual([2 * 1024 * 1024, 7, 9]);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });
});

test('the places of the frames are kept for the next read', async () => {
  const path = imageFile(
    folder.path,
    'kept.dcm',
    { ...base, NumberOfFrames: '2', pixels: [start(1), start(2)] },
    jpegBaseline,
  );
  const header = await readHeader(path);
  const file = await open(path);
  try {
    const first = await frameLocations(file, header, path);
    expect(first.count).toBe(2);
    expect(await frameLocations(file, header, path)).toBe(first);
  } finally {
    await file.close();
  }
});
