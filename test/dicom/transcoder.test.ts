/** The threads that transcode: what they make is taken, thrown away, broken off and cleared. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { createTranscoder } from '#main/dicom/transcoder.ts';
import { imageFile } from '../support/pixel-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'chairside-transcoder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [explicit, implicit, bigEndian, jpegLs, jpeg2000] = ['.1', '', '.2', '.4.80', '.4.90'].map(
  (end) => `1.2.840.10008.1.2${end}`,
) as [string, string, string, string, string];
const square = (side: number, frames = 1) => ({
  Rows: side,
  Columns: side,
  BitsAllocated: 16,
  NumberOfFrames: String(frames),
  pixels: new Uint8Array(Uint16Array.from({ length: side * side * frames }, (_, at) => (at * 7919) % 65_521).buffer),
});

function start() {
  const place = join(folder, `work-${Math.random()}`);
  const transcoder = createTranscoder({ threads: 1, folder: place });
  onTestFinished(() => transcoder.close());
  return { place, transcoder };
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(Uint8Array.from(chunk));
  return Buffer.concat(parts);
}

test('a small data set stays in memory, a large one goes to a file that is removed', async () => {
  const { place, transcoder } = start();
  const small = await transcoder.transcode(imageFile(folder, 'small.dcm', square(64)), bigEndian);
  expect(readdirSync(place)).toEqual([]);
  expect((await bytesOf(small.chunks())).length).toBe(small.size);
  const large = await transcoder.transcode(imageFile(folder, 'large.dcm', square(512, 8)), bigEndian);
  expect(readdirSync(place)).toHaveLength(1);
  const bytes = await bytesOf(large.chunks());
  expect(bytes.length).toBe(large.size);
  const { pixels } = square(512, 8);
  expect(bytes.subarray(-pixels.length).equals(Buffer.from(pixels).swap16())).toBe(true);
  await large.discard(true);
  expect(readdirSync(place)).toEqual([]);
});

test('a folder that could not be made is made when it can be; closing does not fail over it', async () => {
  const inTheWay = join(folder, `file-${Math.random()}`);
  writeFileSync(inTheWay, '');
  const transcoder = createTranscoder({ threads: 1, folder: join(inTheWay, 'work') });
  const source = imageFile(folder, 'early.dcm', square(64));
  await expect(transcoder.transcode(source, bigEndian)).rejects.toThrow();
  unlinkSync(inTheWay);
  const made = await transcoder.transcode(source, bigEndian);
  expect((await bytesOf(made.chunks())).length).toBe(made.size);
  await made.discard(true);
  await transcoder.close();
});

test('pixels that stay as they are, are read where they lie, also when the file is replaced meanwhile', async () => {
  const { place, transcoder } = start();
  const path = imageFile(folder, 'stays.dcm', square(512, 8));
  const made = await transcoder.transcode(path, implicit);
  expect(readdirSync(place)).toEqual([]);
  unlinkSync(path);
  const bytes = await bytesOf(made.chunks());
  expect(bytes.length).toBe(made.size);
  expect(bytes.subarray(-512 * 512 * 8 * 2).equals(square(512, 8).pixels)).toBe(true);
  await made.discard(true);
});

test('a fault comes with its code, and the next file is not held up', async () => {
  const { place, transcoder } = start();
  const text = join(folder, 'text.dcm');
  writeFileSync(text, 'this is no image');
  await expect(transcoder.transcode(text, explicit)).rejects.toMatchObject({ code: 'not-dicom' });
  await expect(transcoder.transcode(join(folder, 'nowhere'), explicit)).rejects.toMatchObject({ code: 'internal' });
  await transcoder.transcode(imageFile(folder, 'good.dcm', square(16)), explicit);
  expect(readdirSync(place)).toEqual([]);
});

test('what is broken off leaves no file, whether it runs or waits', async () => {
  const { place, transcoder } = start();
  const path = imageFile(folder, 'many.dcm', square(1024, 12));
  const [first, second] = [new AbortController(), new AbortController()];
  const running = transcoder.transcode(path, jpeg2000, first.signal);
  const waiting = transcoder.transcode(path, jpeg2000, second.signal);
  setTimeout(() => first.abort(), 400);
  second.abort();
  await expect(running).rejects.toMatchObject({ code: 'aborted' });
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
  expect(readdirSync(place)).toEqual([]);
  expect((await transcoder.transcode(imageFile(folder, 'after.dcm', square(16)), jpegLs)).size).toBeGreaterThan(0);
});

test('what a killed run has left is cleared at the next use, and all is gone after closing', async () => {
  const place = join(folder, 'left');
  mkdirSync(place);
  writeFileSync(join(place, 'left.data'), 'left');
  const transcoder = createTranscoder({ threads: 1, folder: place });
  await transcoder.transcode(imageFile(folder, 'one.dcm', square(16)), implicit);
  expect(readdirSync(place)).toEqual([]);
  const pending = transcoder.transcode(imageFile(folder, 'long.dcm', square(1024, 12)), jpeg2000);
  const ended = expect(pending).rejects.toMatchObject({ code: 'aborted' });
  await transcoder.close();
  await ended;
  expect(existsSync(place)).toBe(false);
});

test('the main loop is free while a thread is at work', async () => {
  const { transcoder } = start();
  const path = imageFile(folder, 'busy.dcm', square(512, 6));
  const delay = monitorEventLoopDelay({ resolution: 2 });
  delay.enable();
  const { size } = await transcoder.transcode(path, jpeg2000);
  delay.disable();
  expect(size).toBeGreaterThan(0);
  /* The work takes some hundred milliseconds; in the main loop it would be seen as one delay of that length. */
  expect(delay.percentile(50) / 1e6).toBeLessThan(50);
});
