/** STOW-RS over a real archive and real sockets. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildDataSet, instanceElements } from '../support/build-data-set.ts';
import { greyImage, openTestWeb, type TestWeb, uids } from './support.ts';

type Item = Record<string, { Value?: unknown[] }>;
type Answer = Record<string, { Value?: Item[] }>;

function multipart(parts: readonly Uint8Array[], boundary = 'b0undary', type = 'application/dicom'): Buffer {
  const heads = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\nContent-Type: ${type}\r\n\r\n`),
    part,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...heads, Buffer.from(`--${boundary}--\r\n`)]);
}

const contentType = 'multipart/related; type="application/dicom"; boundary=b0undary';
const garbage = Buffer.from('this is no DICOM file, whatever its label says '.repeat(20));

describe('STOW-RS', () => {
  let here: TestWeb;
  let url: string;
  beforeAll(async () => {
    here = await openTestWeb({ MaximumRequestBodySizeMB: 4 });
    url = `http://127.0.0.1:${(await here.web.start()).httpPort}/dicom-web/studies`;
  });
  afterAll(() => here.close());

  const post = async (body: Uint8Array, path = '', type = contentType) => {
    const response = await fetch(url + path, {
      method: 'POST',
      body: body as Uint8Array<ArrayBuffer>,
      headers: { 'Content-Type': type },
    });
    const answer = (await response.json()) as Answer;
    const items = (tag: string) => answer[tag]?.Value ?? [];
    return { status: response.status, answer, items };
  };
  const instances = async () => (await here.store.statistics()).instances;

  test('all stored is 200 and tells where to find each', async () => {
    const files = [
      greyImage(uids(1, 1, 1)),
      greyImage(uids(1, 1, 2), 5),
      buildDataSet(instanceElements(uids(1, 1, 3))),
    ];
    const { status, items, answer } = await post(multipart(files));
    expect(status).toBe(200);
    expect(items('00081199').map((item) => item['00081155']?.Value?.[0])).toEqual([
      '1.2.3.1.1.1',
      '1.2.3.1.1.2',
      '1.2.3.1.1.3',
    ]);
    expect(items('00081199')[0]?.['00081190']?.Value).toEqual([
      `${url}/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1`,
    ]);
    expect(answer['00081190']?.Value).toEqual([`${url}/1.2.3.1`]);
    expect(answer['00081198']).toBeUndefined();
    const [file] = await here.store.files({ SOPInstanceUID: '1.2.3.1.1.2' });
    expect(file?.size).toBe(files[1]?.length);
  });

  test('some stored is 202: the failed by their UIDs where these can be read, else by their reason alone', async () => {
    const broken = greyImage(uids(2, 1, 2)).subarray(0, 420);
    const { status, items } = await post(multipart([greyImage(uids(2, 1, 1)), broken, garbage]));
    expect(status).toBe(202);
    expect(items('00081199')).toHaveLength(1);
    expect(items('00081198')).toEqual([
      {
        '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
        '00081155': { vr: 'UI', Value: ['1.2.3.2.1.2'] },
        '00081197': { vr: 'US', Value: [0xc000] },
      },
    ]);
    expect(items('0008119A')).toEqual([{ '00081197': { vr: 'US', Value: [0xc000] } }]);
  });

  test('another study than that of the path is 409 and stays out', async () => {
    const before = await instances();
    const { status, items } = await post(multipart([greyImage(uids(3, 1, 1))]), '/1.2.3.99');
    expect([status, items('00081198')[0]?.['00081197']?.Value, await instances()]).toEqual([409, [0x0110], before]);
    expect((await post(multipart([greyImage(uids(3, 1, 1))]), '/1.2.3.3')).status).toBe(200);
    expect((await post(multipart([garbage]))).status).toBe(409);
  });

  test('other types are 415, malformed bodies 400, nothing 400', async () => {
    const file = greyImage(uids(4, 1, 1));
    for (const type of [
      'application/dicom',
      'multipart/form-data; boundary=x',
      'multipart/related; type="application/dicom+json"; boundary=b',
      'x',
    ])
      expect((await post(file, '', type)).status, type).toBe(415);
    expect((await post(multipart([file]), '', 'multipart/related; type="application/dicom"')).status).toBe(400);
    expect((await post(multipart([file], 'other'))).status).toBe(400);
    expect((await post(Buffer.from('--b0undary--\r\n'))).status).toBe(400);
    expect((await post(garbage)).status).toBe(400);
    expect((await post(multipart([file], 'b0undary', 'text/plain'))).status).toBe(409);
    expect((await post(multipart([file]), '/..%2F..')).status).toBe(400);
  });

  test('a body that breaks off: what was whole is kept and told, the rest is a failure', async () => {
    const body = multipart([greyImage(uids(5, 1, 1)), greyImage(uids(5, 1, 2))]);
    const { status, items } = await post(body.subarray(0, body.length - 40));
    expect([status, items('00081199').length]).toEqual([202, 1]);
    expect(await here.store.files({ SOPInstanceUID: '1.2.3.5.1.2' })).toEqual([]);
  });

  test('a client that goes away in the middle leaves nothing half stored', async () => {
    const body = multipart([
      greyImage([...uids(6, 1, 1), { tag: '7FE00010', vr: 'OB', value: Buffer.alloc(1 << 20) }]),
    ]);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    const head = `POST /dicom-web/studies HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n\r\n`;
    socket.write(head);
    socket.write(body.subarray(0, 600_000));
    await new Promise((resolve) => setTimeout(resolve, 200));
    socket.destroy();
    await expect.poll(async () => (await here.store.refusals(1))[0]?.error.code).toMatch(/aborted|truncated/);
    expect(await here.store.files({ StudyInstanceUID: '1.2.3.6' })).toEqual([]);
    expect((await fetch(url)).status).toBe(200);
  });

  test('a chunked upload streams; one past the bound is 413', async () => {
    const part = greyImage([...uids(7, 1, 1), { tag: '7FE00010', vr: 'OB', value: Buffer.alloc(3 << 20, 7) }]);
    const chunked = (body: Buffer) => {
      let at = 0;
      const stream = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          if (at >= body.length) return controller.close();
          controller.enqueue(body.subarray(at, (at += 50_000)));
        },
      });
      return fetch(url, {
        method: 'POST',
        body: stream,
        duplex: 'half',
        headers: { 'Content-Type': contentType },
      } as RequestInit);
    };
    expect((await chunked(multipart([part]))).status).toBe(200);
    const large = multipart([
      greyImage([...uids(7, 1, 2), { tag: '7FE00010', vr: 'OB', value: Buffer.alloc(5 << 20, 7) }]),
    ]);
    expect((await chunked(large)).status).toBe(413);
    expect((await post(large).catch(() => ({ status: 413 }))).status).toBe(413);
    expect(await here.store.files({ SOPInstanceUID: '1.2.3.7.1.2' })).toEqual([]);
  });

  test('many parts at once keep their order in the answer', async () => {
    const files = Array.from({ length: 60 }, (_, at) => (at % 7 === 3 ? garbage : greyImage(uids(8, 1, at + 1))));
    const { status, items } = await post(multipart(files));
    expect(status).toBe(202);
    const expected = files.flatMap((file, at) => (file === garbage ? [] : [`1.2.3.8.1.${at + 1}`]));
    expect(items('00081199').map((item) => item['00081155']?.Value?.[0])).toEqual(expected);
    expect(items('0008119A')).toHaveLength(60 - expected.length);
  });

  test('a full disk is 507', async () => {
    const full = await openTestWeb({}, {});
    const receive = full.store.receive;
    try {
      const { PacsError } = await import('#shared/errors.ts');
      Object.assign(full.store, {
        receive: async () => Promise.reject(new PacsError('storage-full', 'The disk is full.')),
      });
      const response = await full.get('/dicom-web/studies', {
        method: 'POST',
        body: multipart([greyImage()]) as Uint8Array<ArrayBuffer>,
        headers: { 'Content-Type': contentType },
      });
      expect(response.status).toBe(507);
      expect(JSON.stringify(await response.json())).toContain(String(0xa700));
    } finally {
      Object.assign(full.store, { receive });
      await full.close();
    }
  });
});
