/** The part of a long list that has been fetched: pages of rows by page number. */
import type { Row } from '#shared/model.ts';
import { isSameStudy, studyOf } from './study-id.ts';
import type { StudyId } from './study-id.ts';

/** Rows a page. */
export const pageSize = 100;
/** Pages kept at most; what is farthest from the screen goes first. */
export const maximumPages = 40;

/** Fetched pages by number; row i lies in page floor(i / pageSize). */
export type RowPages = ReadonlyMap<number, readonly Row[]>;

/** The numbers of the pages that hold the rows `first` to `last`, both included. */
export function pageNumbers(first: number, last: number): readonly number[] {
  const from = Math.floor(Math.max(0, first) / pageSize);
  const to = Math.floor(Math.max(0, last) / pageSize);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** The row at an index, or undefined while its page has not come. */
export const rowAt = (pages: RowPages, index: number): Row | undefined =>
  pages.get(Math.floor(index / pageSize))?.[index % pageSize];

/** Index of a study among the fetched rows, or -1. */
export function indexOfStudy(pages: RowPages, study: StudyId | undefined): number {
  if (study === undefined) return -1;
  for (const [number, rows] of pages) {
    const index = rows.findIndex((row) => isSameStudy(studyOf(row), study));
    if (index >= 0) return number * pageSize + index;
  }
  return -1;
}

/** The pages with one more, less the ones farthest from it when there are too many. */
export function withPage(pages: RowPages, number: number, rows: readonly Row[]): RowPages {
  const all = [...pages, [number, rows] as const].sort(([a], [b]) => Math.abs(a - number) - Math.abs(b - number));
  return new Map(all.slice(0, maximumPages));
}
