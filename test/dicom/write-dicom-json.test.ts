import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DicomJson } from '#main/dicom/dicom-json.ts';
import { toDicomJson } from '#main/dicom/dicom-json.ts';
import { createHeaderReader } from '#main/dicom/header-reader.ts';
import { fileMetaInformation } from '#main/dicom/part10.ts';
import { readDataSet } from '#main/dicom/read-data-set.ts';
import { text } from '#main/dicom/read-values.ts';
import { chooseCharacterSet } from '#main/dicom/choose-character-set.ts';
import { writeDicomJson } from '#main/dicom/write-dicom-json.ts';
import { corpus, corpusPath, hasSharedData, sharedDataNote } from '../support/shared-data.ts';

const implicit = '1.2.840.10008.1.2';
const explicit = '1.2.840.10008.1.2.1';
const deflated = '1.2.840.10008.1.2.1.99';
const bigEndian = '1.2.840.10008.1.2.2';
const syntaxes = [
  ['implicit', implicit],
  ['explicit', explicit],
  ['deflated', deflated],
  ['big endian', bigEndian],
] as const;

const utf8 = ['ISO_IR 192'];
const write = (json: DicomJson, TransferSyntaxUID = explicit, SpecificCharacterSet: readonly string[] = utf8) =>
  writeDicomJson(json, { TransferSyntaxUID, SpecificCharacterSet });
const fault = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return String((error as { code?: string }).code ?? error);
  }
  return 'none';
};

const everything: DicomJson = {
  '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
  '00080008': { vr: 'CS', Value: ['ORIGINAL', null, 'AXIAL'] },
  '00080018': { vr: 'UI', Value: ['1.2.3'] },
  '00081140': { vr: 'SQ' },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Jörg', Phonetic: 'x' }, { Alphabetic: 'B' }] },
  '00100040': { vr: 'CS' },
  '00102000': { vr: 'LO', Value: [' leading'.trim(), 'b'] },
  '00189346': { vr: 'SQ', Value: [{ '00080100': { vr: 'SH', Value: ['é'] } }, {}] },
  '00200013': { vr: 'IS', Value: [12] },
  '00280009': { vr: 'AT', Value: ['00181063', '00181065'] },
  '00280010': { vr: 'US', Value: [512] },
  '00280030': { vr: 'DS', Value: [0.5, 1e-20, -12.25] },
  '00281101': { vr: 'US', Value: [65_535, 0, 16] },
  '00400244': { vr: 'DA', Value: ['20240229'] },
  '00400100': {
    vr: 'SQ',
    Value: [
      {
        '00400001': { vr: 'AE', Value: ['CT1'] },
        '00400008': { vr: 'SQ', Value: [{ '00080104': { vr: 'LO', Value: ['Größe'] } }] },
      },
    ],
  },
  '00189074': { vr: 'DT', Value: ['20240229120000+0100'] },
  '00181060': { vr: 'DS', Value: ['1.0'].map(Number) },
  '00189087': { vr: 'FD', Value: [0.1, 'NaN', '-Infinity'] },
  '00281201': { vr: 'OW', InlineBinary: Buffer.from([1, 2, 3, 4]).toString('base64') },
  '00420011': { vr: 'OB', InlineBinary: Buffer.from([1, 2, 3, 4]).toString('base64') },
  '00080120': { vr: 'UR', Value: ['http://a/b?c\\d'] },
  '00082112': { vr: 'SQ', Value: [{ '00081150': { vr: 'UI', Value: ['1.2', '1.3'] } }] },
  '00340007': { vr: 'OB', InlineBinary: 'AAE=' },
};

describe('a data set of the DICOM JSON Model', () => {
  it.each(syntaxes)('is written and read again without a change: %s', (_, syntax) => {
    expect(toDicomJson(readDataSet(write(everything, syntax), syntax))).toEqual(everything);
  });

  it('has the bytes of PS3.5 7.1: rising tags, even lengths, NUL behind UIDs', () => {
    const json = {
      '00100020': { vr: 'LO', Value: ['A'] },
      '00080018': { vr: 'UI', Value: ['1.2.3'] },
      '00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1'] } }] },
    };
    const item = '\xfe\xff\x00\xe0\x0a\x00\x00\x00\x08\x00\x55\x11UI\x02\x001\0';
    expect(write(json, explicit, []).toString('latin1')).toBe(
      `\x08\x00\x18\x00UI\x06\x001.2.3\0\x08\x00\x40\x11SQ\0\0\x12\0\0\0${item}\x10\0\x20\0LO\x02\0A `,
    );
    expect(write(json, implicit, []).toString('latin1')).toBe(
      `\x08\x00\x18\x00\x06\0\x00\x001.2.3\0\x08\x00\x40\x11\x12\0\0\0${item.replace('UI\x02\0', '\x02\0\0\0')}\x10\0\x20\0\x02\0\0\0A `,
    );
  });

  it('says the character set in which its texts are, once', () => {
    const json = {
      '00400100': {
        vr: 'SQ',
        Value: [{ '00080005': { vr: 'CS', Value: ['X'] }, '00080104': { vr: 'LO', Value: ['ö'] } }],
      },
    };
    const bytes = write(json, explicit, ['ISO_IR 100']).toString('latin1');
    expect(bytes).toBe(
      '\x08\0\x05\0CS\x0a\0ISO_IR 100\x40\0\x00\x01SQ\0\0\x12\0\0\0\xfe\xff\0\xe0\x0a\0\0\0\x08\0\x04\x01LO\x02\0\xf6 ',
    );
    expect(write({}, explicit, []).length).toBe(0);
    expect(write({}, explicit, ['']).length).toBe(0);
  });

  it('writes numbers as decimals of at most 16 characters', () => {
    const json = {
      '00280030': {
        vr: 'DS',
        Value: [0.1 + 0.2, 1 / 3, -1.234_567_890_123e-100, 1.234_567_890_123_45e19, '007.50'],
      },
    };
    const values = text(readDataSet(write(json), explicit), '00280030')!.split('\\');
    expect(values).toEqual(['0.3', '0.33333333333333', '-1.23456789e-100', '1.2345678901e+19', '007.50']);
    expect(values.every((value) => value.length <= 16)).toBe(true);
  });

  it('writes what is too long for its VR as UN', () => {
    const json = { '00102000': { vr: 'LO', Value: ['x'.repeat(70_001)] } };
    const bytes = write(json);
    expect(bytes.toString('latin1', bytes.indexOf('ISO_IR') + 10, bytes.indexOf('ISO_IR') + 16)).toBe('\x10\0\0\x20UN');
    expect(toDicomJson(readDataSet(bytes, explicit))).toMatchObject(json);
    expect(toDicomJson(readDataSet(write(json, implicit), implicit))).toMatchObject(json);
  });

  it('finds the VR where none is given, and drops what no data set holds', () => {
    const json = {
      '00100020': { Value: ['A'] },
      '00020010': { vr: 'UI', Value: ['1'] },
      '00080000': { vr: 'UL', Value: [1] },
    };
    expect(toDicomJson(readDataSet(write(json as unknown as DicomJson, explicit, []), explicit))).toEqual({
      '00100020': { vr: 'LO', Value: ['A'] },
    });
  });

  let nested: DicomJson = {};
  for (let depth = 0; depth < 60; depth++) nested = { '00081140': { vr: 'SQ', Value: [nested] } };
  it.each([
    ['a tag that is none', { ABC: { vr: 'LO' } }, 'bad-request'],
    ['an item as element', { FFFEE000: { vr: 'SQ' } }, 'bad-request'],
    ['a VR that is none', { '00100020': { vr: 'XX', Value: ['A'] } }, 'bad-request'],
    ['an unknown tag without a VR', { '00110020': { Value: ['A'] } }, 'bad-request'],
    ['a value that is no list', { '00100020': { vr: 'LO', Value: 'A' } }, 'bad-request'],
    ['an object for a text', { '00100020': { vr: 'LO', Value: [{}] } }, 'bad-request'],
    ['a name of no form', { '00100010': { vr: 'PN', Value: [{ Alphabetic: 1 }] } }, 'bad-request'],
    ['a number out of range', { '00280010': { vr: 'US', Value: [70_000] } }, 'bad-request'],
    ['a fraction for a whole number', { '00280010': { vr: 'US', Value: [1.5] } }, 'bad-request'],
    ['a text for a number', { '00189087': { vr: 'FD', Value: ['x'] } }, 'bad-request'],
    ['an item that is no data set', { '00081140': { vr: 'SQ', Value: ['x'] } }, 'bad-request'],
    ['a value only pointed to', { '00281201': { vr: 'OW', BulkDataURI: 'http://x' } }, 'bad-request'],
    ['binary that is not base64', { '00281201': { vr: 'OW', InlineBinary: '*' } }, 'bad-request'],
    ['deep nesting', nested, 'bad-request'],
  ])('refuses %s', (_, json, code) => expect(fault(() => write(json as unknown as DicomJson))).toBe(code));

  it('is not written in a syntax for pixels', () =>
    expect(fault(() => write({}, '1.2.840.10008.1.2.4.50'))).toBe('unsupported'));
});

describe('a bare data set', () => {
  const sample = write(everything);

  it('may be empty, padded with zeros, or explicit where implicit was said', () => {
    expect(readDataSet(new Uint8Array(0), explicit).dataSet.size).toBe(0);
    expect(readDataSet(new Uint8Array(0), deflated).dataSet.size).toBe(0);
    const padded = Buffer.concat([sample, Buffer.alloc(2)]);
    expect(toDicomJson(readDataSet(padded, explicit))).toEqual(everything);
    const header = readDataSet(sample, implicit);
    expect(header.TransferSyntaxUID).toBe(explicit);
    expect(toDicomJson(header)).toEqual(everything);
  });

  it('keeps its byte order whatever its first group is', () => {
    const json = { '04000100': { vr: 'UI', Value: ['1.2'] } };
    for (const [, syntax] of syntaxes) expect(toDicomJson(readDataSet(write(json, syntax, []), syntax))).toEqual(json);
  });

  it('has sequences and items of undefined length, nested, up to its last byte', () => {
    const bytes = Buffer.from(
      '\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff\x08\0\x55\x11UI\x02\x001\0\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0',
      'latin1',
    );
    const expected = { '00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1'] } }] } };
    expect(toDicomJson(readDataSet(bytes, explicit))).toEqual(expected);
    expect(fault(() => readDataSet(bytes.subarray(0, -8), explicit))).toBe('damaged');
  });

  it('cut anywhere is damaged or shorter, never anything else', () => {
    for (const [, syntax] of syntaxes) {
      const whole = write(everything, syntax);
      for (let length = 0; length < whole.length; length++)
        expect(['none', 'damaged']).toContain(fault(() => readDataSet(whole.subarray(0, length), syntax)));
    }
  });

  it('of noise is damaged or something, within bounds', () => {
    let seed = 1;
    for (let round = 0; round < 2000; round++) {
      const noise = Buffer.from(write(everything, syntaxes[round % 4]![1]));
      for (let change = 0; change < 4; change++) {
        seed = (seed * 48_271) % 0x7fff_ffff;
        noise[seed % noise.length] = seed >> 16;
      }
      expect(['none', 'damaged']).toContain(fault(() => toDicomJson(readDataSet(noise, syntaxes[round % 4]![1]))));
    }
  });

  it('refuses what is too large, inflated or not, and too deep', () => {
    expect(fault(() => readDataSet(new Uint8Array(5 * 1024 * 1024), explicit))).toBe('damaged');
    const large = { '00102000': { vr: 'UT', Value: ['x'.repeat(5_000_000)] } };
    expect(write(large, deflated).length).toBeLessThan(10_000);
    expect(fault(() => readDataSet(write(large, deflated), deflated))).toBe('damaged');
    const open = Buffer.concat(
      Array.from({ length: 100 }, () =>
        Buffer.from('\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff', 'latin1'),
      ),
    );
    expect(fault(() => readDataSet(open, explicit))).toBe('damaged');
  });
});

const hasDcmdump = spawnSync('dcmdump', ['--version']).error === undefined;

describe.skipIf(!hasDcmdump)(`DCMTK reads what we write${hasDcmdump ? '' : ' (left out: dcmdump is not here)'}`, () => {
  let folder = '';
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'chairside-json-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(syntaxes)('%s', async (_, TransferSyntaxUID) => {
    const path = join(folder, 'file.dcm');
    const meta = fileMetaInformation({
      TransferSyntaxUID,
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
      SOPInstanceUID: '1.2.3',
    });
    await writeFile(path, Buffer.concat([meta, write(everything, TransferSyntaxUID)]));
    const { status, stdout, stderr } = spawnSync('dcmdump', ['-q', '+L', path], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('[Müller^Jörg==x\\B]');
    expect(stdout).toContain('65535\\0\\16');
    expect(stdout).toContain('[Größe]');
    expect(stdout).toContain('(0018,1063)\\(0018,1065)');
    expect(stdout).toContain('OW 0201\\0403');
  });
});

describe.skipIf(!hasSharedData)(`headers of the corpus${sharedDataNote}`, () => {
  // Names lose the delimiters at their ends in the model.
  const files = corpus.filter(({ kind, path, size }) => !kind && !path.startsWith('broken') && size < 300_000);

  it.each(syntaxes)('through the JSON Model and back: %s', (_, syntax) => {
    let compared = 0;
    for (const file of files.filter((one, index) => index % 4 === 0 || one.path.startsWith('charsets'))) {
      const reader = createHeaderReader();
      reader.write(readFileSync(corpusPath(file)));
      if (reader.fault) continue;
      const header = reader.end();
      const json = toDicomJson(header, { inlineBytes: 1e6 });
      const set = chooseCharacterSet(json, utf8);
      const again = toDicomJson(readDataSet(write({ '00080005': { vr: 'CS' }, ...json }, syntax, set), syntax), {
        inlineBytes: 1e6,
      });
      const unknownAsUN = syntax === implicit;
      expect([file.path, comparable(again, unknownAsUN)]).toEqual([file.path, comparable(json, unknownAsUN)]);
      compared++;
    }
    expect(compared).toBeGreaterThan(60);
  });
});

/** Without character sets, which items do not repeat, and what has another VR where it is not written: private elements and LUT Data. */
function comparable(json: DicomJson, withoutPrivate: boolean): unknown {
  return Object.entries(json)
    .filter(([tag]) => tag !== '00080005' && (!withoutPrivate || !/^...[13579BDF]|^00283006/.test(tag)))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([tag, { vr, Value, InlineBinary }]) => [
      tag,
      // What may be bytes or words is words in implicit syntaxes, PS3.5 A.1.
      withoutPrivate && vr === 'OB' ? 'OW' : vr,
      InlineBinary,
      // One empty value is none.
      (Value?.length === 1 && Value[0] === null && vr !== 'SQ' ? undefined : Value)?.map((value) =>
        vr === 'SQ' ? comparable(value as DicomJson, withoutPrivate) : vr === 'DS' ? shortened(value) : value,
      ),
    ]);
}

/** Longer decimals than the Standard allows are written with fewer digits. */
const shortened = (value: unknown): unknown => (typeof value === 'number' ? Number(value.toPrecision(8)) + 0 : value);
