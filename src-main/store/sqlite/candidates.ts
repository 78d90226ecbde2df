/** Chooses where to look for a query's rows, so that no search reads more of the archive than it must. */
import { type Attribute, findAttribute, type IndexedKeyword, type Level, levels } from '#shared/attributes.ts';
import type { Query } from '#shared/query.ts';
import { gramKeywords, termsOf } from './grams.ts';
import { allOf, boundsOf, isExact, matchSql, runsOf, type Sql } from './match.ts';
import { tableOf } from './schema.ts';
import type { Statements } from './statements.ts';
import { isBelow, wordsOf } from './where.ts';

/** Where the rows of a query are; what is not among these is no answer, what is may be. */
export type Candidates =
  | {
      readonly kind: 'ids';
      readonly level: Level;
      readonly ids: readonly number[];
      /** The key that all of these fit; it need not be looked at again. */
      readonly by?: IndexedKeyword | undefined;
    }
  /** All studies of these days, inclusive. */
  | { readonly kind: 'days'; readonly from: string; readonly to: string }
  /** All row ids of the query's level after one and up to another. */
  | { readonly kind: 'span'; readonly after: number; readonly last: number };

/* With more than these a walk through the archive costs no more than to look at each. */
const most = 20_000;
const mostOfDays = 5000;
const worthwhile = 20;

/* Keys that name few rows, the narrowest first. */
const exactKeys: readonly IndexedKeyword[] = [
  'SOPInstanceUID',
  'SeriesInstanceUID',
  'StudyInstanceUID',
  'AccessionNumber',
  'PatientID',
];

/** Where to look: by unique keys, else a few days, else fragments of texts, else many days, else everywhere. */
export function candidatesOf(statements: Statements, query: Query): Candidates {
  const days = daysOf(query);
  return (
    byExactKey(statements, query) ??
    (days && byDays(statements, query, days)) ??
    byFragments(statements, query) ??
    (days && query.level !== 'PATIENT' ? { kind: 'days', ...days } : undefined) ?? {
      kind: 'span',
      after: 0,
      last: Number(statements.value({ text: `SELECT max(id) FROM ${tableOf[query.level]}`, values: [] }) ?? 0),
    }
  );
}

/** Candidates that a statement of its own cannot find by itself: by fragments, where no index of the table does better. */
export function narrowingOf(statements: Statements, query: Query): Sql | undefined {
  if (exactKeys.some((keyword) => exactKey(query, keyword))) return undefined;
  const days = daysOf(query);
  if (days && byDays(statements, query, days)) return undefined;
  const found = byFragments(statements, query);
  return found && withinIds(found.level, found.ids);
}

/** The condition that a row (or what it belongs to) is one of these. */
export const withinIds = (level: Level, ids: readonly number[]): Sql => ({
  text: `${tableOf[level]}.id IN (SELECT value FROM json_each(?))`,
  values: [JSON.stringify(ids)],
});

type Found = Candidates & { readonly kind: 'ids' };

function exactKey(query: Query, keyword: IndexedKeyword): Attribute | undefined {
  const attribute = findAttribute(keyword);
  const match = query.keys[keyword];
  return attribute && match && isExact(attribute, match) ? attribute : undefined;
}

function byExactKey(statements: Statements, query: Query): Found | undefined {
  for (const keyword of exactKeys) {
    const attribute = exactKey(query, keyword);
    const match = query.keys[keyword];
    if (!attribute || !match) continue;
    const level = attribute.level === 'PATIENT' && query.level !== 'PATIENT' ? 'STUDY' : attribute.level;
    const where = matchSql(attribute, `${tableOf[level]}.${keyword}`, match, false);
    const ids = few(statements, `SELECT id FROM ${tableOf[level]} WHERE ${where.text}`, where.values, most);
    if (ids)
      return {
        ...raised(statements, level, ids, query.level),
        by: isBelow(attribute, query.level) ? undefined : keyword,
      };
  }
  return undefined;
}

/** The days that a query is about, inclusive; undefined where it names none. */
function daysOf({ keys: { StudyDate: match } }: Query): { from: string; to: string } | undefined {
  if (match?.kind === 'single') return { from: match.value, to: match.value };
  if (match?.kind !== 'range') return undefined;
  const { from, to } = boundsOf('DA', match);
  return { from, to: match.to ? to : '\uffff' };
}

const dayRange = 'SELECT id FROM studies WHERE StudyDate >= ? AND StudyDate <= ?';

/* Names lie in the index of days: of many studies those with another name are left out without a look at them. */
function byDays(statements: Statements, query: Query, { from, to }: { from: string; to: string }): Found | undefined {
  const all = few(statements, dayRange, [from, to], mostOfDays);
  const name = all && all.length > worthwhile ? nameSql(query) : undefined;
  const ids = name ? few(statements, `${dayRange} AND ${name.text}`, [from, to, ...name.values], mostOfDays) : all;
  return ids && raised(statements, 'STUDY', ids, query.level);
}

function nameSql({ level, keys: { PatientName: match }, caseSensitive = false }: Query): Sql | undefined {
  const attribute = findAttribute('PatientName');
  /* A patient's own name may be another than that of one of its studies. */
  if (!attribute || !match || level === 'PATIENT') return undefined;
  return allOf([matchSql(attribute, 'studies.PatientName', match, caseSensitive)]);
}

function byFragments(statements: Statements, query: Query): Found | undefined {
  const ofStudy = termsOf([...keyRuns(query, 'STUDY'), ...wordsOf(query)]);
  const ofPatient = termsOf(keyRuns(query, 'PATIENT'));
  /* A study has its patient's texts too, but those of a patient and of a study may fit two studies of that patient. */
  const isEither = query.level === 'PATIENT' && ofStudy.length > 0;
  const asked = rarest(statements, isEither ? ofStudy : [...ofStudy, ...ofPatient]);
  const ids = asked && few(statements, hasPieces, [asked], most);
  return ids ? raised(statements, 'STUDY', ids, query.level) : undefined;
}

const hasPieces = 'SELECT rowid FROM grams WHERE grams MATCH ?';
const sample = 64;

/*
 * The two terms that the fewest studies have: the index reads all of each term's list, so a common one is not worth asking
 * for. How far apart the first studies of a list are tells how long it is.
 */
function rarest(statements: Statements, terms: readonly string[]): string | undefined {
  if (terms.length < 3) return terms.join(' AND ') || undefined;
  const spacing = (term: string): number => {
    const ids = statements.values({ text: `${hasPieces} LIMIT ?`, values: [term, sample] }) as number[];
    return ids.length < sample ? Infinity : (ids.at(-1) ?? 0);
  };
  return terms
    .map((term) => ({ term, spacing: spacing(term) }))
    .toSorted((a, b) => (a.spacing === b.spacing ? 0 : b.spacing - a.spacing))
    .slice(0, 2)
    .map(({ term }) => term)
    .join(' AND ');
}

const keyRuns = (query: Query, level: Level): string[] =>
  gramKeywords.flatMap((keyword) => {
    const [attribute, match] = [findAttribute(keyword), query.keys[keyword]];
    return attribute?.level === level && match ? runsOf(attribute, match) : [];
  });

/* The ids where there are no more than `bound`. */
function few(
  statements: Statements,
  text: string,
  values: readonly (string | number)[],
  bound: number,
): readonly number[] | undefined {
  const ids = statements.values({ text: `${text} LIMIT ?`, values: [...values, bound + 1] }) as number[];
  return ids.length > bound ? undefined : ids;
}

const parents: Partial<Record<Level, string>> = {
  STUDY: 'SELECT DISTINCT patient FROM studies WHERE id IN',
  SERIES: 'SELECT DISTINCT study FROM series WHERE id IN',
  IMAGE: 'SELECT DISTINCT series FROM instances WHERE id IN',
};

/* What lies below the rows stands for the rows that it belongs to. */
function raised(statements: Statements, level: Level, ids: readonly number[], to: Level): Found {
  const up = levels[levels.indexOf(level) - 1];
  if (levels.indexOf(level) <= levels.indexOf(to) || !up)
    return { kind: 'ids', level, ids: ids.toSorted((a, b) => a - b) };
  const text = `${parents[level]} (SELECT value FROM json_each(?))`;
  return raised(statements, up, statements.values({ text, values: [JSON.stringify(ids)] }) as number[], to);
}
