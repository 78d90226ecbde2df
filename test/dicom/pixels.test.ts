/** The pixel threads: answers, errors with their codes, hanging tasks, bounded queue, closing. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import sharp from 'sharp';
import { createPixelPool } from '#main/dicom/pixel-pool.ts';
import { PacsError } from '#shared/errors.ts';
import { temporaryFolder } from '../support/instances.ts';
import { hill, imageFile, shorts } from '../support/pixel-files.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const values = hill(30, 40, 12);
const path = imageFile(folder.path, 'grey.dcm', {
  Rows: 30,
  Columns: 40,
  BitsAllocated: 16,
  BitsStored: 12,
  NumberOfFrames: '3',
  pixels: shorts([...values, ...values.map((value) => 4095 - value), ...values]),
});
const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'answered',
    (error: unknown) => (error instanceof PacsError ? error.code : error),
  );

/** A file that is never read to its end, like one on a network disk that went away. */
function hangingFile(): { path: string; release: () => void } {
  const fifo = `${folder.path}/hanging.dcm`;
  execFileSync('/usr/bin/mkfifo', [fifo]);
  return { path: fifo, release: () => closeSync(openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK)) };
}

describe('a pool', () => {
  const pool = createPixelPool(2);
  afterAll(() => pool.close());

  test('answers frames, pictures and thumbnails', async () => {
    const frame = await pool.frame(path, 1);
    expect([frame.kind, frame.rows, frame.columns]).toEqual(['int16', 30, 40]);
    expect([...new Int16Array(frame.bytes.buffer)]).toEqual(values.map((value) => 4095 - value));
    const picture = await pool.render(path, 0, { format: 'png' });
    expect(picture.contentType).toBe('image/png');
    expect(await sharp(picture.bytes).metadata()).toMatchObject({ format: 'png', width: 40, height: 30 });
    const thumbnail = await pool.thumbnail(path, 16);
    expect(await sharp(thumbnail.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 16, height: 12 });
  });

  test('answers many at once, each with its own', async () => {
    const frames = await Promise.all(Array.from({ length: 60 }, (_, at) => pool.frame(path, at % 3)));
    for (const [at, { bytes }] of frames.entries()) {
      const [first] = new Int16Array(bytes.buffer);
      expect(first).toBe(at % 3 === 1 ? 4095 - values[0]! : values[0]);
    }
  });

  test('an error keeps its code and harms nobody else', async () => {
    const text = `${folder.path}/text.dcm`;
    writeFileSync(text, 'no image at all, but long enough to be read as one '.repeat(10));
    const results = await Promise.all([
      code(pool.frame(path, 3)),
      code(pool.frame(text, 0)),
      code(pool.frame(path, 0)),
    ]);
    expect(results).toEqual(['not-found', 'not-dicom', 'answered']);
  });

  test('a file that was replaced is read anew', async () => {
    const name = 'replaced.dcm';
    const write = (value: number) =>
      imageFile(folder.path, name, {
        Rows: 1,
        Columns: value,
        BitsAllocated: 8,
        pixels: new Uint8Array(value).fill(value),
      });
    expect((await pool.frame(write(4), 0)).bytes[0]).toBe(4);
    expect((await pool.frame(write(60), 0)).bytes[0]).toBe(60);
  });
});

const isWindows = process.platform === 'win32';
test.skipIf(isWindows)(
  `a task that hangs is ended, and its thread replaced${isWindows ? ' (left out: Windows has no mkfifo)' : ''}`,
  async () => {
    const pool = createPixelPool(1, { taskTimeout: 3000 });
    const hanging = hangingFile();
    try {
      const started = Date.now();
      const tasks = [pool.frame(hanging.path, 0), pool.frame(path, 1)];
      expect(await Promise.all(tasks.map(code))).toEqual(['unsupported', 'answered']);
      expect(Date.now() - started).toBeGreaterThan(2900);
    } finally {
      hanging.release();
      await pool.close();
    }
  },
);

test('past the queue it is busy; what waits when it closes is aborted', async () => {
  const pool = createPixelPool(1, { maximumWaiting: 2 });
  const tasks = [0, 1, 2, 0].map((frame) => code(pool.frame(path, frame)));
  await pool.close();
  expect(await Promise.all(tasks)).toEqual(['aborted', 'aborted', 'aborted', 'busy']);
  expect(await code(pool.frame(path, 0))).toBe('aborted');
});
