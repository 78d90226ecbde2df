import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DicomJson } from '#main/dicom/dicom-json.ts';
import { dicomJsonText, toDicomJson } from '#main/dicom/dicom-json.ts';
import { createHeaderReader } from '#main/dicom/header-reader.ts';
import type { BuildElement, BuildEncoding } from '../support/build-data-set.ts';
import { buildPart10, instanceElements } from '../support/build-data-set.ts';
import { corpus, corpusPath, hasSharedData, sharedDataNote } from '../support/shared-data.ts';

function headerOf(bytes: Uint8Array) {
  const reader = createHeaderReader();
  reader.write(bytes);
  return reader.end();
}

const json = (more: readonly BuildElement[], encoding: BuildEncoding = {}) =>
  toDicomJson(headerOf(buildPart10({ elements: instanceElements(more), ...encoding })), {
    bulkDataURI: (path) => `bulk/${path}`,
  });

describe('the DICOM JSON Model', () => {
  it('has the types of each VR', () => {
    const found = json([
      { tag: 'SpecificCharacterSet', value: 'ISO_IR 192' },
      { tag: 'PatientName', value: 'Wang^XiaoDong=王^小東' },
      { tag: 'PatientSex', value: '' },
      { tag: 'ImageType', value: 'ORIGINAL\\\\AXIAL' },
      { tag: 'PixelSpacing', value: '0.5\\1,5' },
      { tag: 'InstanceNumber', value: ' 12 ' },
      { tag: 'FrameIncrementPointer', value: Buffer.from('18006310', 'hex') },
      { tag: 'Rows', value: 512 },
      { tag: '00091001', vr: 'FD', value: [Number.NaN, 0.25] },
      { tag: '00091002', vr: 'UV', value: [2 ** 60, 5] },
      { tag: '00091003', vr: 'UN', value: new Uint8Array([1, 2]) },
      { tag: '00080000', vr: 'UL', value: 100 },
    ]);
    expect(found).toMatchObject({
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Wang^XiaoDong', Ideographic: '王^小東' }] },
      '00100040': { vr: 'CS' },
      '00080008': { vr: 'CS', Value: ['ORIGINAL', null, 'AXIAL'] },
      '00280030': { vr: 'DS', Value: [0.5, '1,5'] },
      '00200013': { vr: 'IS', Value: [12] },
      '00280009': { vr: 'AT', Value: ['00181063'] },
      '00280010': { vr: 'US', Value: [512] },
      '00091001': { vr: 'FD', Value: ['NaN', 0.25] },
      '00091002': { vr: 'UV', Value: ['1152921504606846976', 5] },
      '00091003': { vr: 'UN', InlineBinary: 'AQI=' },
    });
    expect(found['00100040']).toEqual({ vr: 'CS' });
    expect(Object.keys(found).filter((tag) => tag.startsWith('0002') || tag.endsWith('0000'))).toEqual([]);
  });

  it('has sequences, and bulk data by the path to them', () => {
    const found = json([
      { tag: 'ReferencedImageSequence', value: [] },
      { tag: 'ProcedureCodeSequence', value: [[], [{ tag: 'ICCProfile', value: new Uint8Array(2000) }]] },
      { tag: 'PixelData', value: new Uint8Array(8) },
    ]);
    expect(found['00081140']).toEqual({ vr: 'SQ' });
    expect(found['00081032']).toEqual({
      vr: 'SQ',
      Value: [{}, { '00282000': { vr: 'OB', BulkDataURI: 'bulk/00081032/2/00282000' } }],
    });
    expect(found['7FE00010']).toEqual({ vr: 'OW', BulkDataURI: 'bulk/7FE00010' });
  });

  it('gives binary words in little endian, whatever they came in', () => {
    const words: BuildElement[] = [{ tag: 'RedPaletteColorLookupTableData', vr: 'OW', value: [1, 0x0203] }];
    const expected = { vr: 'OW', InlineBinary: Buffer.from([1, 0, 3, 2]).toString('base64') };
    expect(json(words)['00281201']).toEqual(expected);
    expect(json(words, { littleEndian: false })['00281201']).toEqual(expected);
  });

  it('is written in the order of the tags, at every level', () => {
    const found = json([
      { tag: '10010010', vr: 'LO', value: 'x' },
      {
        tag: 'ProcedureCodeSequence',
        value: [
          [
            { tag: '20010010', vr: 'LO', value: 'y' },
            { tag: 'CodeValue', value: 'z' },
          ],
        ],
      },
    ]);
    const written = dicomJsonText(found);
    expect(JSON.parse(written)).toEqual(found);
    const tags = [...written.matchAll(/"([0-9A-F]{8})":/g)].map(([, tag]) => tag);
    expect(tags).toEqual(['00080016', '00080018', '00080060', '00081032', '00080100', '20010010', ...tags.slice(6)]);
    expect(tags.slice(6)).toEqual(tags.slice(6).toSorted());
  });
});

const hasDcm2json = spawnSync('dcm2json', ['--version']).error === undefined;

/** Both as one form: numbers to six digits, since DS may be a text or a number; private VRs and bulk data are not compared. */
function comparable(data: DicomJson): unknown {
  const number = (value: unknown) =>
    value !== '' && !Number.isNaN(Number(value)) ? Number(Number(value).toPrecision(6)) : String(value).trim();
  const plain = (value: unknown): unknown => (value === null || typeof value === 'object' ? value : number(value));
  return Object.keys(data)
    .toSorted()
    .filter((tag) => tag !== '00080005' && !/^...[13579BDF]|0000$|^FFFC/.test(tag) && !data[tag]!.BulkDataURI)
    .map((tag) => {
      const { vr, Value = [], InlineBinary } = data[tag]!;
      return [
        tag,
        vr,
        InlineBinary,
        Value.map((one) => (vr === 'SQ' ? comparable((one ?? {}) as DicomJson) : plain(one))),
      ];
    });
}

describe.skipIf(!hasSharedData || !hasDcm2json)(
  `against DCMTK's dcm2json${sharedDataNote}${hasDcm2json ? '' : ' (left out: dcm2json is not here)'}`,
  () => {
    // DCMTK has UN for what we look up otherwise, or declares less than is there.
    const known = /rtimage_varian|RDSR|chrSQ|charsets\/|HP|hanging/;
    const files = corpus.filter(
      ({ kind, path, size }) => !kind && !path.startsWith('broken') && !known.test(path) && size < 400_000,
    );

    it('the same attributes, VRs and values', () => {
      let compared = 0;
      for (const file of files.filter((_, index) => index % 5 === 0)) {
        const { status, stdout } = spawnSync('dcm2json', ['-q', corpusPath(file)], {
          maxBuffer: 1e8,
          encoding: 'utf8',
        });
        if (status !== 0) continue;
        const ours = toDicomJson(headerOf(readFileSync(corpusPath(file))), { bulkDataURI: String, inlineBytes: 1e6 });
        expect([file.path, comparable(ours)]).toEqual([file.path, comparable(withoutPixels(JSON.parse(stdout)))]);
        compared++;
      }
      expect(compared).toBeGreaterThan(40);
    });
  },
);

function withoutPixels(data: DicomJson): DicomJson {
  return Object.fromEntries(Object.entries(data).filter(([tag]) => !tag.startsWith('7FE0')));
}

it.skipIf(!hasDcm2json)('what we write ourselves is read alike by dcm2json', () => {
  const file = buildPart10({ elements: instanceElements([{ tag: 'WindowCenter', value: '40' }]) });
  const theirs = JSON.parse(execFileSync('dcm2json', ['-q', '-'], { input: file, encoding: 'utf8' })) as DicomJson;
  expect(comparable(toDicomJson(headerOf(file)))).toEqual(comparable(theirs));
});
