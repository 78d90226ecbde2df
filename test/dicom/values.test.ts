import { describe, expect, it } from 'vitest';
import { createHeaderReader } from '#main/dicom/header-reader.ts';
import { identifiers, indexedValues, number, numbers, sequence, text, texts } from '#main/dicom/values.ts';
import { PacsError } from '#shared/errors.ts';
import type { BuildElement, BuildEncoding } from '../support/build-data-set.ts';
import { buildPart10, instanceElements } from '../support/build-data-set.ts';

function header(elements: readonly BuildElement[], encoding: BuildEncoding = {}) {
  const reader = createHeaderReader();
  reader.write(buildPart10({ elements, ...encoding }));
  return reader.end();
}

const with_ = (...more: BuildElement[]) => header(instanceElements(more));

function code(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof PacsError) return error.code;
    throw error;
  }
  return 'none';
}

describe('text', () => {
  it('is without padding, value by value; leading spaces stay in long texts', () => {
    const found = with_(
      { tag: 'StudyDescription', value: ' words ' },
      { tag: 'ImageType', value: 'ORIGINAL \\ PRIMARY' },
      { tag: 'PatientComments', value: '  two\\lines  ' },
      { tag: 'AccessionNumber', value: 'A\0B\0' },
      { tag: 'StudyID', value: '    ' },
    );
    expect(text(found, '00081030')).toBe('words');
    expect(texts(found, '00080008')).toEqual(['ORIGINAL', 'PRIMARY']);
    expect(text(found, '00080008')).toBe('ORIGINAL\\PRIMARY');
    expect(text(found, '00104000')).toBe('  two\\lines');
    expect(texts(found, '00104000')).toHaveLength(1);
    expect(text(found, '00080050')).toBe('AB');
    expect(text(found, '00200010')).toBe('');
    expect(texts(found, '00200010')).toEqual([]);
    expect(text(found, '00101010')).toBeUndefined();
  });

  it('of binary numbers is decimal, of tags hexadecimal, of bytes none', () => {
    const found = with_(
      { tag: 'Rows', value: 512 },
      { tag: 'FrameIncrementPointer', value: Buffer.from('18006310', 'hex') },
      { tag: 'ICCProfile', value: new Uint8Array(4) },
    );
    expect(text(found, '00280010')).toBe('512');
    expect(text(found, '00280009')).toBe('00181063');
    expect(text(found, '00282000')).toBeUndefined();
  });
});

describe('numbers', () => {
  for (const littleEndian of [true, false])
    it(`of every binary VR, ${littleEndian ? 'little' : 'big'} endian`, () => {
      const cases: [string, string, number[]][] = [
        ['00091001', 'US', [1, 65_535]],
        ['00091002', 'SS', [-2, 32_767]],
        ['00091003', 'UL', [1, 70_000]],
        ['00091004', 'SL', [-70_000]],
        ['00091005', 'FL', [1.5, -0.25]],
        ['00091006', 'FD', [Math.PI]],
        ['00091007', 'UV', [2 ** 40]],
        ['00091008', 'SV', [-(2 ** 40)]],
        ['00091009', 'OW', [1, 2, 3]],
      ];
      const found = header(instanceElements(cases.map(([tag, vr, value]) => ({ tag, vr, value }))), { littleEndian });
      for (const [tag, , value] of cases) expect(numbers(found, tag)).toEqual(value);
    });

  it('of DS and IS, NaN in the place of what is none', () => {
    const found = with_(
      { tag: 'PixelSpacing', value: '0.25\\ 1,5 ' },
      { tag: 'WindowCenter', value: '+40 \\-1.5e2\\.5' },
      { tag: 'NumberOfFrames', value: 'abc' },
      { tag: 'InstanceNumber', value: '0x10' },
    );
    expect(numbers(found, '00280030')).toEqual([0.25, Number.NaN]);
    expect(numbers(found, '00281050')).toEqual([40, -150, 0.5]);
    expect(number(found, '00280008')).toBeUndefined();
    expect(number(found, '00200013')).toBeUndefined();
    expect(numbers(found, '00281051')).toEqual([]);
  });

  it('of US or SS follow PixelRepresentation where the syntax is implicit', () => {
    const elements = (signed: number) =>
      instanceElements([
        { tag: 'PixelRepresentation', value: signed },
        { tag: 'PixelPaddingValue', value: Buffer.from([0, 0x80]) },
      ]);
    expect(number(header(elements(0), { explicitVR: false }), '00280120')).toBe(32_768);
    expect(number(header(elements(1), { explicitVR: false }), '00280120')).toBe(-32_768);
  });
});

it('items of a sequence are read like a header, by its character set', () => {
  const found = with_(
    { tag: 'SpecificCharacterSet', value: 'ISO_IR 192' },
    {
      tag: 'RequestAttributesSequence',
      value: [[{ tag: 'ScheduledProcedureStepDescription', value: 'Röntgen' }], [{ tag: 'Rows', value: 3 }]],
    },
  );
  const [first, second] = sequence(found, '00400275');
  expect(text(first!, '00400007')).toBe('Röntgen');
  expect(number(second!, '00280010')).toBe(3);
  expect(sequence(found, '00081140')).toEqual([]);
});

describe('identifiers', () => {
  it('are without padding; PatientID may be missing, the SOP class may be in the meta information', () => {
    expect(identifiers(with_({ tag: 'PatientID', value: '  X 1  ' }))).toEqual({
      PatientID: 'X 1',
      StudyInstanceUID: '1.2.3.4.1',
      SeriesInstanceUID: '1.2.3.4.2',
      SOPInstanceUID: '1.2.3.4.3',
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
    });
    const bare = instanceElements().filter(({ tag }) => tag !== 'PatientID');
    expect(identifiers(header(bare)).PatientID).toBe('');
    const { dataSet, ...rest } = header(bare);
    const without = new Map([...dataSet].filter(([tag]) => tag !== '00080016'));
    expect(identifiers({ ...rest, dataSet: without }).SOPClassUID).toBe('1.2.840.10008.5.1.4.1.1.7');
  });

  it.each(['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'])('%s must be there, and one', (tag) => {
    const left = instanceElements().filter((element) => element.tag !== tag);
    expect(code(() => identifiers(header(left)))).toBe('missing-identifier');
    expect(code(() => identifiers(with_({ tag, value: '' })))).toBe('missing-identifier');
    for (const value of ['1.2.abc', '../../x', '..', '1.2\\1.3', `1.${'2'.repeat(64)}`])
      expect([value, code(() => identifiers(with_({ tag, value })))]).toEqual([value, 'damaged']);
    expect(code(() => identifiers(with_({ tag, value: '1.2.0033.0' })))).toBe('none');
  });

  it('a table of contents of a disc is told as such', () => {
    const elements = instanceElements([{ tag: 'SOPClassUID', value: '1.2.840.10008.1.3.10' }]);
    expect(() => identifiers(header(elements))).toThrow(/DICOMDIR/);
  });
});

it('hostile lengths are cut in what is indexed', () => {
  const found = with_(
    { tag: 'PatientID', value: 'x'.repeat(60_000) },
    { tag: 'PatientName', value: 'y'.repeat(60_000) },
  );
  expect(identifiers(found).PatientID).toHaveLength(10_240);
  expect(indexedValues(found).PatientName).toHaveLength(10_240);
});

it('indexedValues are the indexed attributes that have a value', () => {
  const found = with_({ tag: 'Rows', value: 7 }, { tag: 'StudyID', value: '' }, { tag: 'WindowCenter', value: '1' });
  expect(indexedValues(found)).toEqual({
    PatientName: 'Test^Patient',
    PatientID: 'T-1',
    StudyInstanceUID: '1.2.3.4.1',
    SeriesInstanceUID: '1.2.3.4.2',
    Modality: 'OT',
    SOPInstanceUID: '1.2.3.4.3',
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
    Rows: '7',
  });
});
