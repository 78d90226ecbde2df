/** Frames and bulk data decoded to Explicit VR Little Endian: files compressed by DCMTK against the bytes before. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseMediaType } from '#main/web/accept.ts';
import { readMultipart } from '#main/web/multipart-reader.ts';
import { temporaryFolder } from '../support/instances.ts';
import { hasProgram, hill, imageFile, noise, shorts, type TestImage } from '../support/pixel-files.ts';
import { bytesOf, keep, openTestWeb, type TestWeb, uids } from './support.ts';

const ExplicitVRLittleEndian = '1.2.840.10008.1.2.1';
const octets = `application/octet-stream; transfer-syntax=${ExplicitVRLittleEndian}`;
const multipart = 'multipart/related; type="application/octet-stream"';

const grey = hill(24, 20, 12);
const frames = [grey, grey.map((value) => 4095 - value), noise(480, 12)];
const signed = Int16Array.from(noise(480, 12), (value) => value - 2048);
const colour = Uint8Array.from(noise(21 * 3, 8));

const images: Readonly<Record<string, TestImage>> = {
  'grey of 12 bits, three frames': {
    Rows: 24,
    Columns: 20,
    BitsAllocated: 16,
    BitsStored: 12,
    NumberOfFrames: '3',
    pixels: shorts(frames.flat()),
  },
  signed: {
    Rows: 24,
    Columns: 20,
    BitsAllocated: 16,
    PixelRepresentation: 1,
    pixels: new Uint8Array(signed.buffer),
  },
  'colour by pixel, of odd length': {
    Rows: 3,
    Columns: 7,
    BitsAllocated: 8,
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'RGB',
    PlanarConfiguration: 0,
    pixels: colour,
  },
  'colour by plane': {
    Rows: 3,
    Columns: 7,
    BitsAllocated: 8,
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'RGB',
    PlanarConfiguration: 1,
    pixels: colour,
  },
};
const encoders = [
  ['dcmcrle', 'image/dicom-rle', '1.2.840.10008.1.2.5'],
  ['dcmcjpeg', 'image/jpeg', '1.2.840.10008.1.2.4.70'],
  ['dcmcjpls', 'image/jls', '1.2.840.10008.1.2.4.80'],
] as const;
const cases = Object.keys(images).flatMap((name, image) =>
  encoders.map(([program, type, uid], at) => ({ name, program, type, uid, image, number: image * 10 + at + 1 })),
);

const isThere = encoders.every(([program]) => hasProgram(program));
const note = isThere ? '' : ' (left out: DCMTK is not here)';

describe.skipIf(!isThere)(`decoded frames${note}`, () => {
  const folder = temporaryFolder();
  let here: TestWeb;

  beforeAll(async () => {
    here = await openTestWeb();
    for (const { name, program, number } of cases) {
      const image = images[name] as TestImage;
      const native = imageFile(folder.path, `${number}.dcm`, { ...image, more: uids(number, 1, 1) });
      execFileSync(program, [native, `${native}.c`], { stdio: 'pipe', timeout: 20_000 });
      await keep(here.store, readFileSync(`${native}.c`));
    }
  });
  afterAll(async () => {
    await here.close();
    folder.remove();
  });

  const get = (number: number, path: string, accept: string) => {
    const study = `1.2.3.${number}`;
    return here.get(`/dicom-web/studies/${study}/series/${study}.1/instances/${study}.1.1/${path}`, {
      headers: { Accept: accept },
    });
  };
  async function partsOf(response: Response) {
    expect(response.status).toBe(200);
    const { parameters } = parseMediaType(response.headers.get('Content-Type') ?? '');
    const parts: { type: string; body: Buffer }[] = [];
    for await (const part of readMultipart(
      response.body as unknown as AsyncIterable<Uint8Array>,
      parameters.get('boundary') ?? '',
    ))
      parts.push({ type: part.headers.get('content-type') ?? '', body: await bytesOf(part.body) });
    return parts;
  }
  const planarOf = async (number: number) => {
    const [dataSet] = (await (await get(number, 'metadata', '*/*')).json()) as Record<string, { Value?: number[] }>[];
    return dataSet?.['00280006']?.Value?.[0];
  };
  /** Colour in the order that the metadata of the compressed file tell, which the encoder may have changed. */
  async function expected(number: number, image: TestImage): Promise<Uint8Array> {
    const pixels = image.pixels as Uint8Array;
    if (image.PlanarConfiguration === undefined || (await planarOf(number)) === image.PlanarConfiguration)
      return pixels;
    const count = pixels.length / 3;
    const at = (index: number) =>
      image.PlanarConfiguration === 1
        ? (index % 3) * count + Math.floor(index / 3)
        : (index % count) * 3 + Math.floor(index / count);
    return Uint8Array.from(pixels, (_, index) => pixels[at(index)] as number);
  }

  test.each(cases)('$name by $program', async ({ name, number, type, uid }) => {
    const image = images[name] as TestImage;
    const pixels = Buffer.from(await expected(number, image));
    const count = Number(image.NumberOfFrames ?? 1);
    const size = pixels.length / count;
    const list = Array.from({ length: count }, (_, frame) => count - frame);
    for (const accept of [multipart, `${multipart}; transfer-syntax=${ExplicitVRLittleEndian}`]) {
      const parts = await partsOf(await get(number, `frames/${list.join(',')}`, accept));
      expect(parts.map((part) => part.type)).toEqual(list.map(() => octets));
      for (const [at, { body }] of parts.entries()) {
        const from = (list[at] as number) - 1;
        expect(body.equals(pixels.subarray(from * size, (from + 1) * size))).toBe(true);
      }
    }
    const single = await get(number, 'frames/1', 'application/octet-stream');
    expect(single.headers.get('Content-Type')).toBe(octets);
    expect(Buffer.from(await single.arrayBuffer()).equals(pixels.subarray(0, size))).toBe(true);
    const value = await get(number, 'bulkdata/7FE00010', 'application/octet-stream');
    const padded = Buffer.concat([pixels, Buffer.alloc(pixels.length % 2)]);
    expect(Buffer.from(await value.arrayBuffer()).equals(padded)).toBe(true);
    const [kept] = await partsOf(await get(number, 'frames/1', '*/*'));
    expect(kept?.type).toBe(`${type}; transfer-syntax=${uid}`);
    const [asOctets] = await partsOf(await get(number, 'frames/1', `${multipart}; transfer-syntax=*`));
    expect([asOctets?.type, asOctets?.body.equals(kept?.body as Buffer)]).toEqual([
      `application/octet-stream; transfer-syntax=${uid}`,
      true,
    ]);
  });

  test('each form has a validator of its own', async () => {
    const tags = await Promise.all(
      ['application/octet-stream', `application/octet-stream; transfer-syntax=${encoders[0][2]}`].map(async (accept) =>
        (await get(1, 'frames/1', accept)).headers.get('ETag'),
      ),
    );
    expect(new Set(tags).size).toBe(2);
    const again = await here.get('/dicom-web/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1/frames/1', {
      headers: { Accept: 'application/octet-stream', 'If-None-Match': tags[0] as string },
    });
    expect(again.status).toBe(304);
  });
});
