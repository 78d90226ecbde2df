/** The pixel stream: whole, in pieces of any size, with errors in it, broken off, and nonsense. */
import { describe, expect, it } from 'vitest';
import { encodeRecordHead } from '#shared/pixel-stream.ts';
import { openSeriesPixels } from '#window/viewer/series-pixels.ts';
import type { LoadProgress } from '#window/viewer/series-pixels.ts';
import { fakeInstance, fakeSeries, fakeSlice, recordsOf } from './support/fake-series.ts';
import type { FakeSeries } from './support/fake-series.ts';

const value = (x: number, y: number, frame: number) => x + 100 * y + 1000 * frame - 2000;
const slices = [1, 2, 3, 4, 5].map((at) => fakeSlice(at, { Rows: 6, Columns: 4 }));
const volume = fakeSeries(1, slices, value, { errors: { 3: 'The JPEG of this image is damaged.' } });

function bodyOf(bytes: Uint8Array, piece: number): ReadableStream<Uint8Array> {
  let offset = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (offset >= bytes.length) return controller.close();
      controller.enqueue(new Uint8Array(bytes.subarray(offset, offset + piece)));
      offset += piece;
    },
  });
}

function open(series: FakeSeries, bytes: Uint8Array, piece = 7) {
  const told: LoadProgress[] = [];
  const get = () => Promise.resolve(new Response(bodyOf(bytes, piece)));
  const pixels = openSeriesPixels({ view: series.view, url: 'x:', onProgress: (at) => void told.push(at), fetch: get });
  return { pixels, told };
}

const everything = (series: FakeSeries, first = 0) => new Uint8Array(Buffer.concat([...recordsOf(series, first)]));

describe('the pixels of a series', () => {
  it.each([1, 7, 16, 1000])('come whole from a body in pieces of %i bytes', async (piece) => {
    const { pixels, told } = open(volume, everything(volume, 2), piece);
    const frames = await Promise.all([0, 1, 2, 4].map((index) => pixels.frame(index)));
    for (const [at, frame] of frames.entries()) {
      const index = at === 3 ? 4 : at;
      expect(frame).toMatchObject({ kind: 'int16', rows: 6, columns: 4 });
      expect([...frame.samples]).toEqual(Array.from({ length: 24 }, (_, k) => value(k % 4, Math.floor(k / 4), index)));
    }
    // One buffer holds the whole series.
    expect(new Set(frames.map(({ samples }) => samples.buffer)).size).toBe(1);
    await expect(pixels.frame(3)).rejects.toMatchObject({
      fault: 'undecodable',
      message: 'The JPEG of this image is damaged.',
    });
    expect(told.at(-1)).toEqual({ done: 4, failed: 1, total: 5 });
  });

  it('may differ in size and kind from frame to frame', async () => {
    const mixed = fakeSeries(
      2,
      [
        fakeInstance(1, { Rows: 3, Columns: 5, pixelKind: 'uint8' }),
        fakeInstance(2, { Rows: 2, Columns: 2, pixelKind: 'rgb8' }),
        fakeInstance(3, { Rows: 2, Columns: 3, pixelKind: 'float32' }),
      ],
      (x, y, frame, channel) => x + y + channel + frame * 0.5,
    );
    const { pixels } = open(mixed, everything(mixed));
    expect([...(await pixels.frame(0)).samples]).toEqual([0, 1, 2, 3, 4, 1, 2, 3, 4, 5, 2, 3, 4, 5, 6]);
    expect([...(await pixels.frame(1)).samples]).toEqual([0, 1, 2, 1, 2, 3, 1, 2, 3, 2, 3, 4]);
    expect([...(await pixels.frame(2)).samples]).toEqual([1, 2, 3, 2, 3, 4]);
  });

  it('that did not come are refused when the body breaks off, and those that came stay', async () => {
    const bytes = everything(volume);
    const { pixels } = open(volume, bytes.subarray(0, 2 * (16 + 48) + 20));
    expect((await pixels.frame(1)).rows).toBe(6);
    await expect(pixels.frame(4)).rejects.toMatchObject({ code: 'truncated', fault: 'transferEnded' });
    expect(pixels.peek(0)).toBeDefined();
    expect(pixels.peek(4)).toBeUndefined();
  });

  it('that the core left out are refused too', async () => {
    const { pixels } = open(volume, everything(volume).subarray(0, 16 + 48));
    await expect(pixels.frame(2)).rejects.toMatchObject({ code: 'truncated', fault: 'notSent' });
  });

  it.each([
    ['a kind that is none', encodeRecordHead({ frame: 0, kind: 'error', rows: 1, columns: 1, length: 0 }).with(4, 99)],
    ['a frame that is none', encodeRecordHead({ frame: 77, kind: 'int16', rows: 6, columns: 4, length: 48 })],
    [
      'a length that does not fit',
      encodeRecordHead({ frame: 0, kind: 'int16', rows: 6, columns: 4, length: 4_000_000_000 }),
    ],
    ['an endless sentence', encodeRecordHead({ frame: 0, kind: 'error', rows: 0, columns: 0, length: 4_000_000_000 })],
  ])('are refused after %s, without taking memory for it', async (_, head) => {
    const { pixels } = open(volume, head);
    await expect(pixels.frame(0)).rejects.toMatchObject({ code: 'damaged' });
  });

  it('of another size than described are refused, not stretched', async () => {
    const wide = encodeRecordHead({ frame: 0, kind: 'int16', rows: 4, columns: 6, length: 48 });
    const { pixels } = open(volume, new Uint8Array(Buffer.concat([wide, new Uint8Array(48)])));
    await expect(pixels.frame(0)).rejects.toMatchObject({ code: 'damaged' });
  });

  it('are refused in the words of the archive when it refuses the request', async () => {
    const refusal = () =>
      Promise.resolve(new Response(JSON.stringify({ code: 'not-found', message: 'Gone.' }), { status: 404 }));
    const pixels = openSeriesPixels({ view: volume.view, url: 'x:', onProgress: () => undefined, fetch: refusal });
    await expect(pixels.frame(0)).rejects.toMatchObject({ code: 'not-found', message: 'Gone.' });
  });

  it('wait for another view where the series has changed, or say that it changes', async () => {
    const get = () => Promise.resolve(Response.json({ code: 'mismatch', message: 'Changed.' }, { status: 409 }));
    const input = { view: volume.view, url: 'x:', onProgress: () => undefined, fetch: get };
    let heard = 0;
    const waiting = openSeriesPixels({ ...input, onChanged: () => ++heard > 0 });
    const frame = waiting.frame(0).catch((error: unknown) => error);
    await new Promise((later) => setTimeout(later, 5));
    expect(heard).toBe(1);
    waiting.close();
    await expect(frame).resolves.toMatchObject({ fault: 'closed' });
    const given = openSeriesPixels({ ...input, onChanged: () => false });
    await expect(given.frame(0)).rejects.toMatchObject({ code: 'mismatch', fault: 'changing', message: '' });
  });

  it('name the line to the archive where it breaks, and memory where it does not suffice', async () => {
    const broken = openSeriesPixels({
      view: volume.view,
      url: 'x:',
      onProgress: () => undefined,
      fetch: () => Promise.reject(new TypeError('network error')),
    });
    await expect(broken.frame(0)).rejects.toMatchObject({ code: 'aborted', fault: 'connectionLost', message: '' });
    const huge = fakeSeries(
      3,
      Array.from({ length: 4 }, (_, at) => fakeSlice(at, { Rows: 2 ** 15, Columns: 2 ** 15, NumberOfFrames: 2 ** 14 })),
      value,
    );
    const head = encodeRecordHead({ frame: 0, kind: 'int16', rows: 2 ** 15, columns: 2 ** 15, length: 2 ** 31 });
    const { pixels } = open(huge, head, 16);
    await expect(pixels.frame(0)).rejects.toMatchObject({ code: 'too-large', fault: 'noMemory' });
  });

  it('end when the series is closed: the request is aborted and who waits is told', async () => {
    let signal: AbortSignal | null | undefined;
    const never = (_: unknown, init?: RequestInit) => {
      signal = init?.signal;
      return new Promise<Response>(() => undefined);
    };
    const pixels = openSeriesPixels({ view: volume.view, url: 'x:', onProgress: () => undefined, fetch: never });
    const waiting = expect(pixels.frame(0)).rejects.toMatchObject({ code: 'aborted' });
    pixels.close();
    await waiting;
    expect(signal?.aborted).toBe(true);
  });
});
