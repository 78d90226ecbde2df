/** Every codec gives back what was encoded, by our own files and by DCMTK's and GDCM's encoders. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { jpegColour, readJpegHeader } from '#main/dicom/codec-jpeg.ts';
import type { StoredFrame } from '#main/dicom/decode-frame.ts';
import { decodeFrame } from '#main/dicom/decode-frame.ts';
import { readFrame } from '#main/dicom/frames.ts';
import { readHeader } from '#main/dicom/header-reader.ts';
import { describePixels } from '#main/dicom/pixel-description.ts';
import { temporaryFolder } from '../support/instances.ts';
import type { TestImage } from '../support/pixel-files.ts';
import { encode, hasProgram, hill, imageFile, noise, shorts } from '../support/pixel-files.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

async function decode(path: string, frame = 0): Promise<StoredFrame> {
  const header = await readHeader(path);
  return decodeFrame(await readFrame(path, header, frame), header);
}

const decodeImage = (image: TestImage, file = {}): Promise<StoredFrame> =>
  decode(imageFile(folder.path, `${Math.random()}.dcm`, image, file));
const valuesOf = async (image: TestImage, file = {}): Promise<number[]> => [...(await decodeImage(image, file)).values];
const refusal = (image: TestImage, file = {}): Promise<unknown> =>
  decodeImage(image, file).then(
    () => 'decoded',
    ({ code }: { code: string }) => code,
  );

const signed = (value: number, bits: number): number => (value >= 2 ** (bits - 1) ? value - 2 ** bits : value);

describe('native samples', () => {
  const [rows, columns] = [3, 5];

  test.each([1, 4, 8, 10, 12, 16, 20, 24, 32])('%i bits allocated, packed without padding', async (bits) => {
    const values = noise(rows * columns, Math.min(bits, 24));
    const all = values.map((value) => value.toString(2).padStart(bits, '0').split('').toReversed().join('')).join('');
    const pixels = Uint8Array.from({ length: Math.ceil(all.length / 8) }, (_, at) =>
      Number.parseInt(
        all
          .slice(at * 8, at * 8 + 8)
          .padEnd(8, '0')
          .split('')
          .toReversed()
          .join(''),
        2,
      ),
    );
    expect(await valuesOf({ Rows: rows, Columns: columns, BitsAllocated: bits, pixels })).toEqual(values);
  });

  test.each([
    [16, 12, 11],
    [16, 12, 15],
    [16, 10, 12],
    [16, 15, 14],
    [8, 6, 7],
    [32, 20, 19],
  ])(
    '%i allocated, %i stored, high bit %i: what lies around is left out, the sign extended',
    async (allocated, stored, high) => {
      const raw = noise(rows * columns, Math.min(allocated, 24));
      const bytes = allocated / 8;
      const pixels = Uint8Array.from(
        { length: raw.length * bytes },
        (_, at) => raw[Math.floor(at / bytes)]! / 256 ** (at % bytes),
      );
      const image = {
        Rows: rows,
        Columns: columns,
        BitsAllocated: allocated,
        BitsStored: stored,
        HighBit: high,
        pixels,
      };
      const cut = raw.map((value) => Math.floor(value / 2 ** (high - stored + 1)) % 2 ** stored);
      expect(await valuesOf(image)).toEqual(cut);
      expect(await valuesOf({ ...image, PixelRepresentation: 1 })).toEqual(cut.map((value) => signed(value, stored)));
    },
  );

  test.each([16, 32])('%i bits in big endian', async (bits) => {
    const values = noise(rows * columns, 16);
    const size = bits / 8;
    const pixels = Uint8Array.from(
      { length: values.length * size },
      (_, at) => values[Math.floor(at / size)]! / 256 ** (size - 1 - (at % size)),
    );
    expect(
      await valuesOf({ Rows: rows, Columns: columns, BitsAllocated: bits, pixels }, { littleEndian: false }),
    ).toEqual(values);
  });

  test('planes are put side by side', async () => {
    const image = {
      Rows: 1,
      Columns: 2,
      BitsAllocated: 8,
      SamplesPerPixel: 3,
      PhotometricInterpretation: 'RGB',
      PlanarConfiguration: 1 as const,
    };
    expect(await valuesOf({ ...image, pixels: Uint8Array.of(1, 2, 10, 20, 100, 200) })).toEqual([
      1, 10, 100, 2, 20, 200,
    ]);
  });

  test('subsampled colour differences are given to both pixels', async () => {
    const image = {
      Rows: 1,
      Columns: 4,
      BitsAllocated: 8,
      SamplesPerPixel: 3,
      PhotometricInterpretation: 'YBR_FULL_422',
    };
    const stored = await decodeImage({ ...image, pixels: Uint8Array.of(1, 2, 50, 60, 3, 4, 70, 80) });
    expect([...stored.values]).toEqual([1, 50, 60, 2, 50, 60, 3, 70, 80, 4, 70, 80]);
    expect(stored.photometric).toBe('YBR_FULL');
  });
});

const [rows, columns] = [40, 56];
const pixelsOf = (bits: number): number[] =>
  hill(rows, columns, bits).map((value, at) => value ^ noise(rows * columns, 2, 7)[at]!);

describe('codecs that lose nothing', () => {
  const colour = noise(rows * columns * 3, 8, 3);
  const lossless = [
    ['1.2.840.10008.1.2.4.90', 'EncodeJpeg2000'],
    ['1.2.840.10008.1.2.4.201', 'EncodeHtJpeg2000'],
    ['1.2.840.10008.1.2.4.202', 'EncodeHtJpeg2000'],
    ['1.2.840.10008.1.2.4.80', 'EncodeJpegLs'],
    ['1.2.840.10008.1.2.4.57', 'EncodeJpeg'],
    ['1.2.840.10008.1.2.4.70', 'EncodeJpeg'],
    ['1.2.840.10008.1.2.4.110', 'EncodeJpegXl'],
  ] as const;

  describe.each(lossless)('%s', (TransferSyntaxUID, operation) => {
    test.each([8, 12, 16])('grey of %i bits', async (bits) => {
      const values = pixelsOf(bits);
      const bytes = bits === 8 ? Uint8Array.from(values) : shorts(values);
      const pixels = [encode(operation, { rows, columns, bits }, bytes)];
      const image = { Rows: rows, Columns: columns, BitsAllocated: bits === 8 ? 8 : 16, BitsStored: bits, pixels };
      expect(await valuesOf(image, { TransferSyntaxUID })).toEqual(values);
    });

    test('colour of 8 bits', async () => {
      const pixels = [encode(operation, { rows, columns, bits: 8, samples: 3 }, Uint8Array.from(colour))];
      const image = {
        Rows: rows,
        Columns: columns,
        BitsAllocated: 8,
        SamplesPerPixel: 3,
        PhotometricInterpretation: 'RGB',
        pixels,
      };
      const stored = await decodeImage(image, { TransferSyntaxUID });
      expect([...stored.values]).toEqual(colour);
      expect(stored.photometric).toBe('RGB');
    });
  });

  test('JPEG XL of 12 bits as libjxl writes it comes back unstretched', async () => {
    // 64 x 48, lossless, sample i is 7 i modulo 4096; libjxl gives such samples stretched to 16 bits.
    const codestream = Buffer.from(
      '/wrLYFC0CAgEAQCQAUsoJMZ331ZQuFdBQSnJyMi45cCPnj7GYJ0xBhvIl/fF5AMANwDQOQ6CIAiCIAhOd/D/OG8EgiAIgiAI8t92/AiCIAiCIAiaRvH/CIIgCILhkyAI8v+ItwCCIAiCIAjC1vH/CII=',
      'base64',
    );
    const image = { Rows: 48, Columns: 64, BitsAllocated: 16, BitsStored: 12, pixels: [codestream] };
    const values = await valuesOf(image, { TransferSyntaxUID: '1.2.840.10008.1.2.4.110' });
    expect(values).toEqual(values.map((_, at) => (7 * at) % 4096));
  });

  test.each([
    ['signed', true, true],
    ['unsigned in the codestream', false, true],
    ['signed in the codestream', true, false],
  ])('JPEG 2000, %s: the data set says what the bits mean', async (_, codestreamSign, dataSetSign) => {
    const bits = 12;
    const raw = pixelsOf(bits);
    // A signed codestream wants its values as signed numbers; the bits are the same.
    const input = codestreamSign ? shorts(raw.map((value) => signed(value, bits))) : shorts(raw);
    const pixels = [encode('EncodeJpeg2000', { rows, columns, bits, isSigned: codestreamSign }, input)];
    const image = {
      Rows: rows,
      Columns: columns,
      BitsAllocated: 16,
      BitsStored: bits,
      PixelRepresentation: dataSetSign ? (1 as const) : (0 as const),
      pixels,
    };
    const expected = dataSetSign ? raw.map((value) => signed(value, bits)) : raw;
    expect(await valuesOf(image, { TransferSyntaxUID: '1.2.840.10008.1.2.4.90' })).toEqual(expected);
  });

  test('deflated image frames, and frames that are encapsulated as they are', async () => {
    const { deflateRawSync } = await import('node:zlib');
    const values = pixelsOf(12);
    const image = { Rows: rows, Columns: columns, BitsAllocated: 16, BitsStored: 12 };
    const deflated = { ...image, pixels: [deflateRawSync(shorts(values))] };
    expect(await valuesOf(deflated, { TransferSyntaxUID: '1.2.840.10008.1.2.8.1' })).toEqual(values);
    expect(
      await valuesOf({ ...image, pixels: [shorts(values)] }, { TransferSyntaxUID: '1.2.840.10008.1.2.1.98' }),
    ).toEqual(values);
    const bomb = { ...image, pixels: [deflateRawSync(new Uint8Array(50_000_000))] };
    expect(await refusal(bomb, { TransferSyntaxUID: '1.2.840.10008.1.2.8.1' })).toBe('damaged');
  });
});

describe.skipIf(!hasProgram('dcmcjpeg'))(
  `what DCMTK encodes${hasProgram('dcmcjpeg') ? '' : ' (left out: DCMTK is not installed)'}`,
  () => {
    const grey = (bits: number, isSigned = false): string => {
      const values = pixelsOf(bits).map((value) => (isSigned ? signed(value, bits) : value));
      const image = {
        Rows: rows,
        Columns: columns,
        BitsAllocated: bits === 8 ? 8 : 16,
        BitsStored: bits,
        PixelRepresentation: isSigned ? (1 as const) : (0 as const),
      };
      const pixels = bits === 8 ? Uint8Array.from(values) : shorts(values);
      return imageFile(folder.path, `source-${bits}-${isSigned}.dcm`, { ...image, pixels });
    };
    const run = (program: string, options: string[], from: string): string => {
      const to = join(folder.path, `${program}${options.join('')}.dcm`);
      execFileSync(program, [...options, from, to], { stdio: 'pipe', timeout: 20_000 });
      return to;
    };

    test.each([
      ['dcmcjpeg', ['+e1'], 16, false],
      ['dcmcjpeg', ['+el'], 12, false],
      ['dcmcjpeg', ['+e1'], 12, true],
      ['dcmcjpeg', ['+e1'], 8, false],
      ['dcmcjpls', ['+el'], 12, false],
      ['dcmcjpls', ['+el'], 8, false],
      ['dcmcrle', [], 16, false],
      ['dcmcrle', [], 12, true],
      ['dcmcrle', [], 8, false],
    ])('%s %j, %i bits, signed %s', async (program, options, bits, isSigned) => {
      const source = grey(bits, isSigned);
      const [before, after] = [await decode(source), await decode(run(program, options, source))];
      expect([...after.values]).toEqual([...before.values]);
    });

    test.each([
      ['baseline, 8 bits', ['+eb', '+q', '98'], 8, 4],
      ['extended, 12 bits', ['+ee', '+q', '98'], 12, 24],
    ])('JPEG %s: no offset, small errors', async (_, options, bits, tolerance) => {
      const source = grey(bits);
      const [before, after] = [await decode(source), await decode(run('dcmcjpeg', options, source))];
      const errors = Array.from(before.values, (value, at) => after.values[at]! - value);
      expect(Math.max(...errors.map(Math.abs))).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(errors.reduce((sum, error) => sum + error, 0) / errors.length)).toBeLessThan(0.5);
    });
  },
);

describe('which colours a JPEG has', () => {
  const header = readJpegHeader(
    encode('EncodeJpeg', { rows: 8, columns: 8, bits: 8, samples: 3 }, new Uint8Array(192), { Lossy: 1, Quality: 90 }),
  );
  const plain = { ...header, identifiers: [1, 2, 3], hasJfif: false, isSubsampled: false, isLossless: false };
  delete (plain as { adobeTransform?: number }).adobeTransform;

  test.each([
    ['the data set says RGB and nothing speaks against it', plain, 'RGB', 'RGB'],
    ['the data set says YBR', plain, 'YBR_FULL_422', 'YBR_FULL'],
    ['Adobe says RGB', { ...plain, adobeTransform: 0 }, 'YBR_FULL_422', 'RGB'],
    ['Adobe says YCbCr', { ...plain, adobeTransform: 1 }, 'RGB', 'YBR_FULL'],
    ['subsampled components can be no RGB', { ...plain, isSubsampled: true }, 'RGB', 'YBR_FULL'],
    ['components named R, G, B', { ...plain, identifiers: [82, 71, 66] }, 'YBR_FULL', 'RGB'],
  ])('%s', (_, given, photometric, expected) => {
    expect(jpegColour(given, photometric)).toBe(expected);
  });
});

describe('images that cannot be are refused before memory is taken for them', () => {
  const good = encode('EncodeJpeg', { rows, columns, bits: 8 }, Uint8Array.from(pixelsOf(8)), {
    Lossy: 1,
    Quality: 90,
  });
  const image = { Rows: rows, Columns: columns, BitsAllocated: 8 };
  const jpeg = { TransferSyntaxUID: '1.2.840.10008.1.2.4.50' };
  const j2k = encode('EncodeJpeg2000', { rows, columns, bits: 8 }, Uint8Array.from(pixelsOf(8)));
  const jpeg2000 = { TransferSyntaxUID: '1.2.840.10008.1.2.4.90' };
  const patched = (bytes: Uint8Array, at: number, ...values: number[]): Uint8Array => {
    const copy = bytes.slice();
    copy.set(values, at);
    return copy;
  };
  const sof = good.findIndex((byte, at) => byte === 0xff && good[at + 1] === 0xc0);

  test('another size in the codestream', async () => {
    expect(await refusal({ ...image, pixels: [patched(good, sof + 5, 0xff, 0xdc, 0xff, 0xdc)] }, jpeg)).toBe('damaged');
    expect(await refusal({ ...image, pixels: [patched(j2k, 8, 0x7f, 0xff, 0xff, 0xff)] }, jpeg2000)).toBe('damaged');
    expect(await refusal({ ...image, Columns: columns + 1, pixels: [good] }, jpeg)).toBe('damaged');
  });

  test('a size past the bound', async () => {
    const huge = { Rows: 65_535, Columns: 65_535, BitsAllocated: 16, pixels: new Uint8Array(16) };
    expect(await refusal(huge)).toBe('too-large');
    expect(await refusal({ ...huge, pixels: [j2k] }, jpeg2000)).toBe('too-large');
  });

  test('RLE segments that are too many, outside, or too short', async () => {
    const rle = { TransferSyntaxUID: '1.2.840.10008.1.2.5' };
    const head = (...numbers: number[]): Uint8Array =>
      new Uint8Array(Uint32Array.from({ length: 16 }, (_, at) => numbers[at] ?? 0).buffer);
    const pixels = (...parts: Uint8Array[]) => ({ ...image, pixels: [Buffer.concat(parts)] });
    expect(await refusal(pixels(head(200, 64)), rle)).toBe('damaged');
    expect(await refusal(pixels(head(1, 4000), new Uint8Array(8)), rle)).toBe('damaged');
    expect(await refusal(pixels(head(1, 64), Uint8Array.of(200, 5)), rle)).toBe('damaged');
  });

  test('a broken JPEG 2000 never shows the image before it', async () => {
    const first = await decodeImage({ ...image, pixels: [j2k] }, jpeg2000);
    expect([...first.values]).toEqual(pixelsOf(8));
    expect(await refusal({ ...image, pixels: [j2k.subarray(0, 60)] }, jpeg2000)).toBe('damaged');
    expect(await refusal({ ...image, pixels: [patched(j2k, 51, 0, 0, 0, 0, 0, 0)] }, jpeg2000)).toBe('damaged');
    expect([...(await decodeImage({ ...image, pixels: [j2k] }, jpeg2000)).values]).toEqual(pixelsOf(8));
  });

  test('a JPEG that ends in its middle is not filled up with grey', async () => {
    expect(await refusal({ ...image, pixels: [good.subarray(0, Math.floor(good.length * 0.7))] }, jpeg)).toBe(
      'damaged',
    );
  });

  test('any damage ends in an error or in an image of the right size', { timeout: 60_000 }, async () => {
    const kinds = [
      [good, jpeg],
      [j2k, jpeg2000],
      [
        encode('EncodeJpegLs', { rows, columns, bits: 8 }, Uint8Array.from(pixelsOf(8))),
        { TransferSyntaxUID: '1.2.840.10008.1.2.4.80' },
      ],
      [
        encode('EncodeHtJpeg2000', { rows, columns, bits: 8 }, Uint8Array.from(pixelsOf(8))),
        { TransferSyntaxUID: '1.2.840.10008.1.2.4.201' },
      ],
      [
        encode('EncodeJpegXl', { rows, columns, bits: 8 }, Uint8Array.from(pixelsOf(8))),
        { TransferSyntaxUID: '1.2.840.10008.1.2.4.110' },
      ],
    ] as const;
    for (const [bytes, file] of kinds) {
      const path = imageFile(folder.path, 'fuzz.dcm', { ...image, pixels: [bytes] }, file);
      const header = await readHeader(path);
      for (const [round, where] of noise(40, 16, 11).entries()) {
        const broken = patched(bytes, where % bytes.length, (round * 37) & 255);
        let size: unknown;
        try {
          size = decodeFrame(broken, header).values.length;
        } catch (error) {
          size = (error as { code?: string }).code;
        }
        expect([rows * columns, 'damaged', 'unsupported']).toContain(size);
      }
    }
  });

  test('video and unknown syntaxes are said to be unsupported', async () => {
    expect(await refusal({ ...image, pixels: [good] }, { TransferSyntaxUID: '1.2.840.10008.1.2.4.102' })).toBe(
      'unsupported',
    );
    expect(await refusal({ ...image, pixels: [good] }, { TransferSyntaxUID: '1.2.840.10008.9.9.9' })).toBe(
      'unsupported',
    );
  });

  test.each(['-1', 'abc', '1e9', '0', '999999999', ''])(
    'NumberOfFrames %j is what the data can hold',
    async (NumberOfFrames) => {
      const path = imageFile(folder.path, 'frames.dcm', {
        ...image,
        NumberOfFrames,
        pixels: new Uint8Array(rows * columns * 2),
      });
      expect(describePixels(await readHeader(path)).NumberOfFrames).toBe(NumberOfFrames === '999999999' ? 2 : 1);
    },
  );
});
