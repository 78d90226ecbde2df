/** One matching semantics: what a person types, what C-FIND and QIDO-RS ask, finds the same rows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '#main/store/store.ts';
import type { IndexedKeyword } from '#shared/attributes.ts';
import { parseMatch, type Query } from '#shared/query.ts';
import { inPieces, smallInstance, temporaryFolder } from '../support/instances.ts';
import { collected, openArchive, scanner } from './support.ts';

const people: Partial<Record<IndexedKeyword, string>>[] = [
  {
    PatientName: 'Müller^Anna^Maria',
    PatientID: 'A-100',
    StudyDate: '20240105',
    StudyTime: '101530',
    Modality: 'CT',
    AccessionNumber: 'ACC1',
    StudyDescription: 'DVT Oberkiefer',
    PatientBirthDate: '19800203',
  },
  {
    PatientName: 'Muller^Jean-Luc',
    PatientID: 'A-101',
    StudyDate: '20240220',
    StudyTime: '0930',
    Modality: 'PX',
    AccessionNumber: 'ACC2',
    StudyDescription: 'Panorama',
  },
  {
    PatientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
    PatientID: 'B_7%',
    StudyDate: '20240310',
    StudyTime: '235959',
    Modality: 'US',
    AccessionNumber: 'ACC3',
    StudyDescription: 'Schilddrüse',
  },
  {
    PatientName: 'Łukasz^Żółty',
    PatientID: 'a-100',
    StudyDate: '20231231',
    StudyTime: '000000',
    Modality: 'IO',
    AccessionNumber: '',
    StudyDescription: '100 % *special* [x]',
  },
];
const folder = temporaryFolder();
let store: Store;
beforeAll(async () => {
  store = await openArchive(folder.path);
  for (const [at, person] of people.entries())
    for (const instance of [1, 2])
      await store.receive(
        inPieces(
          smallInstance({
            ...person,
            StudyInstanceUID: `1.7.${at}`,
            SeriesInstanceUID: `1.7.${at}.1`,
            SOPInstanceUID: `1.7.${at}.1.${instance}`,
            InstanceNumber: String(11 - instance * 9),
          }),
        ),
        scanner,
      );
});
afterAll(async () => {
  await store.close();
  folder.remove();
});

/** Accession numbers or, where there is none, the PatientID of the studies found. */
const found = async (query: Partial<Query>): Promise<string[]> =>
  (await store.find({ level: 'STUDY', keys: {}, order: [{ key: 'StudyDate' }], ...query })).map(
    (row) => row.AccessionNumber ?? (row.PatientID as string),
  );
/* Both ways to ask must give the same. */
async function byKey(keyword: IndexedKeyword, text: string): Promise<string[]> {
  const match = parseMatch(keyword, text);
  const query: Query = { level: 'STUDY', keys: match ? { [keyword]: match } : {} };
  const rows = (await collected(store, query)).toSorted((a, b) => ((a.StudyDate ?? '') < (b.StudyDate ?? '') ? -1 : 1));
  const names = rows.map((row) => row.AccessionNumber ?? (row.PatientID as string));
  expect(names).toEqual(await found(query));
  return names;
}

describe('the search box', () => {
  it.each([
    ['anna muller', ['ACC1']],
    ['MÜLLER', ['ACC1', 'ACC2']],
    ['mul jean', ['ACC2']],
    ['太郎', ['ACC3']],
    ['やまだ', ['ACC3']],
    ['tarou 山田', ['ACC3']],
    ['zołty', ['a-100']],
    ['lukasz', ['a-100']],
    ['schilddruse', ['ACC3']],
    ['acc2', ['ACC2']],
    ['b_7%', ['ACC3']],
    ['100 %', ['a-100']],
    ["'; DROP TABLE studies; --", []],
  ])('%s', async (text, expected) => expect(await found({ text })).toEqual(expected));
});

describe('keys', () => {
  it.each<[IndexedKeyword, string, string[]]>([
    ['PatientName', 'müller^anna^maria', ['ACC1']],
    ['PatientName', 'Muller*', ['ACC1', 'ACC2']],
    ['PatientName', 'M?ller^J*', ['ACC2']],
    ['PatientName', '山田*', ['ACC3']],
    ['PatientName', 'Yamada^Tarou', ['ACC3']],
    ['PatientName', 'Yamada', []],
    ['PatientName', '*', ['a-100', 'ACC1', 'ACC2', 'ACC3']],
    ['PatientName', '*üll*', ['ACC1', 'ACC2']],
    ['PatientName', '*ll*', ['ACC1', 'ACC2']],
    ['PatientName', '*郎*', ['ACC3']],
    ['PatientName', 'M?ller^J*n-*c', ['ACC2']],
    ['PatientName', '*^Anna', []],
    ['PatientName', '*^Anna^*', ['ACC1']],
    ['PatientName', '*^Anna*', ['ACC1']],
    ['PatientName', 'Muller^*^Maria', ['ACC1']],
    ['PatientName', 'Muller^Jean-Luc^^', ['ACC2']],
    ['PatientName', 'Muller^Jean-Luc^*', ['ACC2']],
    ['PatientName', 'Muller Anna^Maria', []],
    ['PatientName', 'muller anna maria', ['ACC1']],
    ['PatientName', 'Yamada*=山田*', ['ACC3']],
    ['PatientName', '=山田^太郎', ['ACC3']],
    ['PatientName', '山田*=Yamada*', []],
    ['PatientName', '==やまだ*', ['ACC3']],
    ['PatientName', 'Yamada^Tarou=山田^次郎', []],
    ['PatientName', 'Yamada^Tarou\\Muller^*', ['ACC1', 'ACC2', 'ACC3']],
    ['PatientName', '\u{1F600}*', []],
    ['PatientName', `*${'a*'.repeat(40)}b`, []],
    ['PatientName', 'x'.repeat(20_000), []],
    ['PatientName', `*${'é'.repeat(20_000)}*`, []],
    ['PatientName', '\u0000*"', []],
    ['PatientID', 'a-*', ['a-100', 'ACC1', 'ACC2']],
    ['PatientID', '*-10?', ['a-100', 'ACC1', 'ACC2']],
    ['PatientID', 'A-100\\B_7%', ['a-100', 'ACC1', 'ACC3']],
    ['PatientID', '*-100\\B?7%', ['a-100', 'ACC1', 'ACC3']],
    ['PatientBirthDate', '19800203', ['ACC1']],
    ['NumberOfPatientRelatedStudies', '77', ['a-100', 'ACC1', 'ACC2', 'ACC3']],
    ['PatientID', 'A-100', ['a-100', 'ACC1']],
    ['PatientID', 'B_7%', ['ACC3']],
    ['PatientID', 'B?7%', ['ACC3']],
    ['PatientID', '_-100', []],
    ['StudyDate', '20240105', ['ACC1']],
    ['StudyDate', '20240105-20240220', ['ACC1', 'ACC2']],
    ['StudyDate', '-20231231', ['a-100']],
    ['StudyDate', '20240301-', ['ACC3']],
    ['StudyDate', '2024.01.05', ['ACC1']],
    ['StudyDate', '2024.01.05-2024.02.20', ['ACC1', 'ACC2']],
    ['StudyDate', '20240105-20240105', ['ACC1']],
    ['StudyDate', '20240106-20240219', []],
    ['StudyDate', '-', ['a-100', 'ACC1', 'ACC2', 'ACC3']],
    ['StudyDate', '20240220-20240105', []],
    ['StudyTime', '0930-10', ['ACC1', 'ACC2']],
    ['StudyTime', '09:30:00-10:15:30', ['ACC1', 'ACC2']],
    ['StudyTime', '093000-101530', ['ACC1', 'ACC2']],
    ['StudyTime', '093000.000-101529', ['ACC2']],
    ['StudyTime', '093000.1-101530', ['ACC1']],
    ['StudyTime', '093001-1015', ['ACC1']],
    ['StudyTime', '-092959', ['a-100']],
    ['StudyTime', '000000-000000', ['a-100']],
    ['StudyTime', '235959-', ['ACC3']],
    ['StudyTime', '000000-', ['a-100', 'ACC1', 'ACC2', 'ACC3']],
    ['StudyTime', '093000', []],
    ['StudyTime', '0930', ['ACC2']],
    ['StudyInstanceUID', '1.7.0\\1.7.2', ['ACC1', 'ACC3']],
    ['StudyInstanceUID', '1.7.0,1.7.2', ['ACC1', 'ACC3']],
    ['ModalitiesInStudy', 'US', ['ACC3']],
    ['ModalitiesInStudy', 'US\\CT', ['ACC1', 'ACC3']],
    ['Modality', 'PX', ['ACC2']],
    ['SOPInstanceUID', '1.7.3.1.2', ['a-100']],
    ['StudyDescription', '*[x]', ['a-100']],
    ['StudyDescription', 'dvt*', ['ACC1']],
    ['NumberOfStudyRelatedInstances', '2', ['a-100', 'ACC1', 'ACC2', 'ACC3']],
    ['AccessionNumber', '', ['a-100', 'ACC1', 'ACC2', 'ACC3']],
  ])('%s = %s', async (keyword, text, expected) => expect(await byKey(keyword, text)).toEqual(expected));

  it('with regard to case where asked', async () => {
    const keys = { PatientName: parseMatch('PatientName', 'müller^anna^maria') };
    expect(await found({ keys, caseSensitive: true })).toEqual([]);
    for (const [text, expected] of [
      ['Müller^A*', ['ACC1']],
      ['Muller^*', ['ACC2']],
      ['*A*', ['ACC1']],
      ['*a*', ['a-100', 'ACC1', 'ACC2', 'ACC3']],
      ['yamada^tarou', []],
      ['*=山田*', ['ACC3']],
    ] as const)
      expect(await found({ keys: { PatientName: parseMatch('PatientName', text) }, caseSensitive: true })).toEqual(
        expected,
      );
  });

  it('fuzzy: words in any order, each the beginning of a part', async () => {
    expect(await found({ keys: { PatientName: { kind: 'fuzzy', words: 'ann mul' } } })).toEqual(['ACC1']);
    expect(await found({ keys: { PatientName: { kind: 'fuzzy', words: 'nna' } } })).toEqual([]);
  });
});

describe('rows', () => {
  it('of a lower level carry the levels above and are in the order asked for', async () => {
    const rows = await store.find({
      level: 'IMAGE',
      keys: { AccessionNumber: { kind: 'single', value: 'ACC1' } },
      order: [{ key: 'InstanceNumber' }],
    });
    expect(rows.map((row) => row.InstanceNumber)).toEqual(['-7', '2']);
    expect(rows[0]).toMatchObject({ PatientID: 'A-100', Modality: 'CT', StudyDate: '20240105' });
  });
  it('come in pages without gaps, and are counted without them', async () => {
    const page = (offset: number) => found({ offset, limit: 3, order: [{ key: 'PatientSex' }] });
    expect(new Set([...(await page(0)), ...(await page(3))]).size).toBe(4);
    expect(await store.count({ level: 'STUDY', keys: {}, limit: 1 })).toBe(4);
  });
  it('of the patient level are one a PatientID', async () => {
    expect(await store.count({ level: 'PATIENT', keys: {} })).toBe(4);
    expect(
      await store.find({ level: 'PATIENT', keys: { PatientName: parseMatch('PatientName', 'YAMADA*') } }),
    ).toMatchObject([{ PatientID: 'B_7%' }]);
  });
});
