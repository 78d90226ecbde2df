/** Queries over a larger archive: batches, levels, combined dates and times, columns, labels, stopping. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openForWriting } from '#main/store/sqlite/database.ts';
import { createWriter } from '#main/store/sqlite/writer.ts';
import type { CatalogueEntry } from '#main/store/catalogue.ts';
import type { Store } from '#main/store/store.ts';
import type { IndexedKeyword, Level } from '#shared/attributes.ts';
import type { Row } from '#shared/model.ts';
import { parseMatch, type Query } from '#shared/query.ts';
import { temporaryFolder } from '../support/instances.ts';
import { collected, openArchive, scanner } from './support.ts';

const studies = 12_000;
const two = (value: number) => String(value).padStart(2, '0');

/* Study 0 to 11 999: three to a patient, two series in every tenth, days and times in turn. */
function entry(study: number, series: number, instance: number): CatalogueEntry {
  const patient = Math.floor(study / 3);
  const identifiers = {
    PatientID: `P${patient}`,
    StudyInstanceUID: `1.9.${study}`,
    SeriesInstanceUID: `1.9.${study}.${series}`,
    SOPInstanceUID: `1.9.${study}.${series}.${instance}`,
    SOPClassUID: series === 1 ? '1.2.840.10008.5.1.4.1.1.2' : '1.2.840.10008.5.1.4.1.1.7',
  };
  return {
    identifiers,
    values: {
      ...identifiers,
      PatientName: `Person${patient}^Anna`,
      StudyDate: `202401${two(1 + (study % 28))}`,
      StudyTime: `${two(study % 24)}3000`,
      AccessionNumber: `A${study}`,
      StudyDescription: study % 2 ? 'left' : 'right',
      Modality: series === 1 ? 'CT' : 'OT',
      SeriesDescription: series === 1 ? 'axial' : 'report',
      SeriesNumber: String(series),
      InstanceNumber: String(instance),
    },
    place: { bucket: 0, name: `${study}-${series}-${instance}` },
    size: 1,
    digest: new Uint8Array(32),
    TransferSyntaxUID: '1.2.840.10008.1.2.1',
    NumberOfFrames: 1,
    receivedAt: 1,
    origin: scanner,
    label: study % 100 === 0 ? 'CLINIC-2' : undefined,
  };
}

const folder = temporaryFolder();
let store: Store;
beforeAll(async () => {
  await (await openArchive(folder.path)).close();
  const database = openForWriting(join(folder.path, 'catalogue.sqlite'));
  const writer = createWriter(database);
  const all = Array.from({ length: studies }, (_, study) => [
    entry(study, 1, 1),
    entry(study, 1, 2),
    ...(study % 10 === 0 ? [entry(study, 2, 1)] : []),
  ]).flat();
  for (let at = 0; at < all.length; at += 500) writer.add(all.slice(at, at + 500), 'Never');
  writer.settle(1000);
  database.close();
  store = await openArchive(folder.path);
});
afterAll(async () => {
  await store.close();
  folder.remove();
});

const keysOf = (texts: Partial<Record<IndexedKeyword, string>>): Query['keys'] =>
  Object.fromEntries(
    Object.entries(texts).flatMap(([keyword, text]) => {
      const match = parseMatch(keyword, text);
      return match ? [[keyword, match]] : [];
    }),
  );

async function ask(
  level: Level,
  texts: Partial<Record<IndexedKeyword, string>>,
  more: Partial<Query> = {},
): Promise<Row[]> {
  const query: Query = { level, keys: keysOf(texts), ...more };
  const rows = await collected(store, query);
  const { limit: _, ...whole } = query;
  if (query.limit === undefined) expect(rows.length).toBe(await store.count(whole));
  return rows;
}

const numbers = (rows: readonly Row[]) =>
  rows.map((row) => Number(row.StudyInstanceUID?.slice(4))).sort((a, b) => a - b);
const every = (test: (study: number) => boolean) => Array.from({ length: studies }, (_, at) => at).filter(test);

describe('findEach', () => {
  it('gives every row once, in small batches', async () => {
    const seen = new Set<string>();
    for await (const rows of store.findEach({ level: 'STUDY', keys: {}, fields: ['StudyInstanceUID'] })) {
      expect(rows.length).toBeLessThanOrEqual(200);
      for (const row of rows) seen.add(row.StudyInstanceUID as string);
    }
    expect(seen.size).toBe(studies);
  });

  it('stops at the limit', async () => {
    expect(await ask('STUDY', {}, { limit: 450 })).toHaveLength(450);
    expect(await ask('STUDY', {}, { limit: 0 })).toHaveLength(0);
  });

  it('stops at once when aborted, and leaves nothing behind', async () => {
    const controller = new AbortController();
    let rows = 0;
    for await (const batch of store.findEach({ level: 'IMAGE', keys: {} }, controller.signal)) {
      rows += batch.length;
      controller.abort();
    }
    expect(rows).toBeLessThanOrEqual(200);
    expect(await collected(store, { level: 'STUDY', keys: {} }, AbortSignal.abort())).toEqual([]);
  });

  it.each<[string, Level, Partial<Record<IndexedKeyword, string>>, number]>([
    ['a unique key', 'STUDY', { StudyInstanceUID: '1.9.77' }, 1],
    ['a few days', 'STUDY', { StudyDate: '20240101-20240103' }, every((at) => at % 28 < 3).length],
    ['more days than are few', 'STUDY', { StudyDate: '20240101-20240120' }, every((at) => at % 28 < 20).length],
    [
      'a day and a fragment',
      'STUDY',
      { StudyDate: '20240101', PatientName: '*rson2*' },
      every((at) => at % 28 === 0 && String(Math.floor(at / 3)).startsWith('2')).length,
    ],
    ['many days, and no end', 'STUDY', { StudyDate: '20240102-' }, every((at) => at % 28 > 0).length],
    [
      'many days at series level',
      'SERIES',
      { StudyDate: '-20240127', Modality: 'OT' },
      every((at) => at % 28 < 27 && at % 10 === 0).length,
    ],
    ['a text without an index', 'STUDY', { StudyDescription: 'l*' }, studies / 2],
    ['a fragment that all have', 'STUDY', { PatientName: '*erson*' }, studies],
    ['a fragment that few have', 'STUDY', { PatientName: '*rson399^*' }, 3],
    ['a fragment at patient level', 'PATIENT', { PatientName: '*son39*' }, 111],
    ['a fragment of the study at patient level', 'PATIENT', { PatientName: '*anna', AccessionNumber: '*1199?' }, 4],
    ['all patients', 'PATIENT', {}, studies / 3],
    ['days at patient level', 'PATIENT', { StudyDate: '20240101-20240128' }, studies / 3],
    ['a series key at study level', 'STUDY', { Modality: 'OT' }, studies / 10],
    ['an image key at patient level', 'PATIENT', { SOPInstanceUID: '1.9.9.1.2' }, 1],
    ['a study key at image level', 'IMAGE', { AccessionNumber: 'A20' }, 3],
    ['a patient key at image level', 'IMAGE', { PatientID: 'P0' }, 7],
    ['a patient key at series level', 'SERIES', { PatientName: 'Person0^*', Modality: 'CT' }, 3],
    ['what nobody has', 'STUDY', { PatientName: '*nobody*' }, 0],
  ])('%s', async (_, level, texts, expected) => expect(await ask(level, texts)).toHaveLength(expected));

  it('takes lists of UIDs by the thousand', async () => {
    const values = Array.from({ length: 5000 }, (_, at) => `1.9.${at * 2 + 1}`);
    expect(await ask('STUDY', { StudyInstanceUID: values.join('\\') })).toHaveLength(5000);
    const more = Array.from({ length: 30_000 }, (_, at) => `1.9.${at}.1.1`);
    expect(await ask('IMAGE', { SOPInstanceUID: more.join('\\') })).toHaveLength(studies);
    const numbers = Array.from({ length: 3000 }, (_, at) => `a${at}`);
    expect(await ask('STUDY', { AccessionNumber: numbers.join('\\') })).toHaveLength(3000);
    const patterns = Array.from({ length: 100 }, (_, at) => `?${at}`).join('\\');
    expect(await ask('STUDY', { AccessionNumber: patterns })).toHaveLength(100);
    await expect(ask('STUDY', { AccessionNumber: `${patterns}\\${patterns}\\?` })).rejects.toThrow(/too long/);
  });

  it('wants keys of a lower level to fit one and the same entity', async () => {
    expect(await ask('STUDY', { Modality: 'OT', SeriesDescription: 'report' })).toHaveLength(studies / 10);
    expect(await ask('STUDY', { Modality: 'CT', SeriesDescription: 'report' })).toHaveLength(0);
    expect(await ask('PATIENT', { AccessionNumber: 'A1', Modality: 'OT' })).toHaveLength(0);
    expect(await ask('STUDY', { Modality: 'OT', InstanceNumber: '2' })).toHaveLength(0);
  });

  it('lets quick questions pass a long one', async () => {
    let isOver = false;
    const long = (async () => {
      for await (const _ of store.findEach({ level: 'IMAGE', keys: {} }));
      isOver = true;
    })();
    for (let at = 0; at < 5; at++) expect(await ask('STUDY', { AccessionNumber: `A${at}` })).toHaveLength(1);
    const passed = !isOver;
    await long;
    expect(passed).toBe(true);
  });
});

describe('a date and a time as one', () => {
  const asked = async (StudyDate: string, StudyTime: string, combined = true) =>
    numbers(await ask('STUDY', { StudyDate, StudyTime }, { combined }));
  const at = (study: number) => (study % 28) * 24 + (study % 24);

  it('go from the first time of the first day to the last of the last', async () => {
    const expected = every((study) => at(study) >= 1 * 24 + 12 && at(study) <= 3 * 24 + 5);
    expect(await asked('20240102-20240104', '1200-0530')).toEqual(expected);
    expect(await asked('20240102-20240104', '123000-053000')).toEqual(expected);
  });
  it('are two ranges where that was not agreed on', async () =>
    expect(await asked('20240102-20240104', '12-18', false)).toEqual(
      every((study) => study % 28 >= 1 && study % 28 <= 3 && study % 24 >= 12 && study % 24 <= 18),
    ));
  it('may be open at either end, and of one day', async () => {
    expect(await asked('20240127-', '2000-')).toEqual(every((study) => at(study) >= 26 * 24 + 20));
    expect(await asked('-20240102', '-0330')).toEqual(every((study) => at(study) <= 24 + 3));
    expect(await asked('20240102', '10-12')).toEqual(
      every((study) => study % 28 === 1 && study % 24 >= 10 && study % 24 <= 12),
    );
    expect(await asked('20240102-20240104', '1231-')).toEqual(every((study) => at(study) > 24 + 12 && study % 28 <= 3));
  });
});

describe('columns', () => {
  it('are those that are asked for', async () => {
    const [row] = await ask('STUDY', { AccessionNumber: 'A5' }, { fields: ['PatientID', 'StudyDate', 'Modality'] });
    expect(row).toEqual({ PatientID: 'P1', StudyDate: '20240106' });
  });
  it('count what a patient has when asked for it', async () => {
    const fields = [
      'NumberOfPatientRelatedStudies',
      'NumberOfPatientRelatedSeries',
      'NumberOfPatientRelatedInstances',
    ] as const;
    const expected = {
      NumberOfPatientRelatedStudies: '3',
      NumberOfPatientRelatedSeries: '4',
      NumberOfPatientRelatedInstances: '7',
    };
    for (const level of ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'] as const) {
      const [row] = await ask(level, { PatientID: 'P0' }, { fields });
      expect(row).toEqual(expected);
    }
    const [whole] = await ask('PATIENT', { PatientID: 'P0' });
    expect(whole).not.toHaveProperty('NumberOfPatientRelatedStudies');
  });
});

describe('a label', () => {
  const label = 'CLINIC-2';
  it('narrows queries of all levels', async () => {
    expect(numbers(await ask('STUDY', {}, { label }))).toEqual(every((study) => study % 100 === 0));
    expect(await ask('PATIENT', {}, { label })).toHaveLength(studies / 100);
    expect(await ask('IMAGE', {}, { label })).toHaveLength((studies / 100) * 3);
    expect(await ask('STUDY', { AccessionNumber: 'A1' }, { label })).toEqual([]);
    expect(await ask('STUDY', {}, { label: "x' OR '1" })).toEqual([]);
  });
  it('hides other studies from the counts', async () => {
    const [row] = await ask('PATIENT', { PatientID: 'P0' }, { label, fields: ['NumberOfPatientRelatedStudies'] });
    expect(row).toEqual({ NumberOfPatientRelatedStudies: '1' });
  });
  it('narrows files', async () => {
    expect(await store.files({ PatientID: 'P0' })).toHaveLength(7);
    expect(await store.files({ PatientID: 'P0', label })).toHaveLength(3);
  });
});

describe('files', () => {
  it('of lists', async () => {
    const uids = ['1.9.5.1.1', '1.9.7.1.2', '1.9.7.1.9'];
    expect((await store.files({ SOPInstanceUID: uids })).map((file) => file.SOPInstanceUID).sort()).toEqual(
      uids.slice(0, 2),
    );
    expect(await store.files({ PatientID: ['P0', 'P2', 'nobody'] })).toHaveLength(13);
    expect(
      await store.files({ StudyInstanceUID: ['1.9.0', '1.9.1'], SeriesInstanceUID: ['1.9.0.1', '1.9.9.1'] }),
    ).toHaveLength(2);
    expect(await store.files({ SOPInstanceUID: [] })).toEqual([]);
    const many = Array.from({ length: 20_000 }, (_, at) => `1.9.${at}.1.1`);
    expect(await store.files({ SOPInstanceUID: many })).toHaveLength(studies);
  });
});
