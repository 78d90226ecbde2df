/** Transcoding: no element is lost between the encodings of a data set, no pixel between those that lose nothing, and what is lossy says so. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findEntry } from '#shared/dictionary.ts';
import { readFrame } from '#main/dicom/frames.ts';
import { readHeader } from '#main/dicom/header-reader.ts';
import { fileMetaInformation } from '#main/dicom/part10.ts';
import { describePixels } from '#main/dicom/pixel-description.ts';
import { decodeForTranscoding } from '#main/dicom/transcode-cells.ts';
import { transcodeFile } from '#main/dicom/transcode-file.ts';
import { chooseTarget, losslessTargets } from '#main/dicom/transcode-targets.ts';
import { number, text, texts } from '#main/dicom/values.ts';
import { buildDataSet, buildPart10, instanceElements, type BuildElement } from '../support/build-data-set.ts';
import { hasProgram, hill, imageFile, noise, shorts, type TestImage } from '../support/pixel-files.ts';
import { hasSharedData, sharedData, sharedDataNote } from '../support/shared-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'chairside-transcode-'));
const work = mkdtempSync(join(tmpdir(), 'chairside-transcode-work-'));
afterAll(() => [folder, work].forEach((path) => rmSync(path, { recursive: true, force: true })));

const syntax = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  big: '1.2.840.10008.1.2.2',
  deflated: '1.2.840.10008.1.2.1.99',
  jpeg: '1.2.840.10008.1.2.4.50',
  jpegLossless: '1.2.840.10008.1.2.4.70',
  jpegLs: '1.2.840.10008.1.2.4.80',
  nearLossless: '1.2.840.10008.1.2.4.81',
  jpeg2000: '1.2.840.10008.1.2.4.90',
  jpeg2000Lossy: '1.2.840.10008.1.2.4.91',
  rle: '1.2.840.10008.1.2.5',
} as const;

let made = 0;
const newPath = () => join(folder, `${made++}.dcm`);

/** The data set of a file in another transfer syntax. */
async function transcode(path: string, TransferSyntaxUID: string): Promise<Buffer> {
  const written = await transcodeFile(path, TransferSyntaxUID, join(work, String(made++)));
  const parts = written.parts.map((part) => {
    if (part instanceof Uint8Array) return part;
    const bytes = readFileSync(part.path).subarray(part.offset, part.offset + part.length);
    if (part.isMade) rmSync(part.path);
    return bytes;
  });
  const bytes = Buffer.concat(parts);
  expect(bytes.length).toBe(written.size);
  expect(readdirSync(work)).toEqual([]);
  return bytes;
}

/** The same as a file. */
async function transcodeToFile(path: string, TransferSyntaxUID: string): Promise<string> {
  const target = newPath();
  writeFileSync(target, asFile(await transcode(path, TransferSyntaxUID), TransferSyntaxUID));
  return target;
}

const asFile = (dataSet: Uint8Array, TransferSyntaxUID: string): Buffer =>
  Buffer.concat([
    fileMetaInformation({ TransferSyntaxUID, SOPClassUID: '1.2.840.10008.5.1.4.1.1.7', SOPInstanceUID: '1.2.3.4.3' }),
    dataSet,
  ]);

async function framesOf(path: string) {
  const header = await readHeader(path);
  const { NumberOfFrames } = describePixels(header);
  const frames = [];
  for (let frame = 0; frame < NumberOfFrames; frame++)
    frames.push(decodeForTranscoding(await readFrame(path, header, frame), header));
  return { header, frames, photometric: frames[0]!.photometric };
}

describe('elements', () => {
  const inner: BuildElement[] = [
    { tag: '00080100', vr: 'SH', value: 'CODE' },
    { tag: '00091001', vr: 'FD', value: [1.5, -2.5] },
    { tag: '0040A168', vr: 'SQ', value: [[{ tag: '00080100', vr: 'SH', value: 'DEEP' }], []], length: -1 },
  ];
  const elements = [
    ...instanceElements([
      { tag: '00080005', vr: 'CS', value: 'ISO_IR 192' },
      { tag: '00081140', vr: 'SQ', value: [inner, inner] },
      { tag: '00082112', vr: 'SQ', value: [inner], length: -1 },
      { tag: '00090010', vr: 'LO', value: 'ACME' },
      { tag: '00091001', vr: 'UL', value: [1, 2, 0xfffffffe] },
      { tag: '00091002', vr: 'UN', value: Uint8Array.of(1, 2, 3, 4) },
      { tag: '00091003', vr: 'SQ', value: [inner], length: -1 },
      { tag: '00091004', vr: 'OV', value: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
      { tag: '00189219', vr: 'SS', value: [-5] },
      { tag: '00200062', vr: 'CS', value: '' },
      { tag: '00280009', vr: 'AT', value: Uint8Array.of(0x18, 0, 0x63, 0x10) },
      { tag: '00660016', vr: 'OF', value: [1, 2.5, -3] },
      { tag: '00420011', vr: 'OB', value: Uint8Array.from(noise(900_000, 8)) },
      { tag: '60003000', vr: 'OW', value: Uint8Array.of(1, 2, 3, 4) },
    ]),
  ];
  const pixels: BuildElement[] = [
    { tag: '00280010', vr: 'US', value: 2 },
    { tag: '00280011', vr: 'US', value: 3 },
    { tag: '00280100', vr: 'US', value: 16 },
    { tag: '7FE00010', vr: 'OW', value: [1, 2, 3, 0x4000, 5, 6] },
    /* Behind the pixel data, as scanners put their raw data. */
    { tag: '7FE10010', vr: 'LO', value: 'ACME' },
    { tag: '7FE11001', vr: 'SL', value: [-1, 7] },
    { tag: '7FE11002', vr: 'SQ', value: [inner], length: -1 },
  ];
  const whole = [...elements, ...pixels].toSorted((a, b) => (tagOf(a) < tagOf(b) ? -1 : 1));
  const original = buildDataSet(whole);
  const file = () => {
    const path = newPath();
    writeFileSync(path, asFile(original, syntax.explicit));
    return path;
  };

  test.each([
    ['big endian', syntax.big],
    ['deflated', syntax.deflated],
    ['explicit again', syntax.explicit],
  ])('there and back by %s is the same to the last byte', async (_, way) => {
    const there = await transcodeToFile(file(), way);
    expect((await readHeader(there)).TransferSyntaxUID).toBe(way);
    expect((await transcode(there, syntax.explicit)).equals(original)).toBe(true);
  });

  test('big endian is what a writer of big endian writes', async () => {
    const swappable = whole.filter(({ value }) => !(value instanceof Uint8Array));
    const path = newPath();
    writeFileSync(path, asFile(buildDataSet(swappable), syntax.explicit));
    const expected = buildDataSet(swappable, { littleEndian: false });
    expect((await transcode(path, syntax.big)).equals(expected)).toBe(true);
  });

  test('implicit VR and back: known elements the same, unknown ones with the same bytes, nothing left out', async () => {
    const there = await transcodeToFile(file(), syntax.implicit);
    expect((await readHeader(there)).TransferSyntaxUID).toBe(syntax.implicit);
    const back = await transcodeToFile(there, syntax.explicit);
    const [before, after] = [await readHeader(file()), await readHeader(back)];
    expect([...after.dataSet.keys()]).toEqual([...before.dataSet.keys()]);
    for (const [tag, element] of before.dataSet) {
      const found = after.dataSet.get(tag)!;
      expect(found.value && Buffer.from(found.value)).toEqual(element.value && Buffer.from(element.value));
      expect(found.items?.length).toBe(element.items?.length);
    }
    const bytes = readFileSync(back);
    const trailer = buildDataSet(pixels.slice(4, 5));
    expect(bytes.includes(trailer)).toBe(true);
    expect(bytes.includes(Buffer.from('e17f0110554e000008000000ffffffff07000000', 'hex'))).toBe(true);
  });

  test('a value that is too long for its VR becomes UN; a value of odd length is padded', async () => {
    const long = '1.234567\\'.repeat(9000) + '1';
    const elementsOf = instanceElements([{ tag: '30060050', vr: 'DS', value: long }]);
    const path = newPath();
    writeFileSync(path, buildPart10({ elements: elementsOf, explicitVR: false }));
    const bytes = await transcode(path, syntax.explicit);
    expect(bytes.includes(Buffer.from('06305000554e0000', 'hex'))).toBe(true);
    expect(bytes.includes(Buffer.from(long))).toBe(true);
  });

  test('bare data sets and files whose meta information is wrong are read as they are', async () => {
    const [bare, wrong] = [newPath(), newPath()];
    writeFileSync(bare, original);
    writeFileSync(wrong, asFile(original, syntax.implicit));
    const expected = await transcode(file(), syntax.implicit);
    expect((await transcode(bare, syntax.implicit)).equals(expected)).toBe(true);
    expect((await transcode(wrong, syntax.implicit)).equals(expected)).toBe(true);
  });

  test('group lengths, which would be wrong, are left out at every level', async () => {
    const path = newPath();
    const withLengths = [{ tag: '00080000', vr: 'UL', value: 999 }, ...whole];
    writeFileSync(path, asFile(buildDataSet(withLengths), syntax.explicit));
    expect((await transcode(path, syntax.explicit)).equals(original)).toBe(true);
  });
});

const tagOf = ({ tag }: BuildElement): string => (/^[0-9A-F]{8}$/.test(tag) ? tag : (findEntry(tag)?.tag ?? tag));

const [rows, columns] = [24, 36];
const count = rows * columns;
const grey = (bits: number): number[] => hill(rows, columns, bits).map((value, at) => value ^ noise(count, 2, 7)[at]!);
const signedGrey = (bits: number): number[] => grey(bits).map((value) => value - 2 ** (bits - 1));
const colour = Uint8Array.from(noise(count * 3, 8, 3));
const size = { Rows: rows, Columns: columns };
const rgb = { ...size, BitsAllocated: 8, SamplesPerPixel: 3, PhotometricInterpretation: 'RGB', pixels: colour };

const images: readonly (readonly [string, TestImage])[] = [
  ['grey of 8 bits', { ...size, BitsAllocated: 8, pixels: Uint8Array.from(grey(8)) }],
  ['grey of 12 in 16 bits', { ...size, BitsAllocated: 16, BitsStored: 12, pixels: shorts(grey(12)) }],
  ['grey of 8 in 16 bits', { ...size, BitsAllocated: 16, BitsStored: 8, pixels: shorts(grey(8)) }],
  ['grey of 16 bits', { ...size, BitsAllocated: 16, pixels: shorts(grey(16)) }],
  ['signed of 16 bits', { ...size, BitsAllocated: 16, PixelRepresentation: 1, pixels: shorts(signedGrey(16)) }],
  [
    'signed of 12 bits',
    { ...size, BitsAllocated: 16, BitsStored: 12, PixelRepresentation: 1, pixels: shorts(signedGrey(12)) },
  ],
  ['colour', { ...rgb, PlanarConfiguration: 0 }],
  ['colour by planes', { ...rgb, PlanarConfiguration: 1 }],
  ['YBR_FULL', { ...rgb, PhotometricInterpretation: 'YBR_FULL', PlanarConfiguration: 0 }],
  [
    'three frames',
    { ...size, BitsAllocated: 16, NumberOfFrames: '3', pixels: shorts([...grey(16), ...grey(15), ...grey(14)]) },
  ],
];

/** What the encoders of the toolkit cannot do: this is said, not done wrongly. */
const notPossible = new Set([
  '1.2.840.10008.1.2.4.201 YBR_FULL',
  '1.2.840.10008.1.2.4.202 YBR_FULL',
  '1.2.840.10008.1.2.4.110 YBR_FULL',
  '1.2.840.10008.1.2.4.110 signed of 16 bits',
  '1.2.840.10008.1.2.4.110 signed of 12 bits',
]);

describe('pixels that lose nothing', () => {
  describe.each(losslessTargets)('%s', (target) => {
    test.each(images)('%s', async (name, image) => {
      const source = imageFile(folder, `${made++}.dcm`, image);
      if (notPossible.has(`${target} ${name}`))
        return expect(transcode(source, target)).rejects.toMatchObject({ code: 'unsupported' });
      const path = await transcodeToFile(source, target);
      const [before, after] = [await framesOf(source), await framesOf(path)];
      expect(after.header.TransferSyntaxUID).toBe(target);
      expect(after.photometric).toBe(before.photometric);
      expect(after.frames.map(({ values }) => [...values])).toEqual(before.frames.map(({ values }) => [...values]));
      expect(text(after.header, '00282110')).toBeUndefined();
      /* And back: what is compressed here can be sent to whoever takes nothing compressed. */
      const native = await framesOf(await transcodeToFile(path, syntax.explicit));
      expect(native.frames.map(({ values }) => [...values])).toEqual(before.frames.map(({ values }) => [...values]));
      expect(native.photometric).toBe(before.photometric);
    });
  });

  test('several frames get an offset table that is right', async () => {
    const source = imageFile(folder, `${made++}.dcm`, images.at(-1)![1]);
    const bytes = await transcode(source, syntax.rle);
    const table = bytes.indexOf(Buffer.from('feff00e00c000000', 'hex'));
    const first = table + 8 + 12;
    for (let frame = 0; frame < 3; frame++) {
      const offset = bytes.readUInt32LE(table + 8 + frame * 4);
      expect(bytes.readUInt32LE(first + offset)).toBe(0xe000fffe);
    }
  });

  test('single bits keep their places in either byte order', async () => {
    const bits = Uint8Array.from(noise(16, 8));
    const source = imageFile(folder, `${made++}.dcm`, { Rows: 8, Columns: 16, BitsAllocated: 1, pixels: bits });
    const big = await transcodeToFile(source, syntax.big);
    expect([...(await framesOf(big)).frames[0]!.values]).toEqual([...(await framesOf(source)).frames[0]!.values]);
    await expect(transcode(source, syntax.jpegLs)).rejects.toMatchObject({ code: 'unsupported' });
  });

  test('what the Image Pixel module says follows the pixels', async () => {
    const source = imageFile(folder, `${made++}.dcm`, { ...rgb, PlanarConfiguration: 1 });
    const { header } = await framesOf(await transcodeToFile(source, syntax.jpeg2000));
    expect(text(header, '00280004')).toBe('YBR_RCT');
    expect(number(header, '00280006')).toBe(0);
    const narrow = imageFile(folder, `${made++}.dcm`, images[2]![1]);
    const jpegLs = (await framesOf(await transcodeToFile(narrow, syntax.jpegLs))).header;
    expect(['00280100', '00280101', '00280102'].map((tag) => number(jpegLs, tag))).toEqual([8, 8, 7]);
  });

  const decoders = [
    ['dcmdjpeg', syntax.jpegLossless],
    ['dcmdjpls', syntax.jpegLs],
    ['dcmdrle', syntax.rle],
    ['gdcmconv', syntax.jpeg2000],
    ['gdcmconv', syntax.rle],
  ] as const;
  describe.each(decoders)('%s reads %s', (program, target) => {
    const note = hasProgram(program) ? '' : ` (left out: ${program} is not installed)`;
    test.skipIf(!hasProgram(program)).each(images)(`%s${note}`, async (_, image) => {
      const source = imageFile(folder, `${made++}.dcm`, image);
      const [path, decoded] = [await transcodeToFile(source, target), newPath()];
      execFileSync(program, [...(program === 'gdcmconv' ? ['--raw'] : []), path, decoded], { stdio: 'pipe' });
      const [before, after] = [await framesOf(source), await framesOf(decoded)];
      const isTurned = before.photometric !== after.photometric;
      /* dcmdjpeg turns YBR_FULL into RGB, which is not its inverse to the last bit. */
      if (!isTurned)
        expect(after.frames.map(({ values }) => [...values])).toEqual(before.frames.map(({ values }) => [...values]));
      else expect([before.photometric, after.photometric]).toEqual(['YBR_FULL', 'RGB']);
    });
  });
});

describe('pixels that lose something', () => {
  const smooth = { ...size, BitsAllocated: 8, pixels: Uint8Array.from(hill(rows, columns, 8)) };
  const smoothColour = {
    ...rgb,
    PlanarConfiguration: 0 as const,
    pixels: Uint8Array.from(hill(rows, columns, 8).flatMap((value) => [value, 255 - value, 128])),
  };

  test.each([
    [syntax.jpeg, smooth, 'ISO_10918_1', 'MONOCHROME2', 12],
    [syntax.jpeg, smoothColour, 'ISO_10918_1', 'YBR_FULL_422', 40],
    [syntax.nearLossless, smooth, 'ISO_14495_1', 'MONOCHROME2', 2],
    [syntax.jpeg2000Lossy, smooth, 'ISO_15444_1', 'MONOCHROME2', 16],
    [syntax.jpeg2000Lossy, smoothColour, 'ISO_15444_1', 'YBR_ICT', 40],
  ])('%s says that it is lossy, how much and how', async (target, image, method, photometric, tolerance) => {
    const source = imageFile(folder, `${made++}.dcm`, image);
    const path = await transcodeToFile(source, target);
    const [before, after] = [await framesOf(source), await framesOf(path)];
    const { header } = after;
    expect(text(header, '00280004')).toBe(photometric);
    expect(text(header, '00282110')).toBe('01');
    expect(text(header, '00282114')).toBe(method);
    const { offset } = header.pixelData!;
    const encoded = readFileSync(path).readUInt32LE(offset + 12);
    expect(number(header, '00282112')).toBeCloseTo(image.pixels.length / encoded, 2);
    const [a, b] = [before.frames[0]!.values, after.frames[0]!.values];
    expect(Math.max(...a.map((value, at) => Math.abs(value - b[at]!)))).toBeLessThanOrEqual(tolerance);
    /* A second loss is added to the first. */
    const [other, otherMethod] =
      target === syntax.nearLossless ? [syntax.jpeg2000Lossy, 'ISO_15444_1'] : [syntax.nearLossless, 'ISO_14495_1'];
    const twice = (await framesOf(await transcodeToFile(path, other))).header;
    expect(texts(twice, '00282114')).toEqual([method, otherMethod]);
    expect(texts(twice, '00282112')).toHaveLength(2);
  });

  test('lossy JPEG becomes RGB when it is decompressed, and is still called lossy', async () => {
    const source = imageFile(folder, `${made++}.dcm`, smoothColour);
    const jpeg = await transcodeToFile(source, syntax.jpeg);
    const { header, photometric } = await framesOf(await transcodeToFile(jpeg, syntax.explicit));
    expect(photometric).toBe('RGB');
    expect(text(header, '00280004')).toBe('RGB');
    expect(text(header, '00282110')).toBe('01');
  });

  test('a lossy syntax is never chosen', () => {
    expect(chooseTarget([syntax.jpeg, syntax.nearLossless, syntax.jpeg2000Lossy], syntax.jpeg)).toBeUndefined();
    expect(chooseTarget([syntax.jpeg, syntax.implicit, syntax.explicit])).toBe(syntax.explicit);
    expect(chooseTarget([syntax.explicit, syntax.jpegLs], syntax.jpegLs)).toBe(syntax.jpegLs);
  });
});

describe('what cannot be done is said, and nothing is left behind', () => {
  test.each([
    [
      'a palette made lossy',
      { ...images[0]![1], PhotometricInterpretation: 'PALETTE COLOR' },
      syntax.jpeg,
      'unsupported',
    ],
    ['16 bits as lossy JPEG', images[3]![1], syntax.jpeg, 'unsupported'],
    [
      '32 bits as JPEG-LS',
      { ...size, BitsAllocated: 32, pixels: new Uint8Array(count * 4) },
      syntax.jpegLs,
      'unsupported',
    ],
    ['frames that are missing', { ...images[0]![1], NumberOfFrames: '9' }, syntax.jpegLs, 'damaged'],
    ['a syntax that nobody writes', images[0]![1], '1.2.840.10008.1.2.4.102', 'unsupported'],
    ['an unknown syntax', images[0]![1], '1.2.3', 'unsupported'],
  ] as const)('%s', async (_, image, target, code) => {
    const source = imageFile(folder, `${made++}.dcm`, image);
    await expect(transcode(source, target)).rejects.toMatchObject({ code });
    expect(readdirSync(work)).toEqual([]);
  });

  test('overlays in bits of the pixels are not thrown away', async () => {
    const more = [
      { tag: '60000010', vr: 'US', value: rows },
      { tag: '60000102', vr: 'US', value: 12 },
    ];
    const source = imageFile(folder, `${made++}.dcm`, { ...images[1]![1], more });
    await expect(transcode(source, syntax.jpegLs)).rejects.toMatchObject({ code: 'unsupported' });
    await transcode(source, syntax.implicit);
  });

  test('a frame whose codestream is damaged', async () => {
    const image = {
      ...images[0]![1],
      NumberOfFrames: '2',
      pixels: [Uint8Array.of(0xff, 0xd8, 1, 2), Uint8Array.of(1, 2)],
    };
    const source = imageFile(folder, `${made++}.dcm`, image, { TransferSyntaxUID: syntax.jpegLs });
    await expect(transcode(source, syntax.explicit)).rejects.toMatchObject({ code: 'damaged' });
  });
});

describe.skipIf(!hasSharedData)(`images of all kinds of senders${sharedDataNote}`, () => {
  const images_ = hasSharedData ? readdirSync(resolve(sharedData, 'corpus/transfer-syntaxes')) : [];
  test.each(images_.filter((name) => name.endsWith('.dcm')))('%s', async (name) => {
    const source = resolve(sharedData, 'corpus/transfer-syntaxes', name);
    const before = await framesOf(source).catch(() => undefined);
    if (!before) {
      const { pixelData } = await readHeader(source);
      if (pixelData) await expect(transcode(source, syntax.implicit)).rejects.toThrow();
      else expect(await readHeader(await transcodeToFile(source, syntax.implicit))).not.toHaveProperty('pixelData');
      return;
    }
    const { frames } = await framesOf(await transcodeToFile(source, syntax.implicit));
    for (const [at, { values }] of frames.entries()) expect(values).toEqual(before.frames[at]!.values);
  });
});
