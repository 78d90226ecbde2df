/** Queries and steps that would cost much: a few bytes that swell, many elements, endless lists are refused; what is used is read. */
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { writeDicomJson } from '#main/dicom/write-dicom-json.ts';
import type { DicomJson } from '#main/dicom/dicom-json.ts';
import { readQuery, readStep } from '#main/dimse/modest-data-set.ts';

const [explicit, deflated] = ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2.1.99'];
const bytesOf = (json: DicomJson): Buffer =>
  writeDicomJson(json, { TransferSyntaxUID: explicit, SpecificCharacterSet: [] });
const uids = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `1.2.840.113619.2.55.3.2831868886.${1_000_000 + at}`);
const manyElements = (count: number): DicomJson =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [(0x1001_0000 + at).toString(16).padStart(8, '0'), { vr: 'LO' }]),
  );

const hostile: Readonly<Record<string, DicomJson>> = {
  'a name of many values': { '00100010': { vr: 'UC', Value: [`A${'\\A'.repeat(1_900_000)}`] } },
  'many UIDs that are none': { '0020000D': { vr: 'UI', Value: Array.from({ length: 100_000 }, () => '1') } },
  'many elements': manyElements(60_000),
};

describe.each(Object.entries(hostile))('%s', (_, json) => {
  it.each([
    ['a query', readQuery],
    ['a step', readStep],
  ] as const)('as %s', (_kind, read) => {
    const bytes = deflateRawSync(bytesOf(json));
    expect(() => read(bytes, deflated)).toThrow(/too l/);
  });
});

it('a query for 10 000 studies, and a step of 4000 images, are read', () => {
  const query = bytesOf({ '0020000D': { vr: 'UI', Value: uids(10_000) } });
  expect(readQuery(query, explicit).dataSet.get('0020000D')?.value?.length).toBeGreaterThan(300_000);
  const images = uids(4000).map((uid) => ({
    '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.6.1'] },
    '00081155': { vr: 'UI', Value: [uid] },
  }));
  const step = bytesOf({ '00400340': { vr: 'SQ', Value: [{ '00081140': { vr: 'SQ', Value: images } }] } });
  expect(readStep(step, explicit).dataSet.get('00400340')?.items?.[0]?.get('00081140')?.items).toHaveLength(4000);
});
