import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, deflateSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { DataSet, Header } from '#main/dicom/data-set.ts';
import type { HeaderLimits } from '#main/dicom/header-reader.ts';
import { createHeaderReader, readHeader } from '#main/dicom/header-reader.ts';
import { fileMetaInformation } from '#main/dicom/part10.ts';
import { number, text } from '#main/dicom/values.ts';
import { PacsError } from '#shared/errors.ts';
import type { BuildElement } from '../support/build-data-set.ts';
import { buildDataSet, buildPart10, instanceElements } from '../support/build-data-set.ts';

const pixels: BuildElement[] = [
  { tag: 'Rows', value: 4 },
  { tag: 'Columns', value: 2 },
  { tag: 'PixelData', value: new Uint8Array(16) },
];
const image = instanceElements([
  { tag: 'ReferencedImageSequence', length: -1, value: [[{ tag: 'ReferencedSOPInstanceUID', value: '1.2.9' }], []] },
  { tag: 'ProcedureCodeSequence', value: [[{ tag: 'CodeValue', value: 'A1' }], [{ tag: 'CodeValue', value: 'B' }]] },
  ...pixels,
]);
const length32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const fragments = (...parts: Uint8Array[]): Buffer =>
  Buffer.concat([
    ...[new Uint8Array(0), ...parts].flatMap((part) => [Buffer.from('feff00e0', 'hex'), length32(part.length), part]),
    Buffer.from('feffdde000000000', 'hex'),
  ]);

function read(bytes: Uint8Array, chunk = bytes.length, limits?: HeaderLimits): Header {
  const reader = createHeaderReader(limits);
  for (let at = 0; at < bytes.length; at += chunk) {
    // A caller may use its buffer again: what is kept must not point into it.
    const piece = Uint8Array.from(bytes.subarray(at, at + chunk));
    reader.write(piece);
    piece.fill(0xee);
  }
  return reader.end();
}

function failure(bytes: Uint8Array, limits?: HeaderLimits): string {
  try {
    read(bytes, bytes.length, limits);
  } catch (error) {
    if (error instanceof PacsError) return error.code;
    throw error;
  }
  return 'none';
}

/** A data set without offsets, to compare syntaxes. */
const content = (dataSet: DataSet): unknown =>
  [...dataSet.values()].map(({ tag, vr, value, items }) =>
    items ? [tag, vr, items.map(content)] : [tag, vr, value && Buffer.from(value).toString('hex')],
  );

const folder = mkdtempSync(join(tmpdir(), 'chairside-header-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function readFrom(bytes: Uint8Array): Promise<Header> {
  const path = join(folder, 'file.dcm');
  writeFileSync(path, bytes);
  return readHeader(path);
}

describe('every syntax', () => {
  const explicit = read(buildPart10({ elements: image }));
  const syntaxes = {
    'explicit little endian': { TransferSyntaxUID: '1.2.840.10008.1.2.1', file: { elements: image } },
    'implicit little endian': { TransferSyntaxUID: '1.2.840.10008.1.2', file: { elements: image, explicitVR: false } },
    'explicit big endian': { TransferSyntaxUID: '1.2.840.10008.1.2.2', file: { elements: image, littleEndian: false } },
    deflated: { TransferSyntaxUID: '1.2.840.10008.1.2.1.99', file: { elements: image, deflate: true } },
  };
  for (const [name, { TransferSyntaxUID, file }] of Object.entries(syntaxes))
    it(`${name}: the same header whatever the chunks`, async () => {
      const bytes = buildPart10(file);
      const whole = read(bytes);
      expect(whole).toMatchObject({ TransferSyntaxUID, size: bytes.length });
      expect(text(whole, '0020000D')).toBe('1.2.3.4.1');
      expect(number(whole, '00280010')).toBe(4);
      expect(whole.pixelData).toMatchObject({ tag: '7FE00010', length: 16 });
      if (file.elements && !('littleEndian' in file)) expect(content(whole.dataSet)).toEqual(content(explicit.dataSet));
      for (const chunk of [1, 2, 3, 7, 64, 131, 1000]) expect(read(bytes, chunk)).toEqual(whole);
      expect(await readFrom(bytes)).toEqual(whole);
    });

  it('offsets point at the values, in the file or in what was inflated', () => {
    const bytes = buildPart10({ elements: image });
    const header = read(bytes);
    const name = header.dataSet.get('00100010')!;
    expect(bytes.subarray(name.offset, name.offset + name.length).toString()).toBe('Test^Patient');
    expect(header.pixelData!.offset).toBe(bytes.length - 16);
    expect(header.dataSetOffset).toBe(bytes.indexOf(Buffer.from('080016005549', 'hex')));
    const deflated = read(buildPart10({ elements: image, deflate: true }));
    expect(deflated.pixelData!.offset).toBe(buildDataSet(image).length - 16);
  });

  it('deflated with zlib’s wrapper, and with a padding byte', () => {
    const head = fileMetaInformation({
      TransferSyntaxUID: '1.2.840.10008.1.2.1.99',
      SOPClassUID: '1',
      SOPInstanceUID: '2',
    });
    for (const body of [
      deflateSync(buildDataSet(image)),
      Buffer.concat([deflateRawSync(buildDataSet(image)), Buffer.alloc(1)]),
    ])
      expect(text(read(Buffer.concat([head, body]), 50), '00100020')).toBe('T-1');
  });

  it('deflated image frames are no deflated data set', () => {
    const elements = instanceElements([
      { tag: 'PixelData', vr: 'OB', length: -1, value: fragments(deflateRawSync(Buffer.alloc(100))) },
    ]);
    const header = read(buildPart10({ elements, TransferSyntaxUID: '1.2.840.10008.1.2.8.1' }));
    expect(header).toMatchObject({ TransferSyntaxUID: '1.2.840.10008.1.2.8.1', pixelData: { length: -1 } });
  });
});

describe('looking instead of believing', () => {
  it.each([
    [{ explicitVR: true }, '1.2.840.10008.1.2.1'],
    [{ explicitVR: false }, '1.2.840.10008.1.2'],
    [{ littleEndian: false }, '1.2.840.10008.1.2.2'],
  ])('a bare data set %o', (encoding, TransferSyntaxUID) => {
    const header = read(buildDataSet(image, encoding));
    expect(header).toMatchObject({ TransferSyntaxUID, dataSetOffset: 0 });
    expect(header.meta.size).toBe(0);
    expect(text(header, '00080018')).toBe('1.2.3.4.3');
  });

  it.each([
    ['1.2.840.10008.1.2', { explicitVR: true }, '1.2.840.10008.1.2.1'],
    ['1.2.840.10008.1.2.1', { explicitVR: false }, '1.2.840.10008.1.2'],
    ['1.2.840.10008.1.2.2', { explicitVR: true }, '1.2.840.10008.1.2.1'],
    ['1.2.840.10008.1.2.1.99', { explicitVR: true }, '1.2.840.10008.1.2.1'],
    ['1.2.840.10008.1.2.1', { littleEndian: false }, '1.2.840.10008.1.2.2'],
    ['not a UID', { explicitVR: true }, '1.2.840.10008.1.2.1'],
  ])('meta information that says %s of %o', (TransferSyntaxUID, encoding, truth) => {
    const header = read(buildPart10({ elements: image, TransferSyntaxUID, ...encoding }));
    expect(header.TransferSyntaxUID).toBe(truth);
    expect(text(header, '00100010')).toBe('Test^Patient');
  });

  it('meta information without a preamble, or with a wrong length', () => {
    const bytes = buildPart10({ elements: image });
    expect(text(read(bytes.subarray(132)), '00100020')).toBe('T-1');
    for (const wrong of [4, 0x7fff_ffff]) {
      const changed = Buffer.from(bytes);
      changed.writeUInt32LE(wrong, 140);
      expect(text(read(changed), '00100020')).toBe('T-1');
    }
  });

  it('the letters DICM by chance at their place', () => {
    const before = [
      { tag: 'SOPClassUID', value: '1.2.840.10008.5.1.4.1.1.7' },
      { tag: 'SOPInstanceUID', value: '1.2' },
    ];
    const bytes = (fill: number) =>
      buildDataSet([
        ...before,
        { tag: 'StationName', value: 'x'.repeat(fill) + 'DICM' },
        { tag: 'PatientID', value: 'P' },
      ]);
    const fill = Array.from({ length: 120 }, (_, at) => at).find((at) => bytes(at).indexOf('DICM') === 128)!;
    expect(text(read(bytes(fill)), '00100020')).toBe('P');
  });
});

describe('odd, and taken', () => {
  const inside = (more: BuildElement[]) => read(buildPart10({ elements: instanceElements(more) }), 100);

  it('UN of undefined length holds implicit items', () => {
    const items = [[{ tag: 'CodeValue', value: 'C' }]];
    const implicit = buildDataSet([{ tag: '00081032', length: -1, value: items }], { explicitVR: false }).subarray(8);
    const header = inside([{ tag: '00091010', vr: 'UN', length: -1, value: implicit }]);
    expect(header.dataSet.get('00091010')).toMatchObject({ vr: 'SQ', length: -1 });
    expect(header.dataSet.get('00091010')!.items![0]!.get('00080100')).toMatchObject({ vr: 'SH' });
  });

  it('a standard element that came as UN gets its VR, a sequence its items', () => {
    const items = [[{ tag: 'CodeValue', value: 'C' }]];
    const implicit = buildDataSet([{ tag: '00081032', value: items }], { explicitVR: false }).subarray(8);
    const header = inside([
      { tag: 'StudyDescription', vr: 'UN', value: 'Words' },
      { tag: '00081032', vr: 'UN', value: implicit },
    ]);
    expect(header.dataSet.get('00081030')).toMatchObject({ vr: 'LO' });
    expect(header.dataSet.get('00081032')!.items).toHaveLength(1);
  });

  it('implicit items in an explicit sequence', () => {
    const item = buildDataSet([{ tag: 'CodeValue', value: 'C1' }], { explicitVR: false });
    const value = Buffer.concat([Buffer.from('feff00e0', 'hex'), length32(item.length), item]);
    const header = inside([{ tag: 'ProcedureCodeSequence', value }]);
    expect(header.dataSet.get('00081032')!.items![0]!.get('00080100')!.length).toBe(2);
  });

  it('lower-case and unknown VRs, odd lengths, stray delimiters', () => {
    const header = inside([
      { tag: 'StationName', vr: 'sh', value: 'A' },
      { tag: 'StudyDescription', vr: 'ZZ', value: 'Words' },
      { tag: 'Manufacturer', value: Buffer.from('odd') },
      { tag: 'FFFEE00D', vr: '\0\0', value: '' },
    ]);
    expect(['00081010', '00081030', '00080070'].map((tag) => text(header, tag))).toEqual(['A', 'Words', 'odd']);
  });

  it('zeros behind the last element, anything behind the pixel data', () => {
    const bare = buildPart10({ elements: instanceElements() });
    for (const count of [1, 7, 8, 300]) expect(read(Buffer.concat([bare, Buffer.alloc(count)])).dataSet.size).toBe(7);
    const noise = Buffer.from('not an element at all, but long enough to look at');
    expect(read(Buffer.concat([buildPart10({ elements: image }), noise]), 9).size).toBeGreaterThan(300);
  });

  it('of a tag that comes twice the first', () => {
    const twice = [...instanceElements(), { tag: 'PatientName', value: 'Other' }];
    expect(text(read(buildPart10({ elements: twice })), '00100010')).toBe('Test^Patient');
  });

  it('fragments, with and without their end mark', async () => {
    const elements = instanceElements([
      { tag: 'NumberOfFrames', value: '2' },
      { tag: 'PixelData', vr: 'OB', length: -1, value: fragments(Buffer.alloc(5000), Buffer.alloc(3)) },
    ]);
    const bytes = buildPart10({ elements, TransferSyntaxUID: '1.2.840.10008.1.2.4.50' });
    for (const chunk of [1, 13, 4096, bytes.length]) expect(read(bytes, chunk).pixelData!.length).toBe(-1);
    expect(read(bytes.subarray(0, -8)).pixelData!.length).toBe(-1);
    expect(failure(bytes.subarray(0, -12))).toBe('truncated');
    expect(failure(bytes.subarray(0, -19))).toBe('truncated');
    expect((await readFrom(bytes)).pixelData).toEqual(read(bytes).pixelData);
  });
});

describe('bounds', () => {
  it('long values are passed over, not kept', async () => {
    const document = new Uint8Array(3_000_000);
    const elements = [
      ...instanceElements(),
      { tag: '00420011', value: document },
      { tag: '00420012', value: 'application/pdf' },
    ];
    const bytes = buildPart10({ elements });
    for (const header of [read(bytes, 70_001), await readFrom(bytes)]) {
      expect(header.dataSet.get('00420011')).toMatchObject({ length: 3_000_000 });
      expect(header.dataSet.get('00420011')!.value).toBeUndefined();
      expect(text(header, '00420012')).toBe('application/pdf');
    }
    expect(read(bytes, 1000, { maximumValueBytes: 4 }).dataSet.get('00100010')!.value).toBeUndefined();
  });

  it('headers past the bound, and sequences nested too deeply, are refused', () => {
    const many = Array.from({ length: 500 }, (_, at) => ({
      tag: `0009${(0x1000 + at).toString(16)}`,
      vr: 'LO',
      value: 'x'.repeat(60),
    }));
    expect(failure(buildPart10({ elements: instanceElements(many) }), { maximumHeaderBytes: 50_000 })).toBe(
      'too-large',
    );
    const nested = (depth: number): BuildElement[] => [
      { tag: 'ProcedureCodeSequence', length: -1, value: depth > 0 ? [nested(depth - 1)] : [] },
    ];
    expect(failure(buildPart10({ elements: instanceElements(nested(98)) }))).toBe('none');
    expect(failure(buildPart10({ elements: instanceElements(nested(120)) }))).toBe('damaged');
  });

  it('nesting without an end neither overflows the stack nor takes long', () => {
    const opening = Buffer.from('08003210ffffffff' + 'feff00e0ffffffff', 'hex');
    const bytes = Buffer.concat([
      buildDataSet(instanceElements(), { explicitVR: false }),
      ...Array<Buffer>(50_000).fill(opening),
    ]);
    expect(failure(bytes)).toBe('damaged');
    expect(failure(bytes, { maximumDepth: 1e9, maximumHeaderBytes: 2e6 })).toBe('too-large');
  });

  it('a deflate bomb in the pixel data is not kept, and stopped', () => {
    const elements = instanceElements([{ tag: 'PixelData', value: new Uint8Array(16) }]);
    const dataSet = buildDataSet(elements);
    dataSet.writeUInt32LE(120_000_000, dataSet.length - 20);
    const body = deflateRawSync(Buffer.concat([dataSet, Buffer.alloc(120_000_000 - 16)]));
    const head = fileMetaInformation({
      TransferSyntaxUID: '1.2.840.10008.1.2.1.99',
      SOPClassUID: '1',
      SOPInstanceUID: '2',
    });
    const before = process.memoryUsage().arrayBuffers;
    expect(failure(Buffer.concat([head, body]))).toBe('too-large');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(90_000_000);
  });

  it('a 40 MB image in 128 KB chunks adds next to nothing to the memory', () => {
    const head = buildPart10({ elements: image }).subarray(0, -20);
    const reader = createHeaderReader();
    reader.write(Buffer.concat([head, length32(320 * 131_072)]));
    const chunk = new Uint8Array(131_072);
    const before = process.memoryUsage().arrayBuffers;
    for (let at = 0; at < 320; at++) reader.write(chunk);
    expect(reader.end().pixelData!.length).toBe(320 * 131_072);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });
});

describe('refused', () => {
  it('what is no DICOM', () => {
    const noise = Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 7919 + (at >> 3)) & 255));
    const others = [
      Buffer.alloc(0),
      Buffer.from('hello'),
      Buffer.from('Dear reader, '.repeat(50)),
      Buffer.alloc(128),
      noise,
    ];
    for (const bytes of others) expect(failure(bytes)).toBe('not-dicom');
    expect(failure(Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]))).toBe('not-dicom');
  });

  it('what is cut off anywhere', async () => {
    const bytes = buildPart10({ elements: image });
    const { dataSetOffset } = read(bytes);
    const ends = new Set(image.map((_, count) => dataSetOffset + buildDataSet(image.slice(0, count)).length));
    for (let end = 150; end < bytes.length; end++)
      // Between two elements of the top level nothing tells that more should come.
      if (!ends.has(end) && end > dataSetOffset + 8)
        expect([end, failure(bytes.subarray(0, end))]).toEqual([end, 'truncated']);
    await expect(readFrom(bytes.subarray(0, -1))).rejects.toMatchObject({ code: 'truncated' });
    await expect(readFrom(bytes.subarray(0, 300))).rejects.toMatchObject({ code: 'truncated' });
  });

  it('what is deflated and cut off or changed', () => {
    const bytes = buildPart10({ elements: image, deflate: true });
    expect(failure(bytes.subarray(0, -3))).toBe('truncated');
    const changed = Buffer.from(bytes);
    changed.fill(0xff, bytes.length - 120, bytes.length - 60);
    expect(['damaged', 'truncated']).toContain(failure(changed));
  });

  it('lengths that cannot be', () => {
    const with_ = (element: BuildElement) => failure(buildPart10({ elements: instanceElements([element]) }));
    const item = buildDataSet([{ tag: 'CodeValue', value: 'C1', length: 900 }]);
    const tooLong = Buffer.concat([Buffer.from('feff00e0', 'hex'), length32(item.length), item]);
    expect(with_({ tag: 'ProcedureCodeSequence', value: tooLong })).toBe('damaged');
    const badItem = Buffer.concat([Buffer.from('feff00e0', 'hex'), length32(5000), item]);
    expect(with_({ tag: 'ProcedureCodeSequence', value: badItem })).toBe('damaged');
    expect(with_({ tag: 'PixelData', value: new Uint8Array(16), length: 0xffff_fffe })).toBe('truncated');
    expect(with_({ tag: 'PixelData', value: new Uint8Array(16), length: -1 })).toBe('damaged');
  });

  it('a fault shows before the end, and is thrown there', () => {
    const reader = createHeaderReader();
    reader.write(Buffer.from('Dear reader, '.repeat(50)));
    expect(reader.fault?.code).toBe('not-dicom');
    reader.write(new Uint8Array(10));
    expect(() => reader.end()).toThrow('This is not a DICOM file.');
  });
});
