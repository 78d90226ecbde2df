/** An archive of made studies that answers `studies.list` as the real one does, as far as the window can tell. */
import type { CheckedInput, Outputs } from '#shared/contract.ts';
import type { Row } from '#shared/model.ts';
import { fold, parseMatch } from '#shared/query.ts';
import type { Match } from '#shared/query.ts';

const pattern = (text: string): RegExp =>
  new RegExp(
    `^${fold(text)
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
    'u',
  );

function tester(match: Match): (value: string) => boolean {
  if (match.kind === 'wildcard') {
    const expression = pattern(match.pattern);
    return (value) => value.split('\\').some((part) => expression.test(fold(part)));
  }
  if (match.kind === 'range')
    return (value) => value >= (match.from ?? '') && value <= (match.to ?? '\uffff') && value !== '';
  if (match.kind === 'list') return (value) => match.values.includes(value);
  const wanted = fold(match.kind === 'single' ? match.value : match.words);
  return (value) => fold(value) === wanted;
}

const textOf = (row: Row) =>
  fold([row.PatientName, row.PatientID, row.AccessionNumber, row.StudyDescription].join(' '));

/** The last question's answer: pages of one question follow each other, and sorting 100 000 rows takes its time. */
let last: { readonly question: string; readonly found: readonly Row[] } | undefined;

/** The rows that a list question asks for, in its order, and how many there are. */
export function answerList(studies: readonly Row[], input: CheckedInput<'studies.list'>): Outputs['studies.list'] {
  const { offset, limit, ...asked } = input;
  const question = JSON.stringify([asked, studies.length, studies[0]]);
  if (last?.question !== question) last = { question, found: search(studies, asked) };
  return { total: last.found.length, rows: last.found.slice(offset, offset + limit) };
}

function search(
  studies: readonly Row[],
  { text, filters = {}, order = [] }: Omit<CheckedInput<'studies.list'>, 'offset' | 'limit'>,
): readonly Row[] {
  const words = fold(text ?? '')
    .split(' ')
    .filter(Boolean);
  const tests = Object.entries(filters).flatMap(([keyword, typed]) => {
    const match = parseMatch(keyword, typed ?? '');
    return match ? [[keyword as keyof Row, tester(match)] as const] : [];
  });
  const matches = (row: Row) =>
    tests.every(([keyword, test]) => test(row[keyword] ?? '')) && words.every((word) => textOf(row).includes(word));
  const found = tests.length + words.length === 0 ? [...studies] : studies.filter(matches);
  const compare = (a: Row, b: Row) => {
    for (const { key, descending } of order) {
      const [left, right] = [a[key] ?? '', b[key] ?? ''];
      if (left !== right) return left < right === !descending ? -1 : 1;
    }
    return 0;
  };
  return found.sort(compare);
}
