/** What the window gets beside calls: pixels, thumbnails, events; also when it reads slowly or goes away. */
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PacsError } from '#shared/errors.ts';
import { decodeRecordHead, type RecordHead, recordHeadLength } from '#shared/pixel-stream.ts';
import { createPixelPool } from '#main/dicom/pixel-pool.ts';
import type { Pixels } from '#main/web/web.ts';
import { buildPart10, instanceElements } from '../support/build-data-set.ts';
import { greyImage, keep, openTestWeb, type TestWeb, uids } from './support.ts';

function recordsOf(bytes: Uint8Array): { head: RecordHead; body: Uint8Array }[] {
  const records: { head: RecordHead; body: Uint8Array }[] = [];
  for (let at = 0; at < bytes.length;) {
    const head = decodeRecordHead(bytes.subarray(at, at + recordHeadLength));
    records.push({ head, body: bytes.subarray(at + recordHeadLength, at + recordHeadLength + head.length) });
    at += recordHeadLength + head.length;
  }
  return records;
}

const frameBytes = 4 << 20;

describe('the window', () => {
  let here: TestWeb;
  let decoded = 0;
  let privateUrl: string;
  const pool = createPixelPool(1);
  const pixels: Pixels = {
    render: pool.render,
    stored: pool.stored,
    frame: async (path, frame) => {
      decoded++;
      const [file] = await here.store.files({ StudyInstanceUID: '1.2.3.7' });
      if (file?.path === path) return { kind: 'uint8', rows: 2048, columns: 2048, bytes: new Uint8Array(frameBytes) };
      if (frame === 2) throw new PacsError('damaged', 'This frame is damaged.');
      return pool.frame(path, frame);
    },
  };

  beforeAll(async () => {
    here = await openTestWeb({}, { pixels });
    privateUrl = (await here.web.start()).privateUrl;
    await keep(here.store, greyImage(uids(1, 1, 2), 4));
    await keep(here.store, greyImage(uids(1, 1, 1)));
    await keep(here.store, greyImage(uids(1, 1, 3)));
    await keep(here.store, buildPart10({ elements: instanceElements(uids(2, 1, 1)) }));
    await keep(here.store, greyImage(uids(7, 1, 1), 400));
    await keep(here.store, greyImage(uids(8, 1, 1), 2));
    await keep(here.store, buildPart10({ elements: instanceElements(uids(8, 1, 2)) }));
    await keep(here.store, greyImage(uids(8, 1, 3)));
    await keep(here.store, buildPart10({ elements: instanceElements(uids(8, 1, 4)) }));
    await keep(here.store, greyImage([...uids(8, 1, 5), { tag: 'Rows', value: 0 }], 2));
  });
  afterAll(async () => {
    await here.close();
    await pool.close();
  });

  const get = (path: string, init: RequestInit = {}) => here.get(path, { ...init, listener: 'private' });

  test('a series comes as records from the first frame outwards, damaged frames as sentences', async () => {
    const response = await get('/window/pixels/1.2.3.1/1.2.3.1.1?first=2');
    expect(response.status).toBe(200);
    const records = recordsOf(new Uint8Array(await response.arrayBuffer()));
    expect(records.map(({ head }) => head.frame)).toEqual([2, 3, 1, 4, 0, 5]);
    // Instance 1 has frame 0, instance 2 the frames 1 to 4, instance 3 frame 5.
    expect(records.map(({ head, body }) => (head.kind === 'error' ? 'error' : body[0]))).toEqual([
      101,
      'error',
      100,
      103,
      100,
      100,
    ]);
    expect(Buffer.from(records[1]?.body ?? []).toString()).toBe('This frame is damaged.');
    expect(records[0]?.head).toMatchObject({ kind: 'uint8', rows: 4, columns: 4, length: 16 });
  });

  test('what has no pixel data has no record, what cannot be described has one that says why', async () => {
    const response = await get('/window/pixels/1.2.3.8/1.2.3.8.1');
    const records = recordsOf(new Uint8Array(await response.arrayBuffer()));
    expect(records.map(({ head }) => [head.frame, head.kind])).toEqual([
      [0, 'uint8'],
      [1, 'uint8'],
      [2, 'uint8'],
      [3, 'error'],
    ]);
    expect(Buffer.from(records[3]?.body ?? []).toString()).toContain('rows or columns');
    const none = await get('/window/pixels/1.2.3.2/1.2.3.2.1');
    expect([none.status, (await none.arrayBuffer()).byteLength]).toEqual([200, 0]);
    expect((await get('/window/pixels/1.2.3.2/1.2.3.2.1?first=1')).status).toBe(400);
    expect((await get('/window/thumbnail/1.2.3.8')).status).toBe(200);
  });

  test.each(['first=6', 'first=-1', 'first=x', 'first=1.5'])('%s is no frame', async (query) => {
    expect((await get(`/window/pixels/1.2.3.1/1.2.3.1.1?${query}`)).status).toBe(400);
  });

  test('a series that is not there is 404', async () => {
    const response = await get('/window/pixels/1.2.3.1/9.9');
    expect([response.status, await response.json()]).toEqual([404, { code: 'not-found', message: expect.any(String) }]);
  });

  test('a client that does not read holds decoding back; one that goes away ends it', async () => {
    decoded = 0;
    const { hostname, port } = new URL(privateUrl);
    const socket = connect(Number(port), hostname);
    socket.write(
      `GET /window/pixels/1.2.3.7/1.2.3.7.1?token=${here.web.token} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
    );
    socket.pause();
    await expect.poll(() => decoded).toBeGreaterThan(1);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const held = decoded;
    // Some lie in the socket's own buffers; of 400 frames (1.6 GB) only a few may be decoded.
    expect(held * frameBytes).toBeLessThan(100 * 2 ** 20);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(decoded).toBe(held);
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(decoded - held).toBeLessThan(8);
  });

  test('thumbnails: size, validators, none for what has no picture', async () => {
    const response = await get('/window/thumbnail/1.2.3.1/1.2.3.1.1?size=64');
    expect([response.status, response.headers.get('Content-Type')]).toEqual([200, 'image/jpeg']);
    const tag = response.headers.get('ETag') ?? '';
    expect(
      (await get('/window/thumbnail/1.2.3.1/1.2.3.1.1?size=64', { headers: { 'If-None-Match': tag } })).status,
    ).toBe(304);
    expect((await get('/window/thumbnail/1.2.3.1')).status).toBe(200);
    expect((await get('/window/thumbnail/1.2.3.2')).status).toBe(204);
    expect((await get('/window/thumbnail/9.9')).status).toBe(404);
    for (const size of ['0', '5000', 'x'])
      expect((await get(`/window/thumbnail/1.2.3.1?size=${size}`)).status).toBe(400);
  });

  test('events reach who listens, and listening ends with the client', async () => {
    const { port } = new URL(privateUrl);
    const asked = httpRequest({ host: '127.0.0.1', port, path: `/events?token=${here.web.token}`, agent: false }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    expect(answer.headers['content-type']).toBe('text/event-stream');
    let text = '';
    answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await keep(here.store, greyImage(uids(3, 1, 1)));
    await expect.poll(() => text).toContain('"StudyInstanceUID":"1.2.3.3"');
    expect(text).toMatch(/event: instance\.stored\ndata: \{.*"isNewStudy":true.*\}\n\n/);
    answer.on('error', () => undefined);
    asked.destroy();
  });

  test('a client that does not read events is dropped, not buffered', async () => {
    const response = await get('/events');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    for (let i = 0; i < 100_000; i++) here.deps.events.emit('samples.progress', { done: i, total: 100_000 });
    let length = 0;
    for (let step = await reader.read(); !step.done; step = await reader.read()) length += step.value.length;
    expect(length).toBeLessThan(1.1 * 2 ** 20);
    expect(length).toBeGreaterThan(10_000);
  });

  test('stop ends open event streams', async () => {
    const other = await openTestWeb();
    const { privateUrl: url } = await other.web.start();
    const response = await fetch(`${url}/events?token=${other.web.token}`);
    const read = response.text().catch(() => 'cut off');
    const started = performance.now();
    await other.close();
    await read;
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
