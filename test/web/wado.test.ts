/** WADO-RS over a real archive: what comes out is what went in. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseMediaType } from '#main/web/accept.ts';
import { readMultipart } from '#main/web/multipart-reader.ts';
import { buildDataSet, instanceElements } from '../support/build-data-set.ts';
import { bytesOf, greyImage, keep, openTestWeb, type TestWeb, uids } from './support.ts';

async function partsOf(response: Response) {
  const { parameters } = parseMediaType(response.headers.get('Content-Type') ?? '');
  const parts: { type: string; body: Buffer }[] = [];
  for await (const part of readMultipart(
    response.body as unknown as AsyncIterable<Uint8Array>,
    parameters.get('boundary') ?? '',
  ))
    parts.push({ type: part.headers.get('content-type') ?? '', body: await bytesOf(part.body) });
  return parts;
}

/** Pixel data in fragments behind an empty offset table, PS3.5 A.4. */
function fragments(frames: readonly Buffer[]): Buffer {
  const item = (tag: number, body: Buffer) => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(tag, 0);
    head.writeUInt32LE(body.length, 4);
    return [head, body];
  };
  return Buffer.concat(
    [Buffer.alloc(0), ...frames].flatMap((one) => item(0xe000fffe, one)).concat(item(0xe0ddfffe, Buffer.alloc(0))),
  );
}

const document = Buffer.from('%PDF-1.4 a document of some length'.repeat(100));

describe('WADO-RS', () => {
  const files = [
    greyImage(uids(1, 1, 1)),
    greyImage(uids(1, 1, 2), 3),
    greyImage(uids(1, 2, 1), 1, { explicitVR: false }),
    greyImage([
      ...uids(2, 1, 1),
      { tag: 'EncapsulatedDocument', value: document },
      { tag: 'MIMETypeOfEncapsulatedDocument', value: 'application/pdf' },
    ]),
  ];
  const words = Buffer.from(Array.from({ length: 32 }, (_, at) => at));
  const bigEndian = greyImage(
    [
      ...uids(3, 1, 1),
      { tag: 'BitsAllocated', value: 16 },
      { tag: 'BitsStored', value: 16 },
      { tag: 'HighBit', value: 15 },
      { tag: '7FE00010', vr: 'OW', value: words },
    ],
    1,
    { littleEndian: false },
  );
  const bare = buildDataSet(instanceElements(uids(4, 1, 1)));
  const deflated = greyImage([...uids(5, 1, 1), { tag: '00420011', value: document }], 1, { deflate: true });
  const jpegs = [Buffer.from([0xff, 0xd8, 1, 2, 0xff, 0xd9]), Buffer.from([0xff, 0xd8, 3, 4, 5, 6, 0xff, 0xd9])];
  const compressed = greyImage(
    [...uids(6, 1, 1), { tag: '7FE00010', vr: 'OB', value: fragments(jpegs), length: -1 }],
    2,
    { TransferSyntaxUID: '1.2.840.10008.1.2.4.50' },
  );
  let here: TestWeb;

  beforeAll(async () => {
    here = await openTestWeb();
    for (const file of [...files, bigEndian, bare, deflated, compressed]) await keep(here.store, file);
  });
  afterAll(() => here.close());

  const get = (path: string, accept?: string, init: RequestInit = {}) =>
    here.get(`/dicom-web/studies/${path}`, {
      ...init,
      headers: { ...(init.headers as object), ...(accept ? { Accept: accept } : {}) },
    });
  const first = '1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1';
  const frames = '1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.2';

  test('a study and a series come byte for byte', async () => {
    const study = await get('1.2.3.1');
    expect(study.status).toBe(200);
    const parts = await partsOf(study);
    expect(parts.map(({ body }) => files.findIndex((file) => file.equals(body))).toSorted()).toEqual([0, 1, 2]);
    expect(parts[0]?.type).toBe('application/dicom; transfer-syntax=1.2.840.10008.1.2.1');
    expect(await partsOf(await get('1.2.3.1/series/1.2.3.1.1'))).toHaveLength(2);
  });

  test('one instance as a single part, with validators and HEAD', async () => {
    const response = await get(first, 'application/dicom');
    expect(response.headers.get('Content-Type')).toBe('application/dicom; transfer-syntax=1.2.840.10008.1.2.1');
    expect(Number(response.headers.get('Content-Length'))).toBe(files[0]?.length);
    expect(Buffer.from(await response.arrayBuffer()).equals(files[0]!)).toBe(true);
    const tag = response.headers.get('ETag') ?? '';
    const again = await get(first, 'application/dicom', { headers: { 'If-None-Match': `"x", ${tag}` } });
    expect([again.status, again.headers.get('ETag')]).toEqual([304, tag]);
    const head = await get(first, 'application/dicom', { method: 'HEAD' });
    expect([head.status, head.headers.get('Content-Length'), (await head.arrayBuffer()).byteLength]).toEqual([
      200,
      String(files[0]?.length),
      0,
    ]);
  });

  test('a bare data set leaves as a Part 10 file', async () => {
    const response = await get('1.2.3.4/series/1.2.3.4.1/instances/1.2.3.4.1.1', 'application/dicom');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.length).toBe(Number(response.headers.get('Content-Length')));
    expect(bytes.toString('latin1', 128, 132)).toBe('DICM');
    expect(bytes.subarray(-bare.length).equals(bare)).toBe(true);
    const [part] = await partsOf(await get('1.2.3.4'));
    expect(part?.body.equals(bytes)).toBe(true);
  });

  test('transfer syntaxes that are not kept are 406, some of several 206', async () => {
    const wish = (uid: string) => `multipart/related; type="application/dicom"; transfer-syntax=${uid}`;
    expect((await get(first, wish('1.2.840.10008.1.2.4.90'))).status).toBe(406);
    expect((await get(first, wish('*'))).status).toBe(200);
    const partial = await get('1.2.3.1', wish('1.2.840.10008.1.2'));
    expect([partial.status, partial.headers.get('Warning')]).toEqual([206, expect.stringContaining('2 instances')]);
    expect((await partsOf(partial)).map(({ body }) => body.equals(files[2]!))).toEqual([true]);
    expect((await get('1.2.3.1', 'application/dicom')).status).toBe(406);
    expect((await get('1.2.3.1', 'application/zip')).status).toBe(406);
  });

  test('metadata', async () => {
    const response = await get('1.2.3.1/metadata');
    expect(response.headers.get('Content-Type')).toBe('application/dicom+json');
    const all = (await response.json()) as Record<string, { Value?: unknown[]; BulkDataURI?: string }>[];
    expect(all.map((one) => one['0020000D']?.Value)).toEqual([['1.2.3.1'], ['1.2.3.1'], ['1.2.3.1']]);
    expect(all.every((one) => Object.keys(one).every((tag) => !tag.startsWith('0002')))).toBe(true);
    const again = await get('1.2.3.1/metadata', undefined, {
      headers: { 'If-None-Match': response.headers.get('ETag') ?? '' },
    });
    expect(again.status).toBe(304);
    const uri = all[0]?.['7FE00010']?.BulkDataURI ?? '';
    const bulk = await here.get(new URL(uri).pathname, { headers: { Accept: 'application/octet-stream' } });
    expect(Buffer.from(await bulk.arrayBuffer()).equals(Buffer.alloc(16, 100))).toBe(true);
  });

  test('bulk data: documents by their own type, deflated ones too, big endian turned', async () => {
    const at = '1.2.3.2/series/1.2.3.2.1/instances/1.2.3.2.1.1/bulkdata/00420011';
    const pdf = await get(at, 'application/pdf');
    expect([pdf.headers.get('Content-Type'), Buffer.from(await pdf.arrayBuffer()).equals(document)]).toEqual([
      'application/pdf',
      true,
    ]);
    const [part] = await partsOf(await get(at));
    expect([part?.type, part?.body.equals(document)]).toEqual(['application/octet-stream', true]);
    const inflated = await get(
      '1.2.3.5/series/1.2.3.5.1/instances/1.2.3.5.1.1/bulkdata/00420011',
      'application/octet-stream',
    );
    expect(Buffer.from(await inflated.arrayBuffer()).equals(document)).toBe(true);
    const turned = await get(
      '1.2.3.3/series/1.2.3.3.1/instances/1.2.3.3.1.1/bulkdata/7FE00010',
      'application/octet-stream',
    );
    expect(Buffer.from(await turned.arrayBuffer()).equals(Buffer.from(words).swap16())).toBe(true);
    for (const path of ['00420012/1/00100010', '99999999', '..%2F..%2Fx', '00081140/0/x'])
      expect((await get(`${first}/bulkdata/${path}`)).status).toBe(404);
  });

  test('frames: lists, single parts, byte order, bounds', async () => {
    const two = await partsOf(await get(`${frames}/frames/3,1`));
    expect(two.map(({ body }) => body[0])).toEqual([102, 100]);
    expect(two[0]?.type).toBe('application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1');
    const one = await get(`${frames}/frames/2`, 'application/octet-stream');
    expect(Buffer.from(await one.arrayBuffer()).equals(Buffer.alloc(16, 101))).toBe(true);
    const turned = await get('1.2.3.3/series/1.2.3.3.1/instances/1.2.3.3.1.1/frames/1', 'application/octet-stream');
    expect(Buffer.from(await turned.arrayBuffer()).equals(Buffer.from(words).swap16())).toBe(true);
    for (const [list, status] of [
      ['0', 400],
      ['4', 404],
      ['1,x', 400],
      ['', 404],
      ['1,', 400],
      ['-1', 400],
    ] as const)
      expect((await get(`${frames}/frames/${list}`)).status, list).toBe(status);
    expect((await get(`${frames}/frames/1,2`, 'application/octet-stream')).status).toBe(406);
    expect((await get(`${frames}/frames/1`, 'multipart/related; type="image/jpeg"')).status).toBe(406);
  });

  test('compressed frames go by their own media type, as octets by name of their syntax; what cannot be decoded is 406', async () => {
    const at = '1.2.3.6/series/1.2.3.6.1/instances/1.2.3.6.1.1';
    for (const accept of [
      '*/*',
      'multipart/related; type="image/jpeg"',
      'multipart/related; type="image/*"; transfer-syntax=*',
    ]) {
      const parts = await partsOf(await get(`${at}/frames/2,1`, accept));
      expect(parts.map(({ type }) => type)).toEqual(
        Array(2).fill('image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.50'),
      );
      expect(parts.map(({ body }) => body)).toEqual([jpegs[1], jpegs[0]]);
    }
    const octets = 'multipart/related; type="application/octet-stream"';
    const [part] = await partsOf(await get(`${at}/frames/1`, `${octets}; transfer-syntax=*`));
    expect([part?.type, part?.body]).toEqual([
      'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.4.50',
      jpegs[0],
    ]);
    const single = await get(`${at}/frames/2`, 'image/jpeg');
    expect(Buffer.from(await single.arrayBuffer())).toEqual(jpegs[1]);
    expect((await partsOf(await get(`${at}/bulkdata/7FE00010`))).map(({ body }) => body)).toEqual(jpegs);
    for (const path of ['frames/1', 'bulkdata/7FE00010'])
      expect((await get(`${at}/${path}`, octets)).status, path).toBe(406);
    const study = await partsOf(await get('1.2.3.6'));
    expect(study[0]?.body.equals(compressed)).toBe(true);
  });

  test('rendered and thumbnail: format, window, viewport, quality', async () => {
    const jpeg = await get(`${first}/rendered`);
    expect([jpeg.status, jpeg.headers.get('Content-Type')]).toEqual([200, 'image/jpeg']);
    expect([...new Uint8Array(await jpeg.arrayBuffer()).subarray(0, 2)]).toEqual([0xff, 0xd8]);
    const png = await get(`${frames}/frames/3/rendered?viewport=2,2&quality=50`, 'image/png, image/jpeg;q=0.5');
    expect(Buffer.from(await png.arrayBuffer()).toString('latin1', 1, 4)).toBe('PNG');
    for (const path of ['1.2.3.1', '1.2.3.1/series/1.2.3.1.1', first])
      expect((await get(`${path}/thumbnail`)).headers.get('Content-Type')).toBe('image/jpeg');
    expect((await get('1.2.3.1/rendered?annotation=patient')).headers.get('Warning')).toContain('annotation');
    for (const query of [
      'window=a,b',
      'window=1',
      'window=1,0',
      'window=1,2,cubic',
      'viewport=0,5',
      'viewport=99999,1',
      'quality=500',
    ])
      expect((await get(`${first}/rendered?${query}`)).status, query).toBe(400);
    expect((await get(`${first}/rendered`, 'image/gif')).status).toBe(406);
    const report = '1.2.3.4/series/1.2.3.4.1/instances/1.2.3.4.1.1';
    for (const path of ['1.2.3.4/rendered', `${report}/rendered`, `${report}/thumbnail`]) {
      const none = await get(path);
      expect([none.status, await none.json()]).toEqual([
        406,
        expect.objectContaining({ Message: 'There is no image here to show.' }),
      ]);
    }
    for (const path of [`${report}/frames/1`, `${report}/frames/1/rendered`]) {
      const none = await get(path);
      expect([none.status, await none.json()]).toEqual([
        404,
        expect.objectContaining({ Message: 'This object has no image.' }),
      ]);
    }
    expect((await get(`${frames}/frames/1,2/rendered`)).status).toBe(400);
  });

  test('what is not there is 404', async () => {
    for (const path of [
      '9.9',
      '1.2.3.1/series/9.9',
      '1.2.3.1/series/1.2.3.1.1/instances/9',
      '9.9/metadata',
      '9.9/rendered',
    ])
      expect((await get(path)).status, path).toBe(404);
    expect(here.logged).toEqual([]);
  });
});
