/** The questions that the window asks the archive, as queries. */
import type { CheckedInput, Outputs } from '#shared/contract.ts';
import { parseMatch, type Query } from '#shared/query.ts';
import type { Store } from './store/store.ts';

/** One page of the study list and how many rows there are in all. */
export async function listStudies(store: Store, input: CheckedInput<'studies.list'>): Promise<Outputs['studies.list']> {
  const { filters = {}, text, order, offset, limit } = input;
  const keys = Object.fromEntries(
    Object.entries(filters).map(([keyword, typed]) => [keyword, parseMatch(keyword, typed ?? '')]),
  );
  const query: Query = { level: 'STUDY', keys, offset, limit, ...(text ? { text } : {}), ...(order ? { order } : {}) };
  const [rows, total] = await Promise.all([store.find(query), store.count(query)]);
  return { total, rows };
}

/** The series of a study, by SeriesNumber; with PatientID only those that came under it. */
export async function listSeries(
  store: Store,
  { StudyInstanceUID, PatientID }: CheckedInput<'series.list'>,
): Promise<Outputs['series.list']> {
  const rows = await store.find({
    level: 'SERIES',
    keys: { StudyInstanceUID: { kind: 'single', value: StudyInstanceUID } },
    order: [{ key: 'SeriesNumber' }],
  });
  return rows.filter((row) => PatientID === undefined || (row.PatientID ?? '') === PatientID);
}
