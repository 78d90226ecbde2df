/** The index of fragments: which four-letter pieces the texts of a study have, so that `*fragment*` needs no look at every row. */
import type { IndexedKeyword } from '#shared/attributes.ts';

/** The attributes whose pieces are indexed. */
export const gramKeywords: readonly IndexedKeyword[] = [
  'PatientName',
  'PatientID',
  'OtherPatientIDs',
  'PatientBirthDate',
  'AccessionNumber',
  'StudyID',
  'StudyDescription',
  'ReferringPhysicianName',
];

const length = 4;
/* Of a pattern that long no more pieces are needed: every row that they name is looked at. */
const mostPieces = 12;

/**
 * The table; its row ids are those of the studies. FTS5 because it gathers what is new and writes it in order: an index of
 * pieces in a B-tree costs a page a piece once it is larger than memory. Only which row has which piece is kept.
 */
export const createGrams =
  "CREATE VIRTUAL TABLE grams USING fts5(pieces, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii')";

/** The pieces of folded texts; lines are whole values, whose beginnings and ends are letters too. */
export function piecesOf(folded: readonly string[]): string {
  const pieces = new Set<string>();
  for (const line of folded.join('\n').split('\n')) {
    const letters = line && lettersOf(`\n${line}\n`);
    for (let at = 0; at < letters.length - 1; at++) pieces.add(letters.slice(at, at + length));
  }
  return [...pieces].join(' ');
}

/** What the index can be asked for rows that have all of these runs of letters; none where they are too short to help. */
export function termsOf(runs: readonly string[]): readonly string[] {
  const letters = runs.map(lettersOf);
  const whole = letters.filter((run) => run.length >= length);
  if (whole.length > 0) return [...new Set(whole.flatMap(cover))].slice(0, mostPieces).map((piece) => `"${piece}"`);
  /* Three bytes: three letters, or one of the scripts that have thousands. */
  return letters.filter((run) => Buffer.byteLength(run) >= 3).map((run) => `"${run}"*`);
}

/* All pieces of a run: which of them are rare is seen when the index is asked. */
const cover = (run: string): string[] =>
  Array.from({ length: run.length - length + 1 }, (_, at) => run.slice(at, at + length));

/* FTS5's tokenizer takes letters, digits and all beyond ASCII; that some signs become the same is put right by looking. */
const lettersOf = (text: string): string =>
  text.replace(/[^a-z0-9\x80-\uffff]/g, (sign) => (sign === '\n' ? 'ª' : sign === ' ' ? 'º' : '¤'));
