/** What the study list asks the archive for, made from what a person typed and clicked. */
import type { IndexedKeyword } from '#shared/attributes.ts';
import type { Input } from '#shared/contract.ts';
import { columnFilter } from './column-filter.ts';
import { slashOrder } from './typed-date.ts';

/** One key of the list's order. */
export interface StudyOrder {
  readonly key: IndexedKeyword | 'ReceivedAt';
  readonly descending: boolean;
}

/** What was typed over the columns. */
export type TypedFilters = Readonly<Partial<Record<IndexedKeyword, string>>>;

/** The question as typed. */
export interface TypedQuestion {
  readonly text: string;
  readonly filters: TypedFilters;
  readonly order: StudyOrder;
}

/** Every filter with its value for the archive, undefined where the text cannot be understood. */
const values = (filters: TypedFilters): readonly (readonly [IndexedKeyword, string | undefined])[] =>
  (Object.entries(filters) as [IndexedKeyword, string][]).map(([keyword, typed]) => [
    keyword,
    columnFilter(keyword, typed, new Date(), slashOrder(navigator.language)),
  ]);

/** The columns whose text cannot be understood. */
export const unclearFilters = (filters: TypedFilters): ReadonlySet<IndexedKeyword> =>
  new Set(values(filters).flatMap(([keyword, value]) => (value === undefined ? [keyword] : [])));

/** The input of `studies.list` but for the page. Equal rows are put in the order of their UID, so that pages never overlap. */
export const questionOf = ({ text, filters, order }: TypedQuestion): Input<'studies.list'> => ({
  ...(text.trim() ? { text: text.trim() } : {}),
  filters: Object.fromEntries(values(filters).filter(([, value]) => value)),
  order: [order, { key: 'StudyInstanceUID' }],
});

/** True where the list is not narrowed by anything. */
export const asksForAll = ({ text, filters }: Pick<TypedQuestion, 'text' | 'filters'>): boolean =>
  text.trim() === '' && Object.values(filters).every((typed) => typed.trim() === '');
