/** Keeps the chosen study and its place in the list together while rows come and move. */
import { indexOfStudy, rowAt } from './row-pages.ts';
import type { RowPages } from './row-pages.ts';
import { studyOf } from './study-id.ts';
import type { StudyId } from './study-id.ts';

/** Where the cursor stands and what is chosen; a cursor without a choice waits for its row. */
export interface Cursor {
  /** Index of the chosen row, or of the row that is to be chosen when it has come. */
  readonly cursor: number | undefined;
  /** The chosen study. */
  readonly selected: StudyId | undefined;
}

/** The cursor after a move to `index`. */
export const cursorAt = (pages: RowPages, index: number): Cursor => ({
  cursor: index,
  selected: studyOf(rowAt(pages, index)),
});

/** The cursor after rows came: it goes with its study, and a waiting one takes the study that has come to its place. */
export function followRows({ cursor, selected }: Cursor, pages: RowPages): Cursor {
  if (cursor === undefined) return { cursor, selected };
  if (selected === undefined) return cursorAt(pages, cursor);
  const index = indexOfStudy(pages, selected);
  return { cursor: index < 0 ? cursor : index, selected };
}
