/** What one key of a query asks of an attribute's values, by its VR (PS3.4 C.2.2.2); one semantics with src-shared/query.ts. */
import { PacsError } from '#shared/errors.ts';
import { fold, type Match } from '#shared/query.ts';
import { matchesWildcard } from './match-wildcard.ts';

/** What matching regards. */
export interface MatchOptions {
  /** Names with regard to case and accents. */
  readonly CaseSensitivePN: boolean;
  /** AE titles with regard to case. */
  readonly StrictAetComparison: boolean;
}

/** True where one of the values is meant. */
export type ValueTest = (values: readonly string[]) => boolean;

const temporal: Readonly<Record<string, { readonly noise: RegExp; readonly form: RegExp }>> = {
  DA: { noise: /[.]/g, form: /^\d{8}$/ },
  TM: { noise: /:/g, form: /^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/ },
  DT: { noise: /:/g, form: /^\d{4}(\d{2}){0,5}(\.\d{1,6})?$/ },
};
const withWildcards = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);
const numeric = new Set(['DS', 'IS', 'US', 'SS', 'UL', 'SL', 'FL', 'FD', 'SV', 'UV']);

/* The same texts are folded for every query; folding costs more than all the rest of matching. */
const folded = new Map<string, string>();
const rememberedTexts = 50_000;

function foldOnce(text: string): string {
  const known = folded.get(text);
  if (known !== undefined) return known;
  if (folded.size >= rememberedTexts) folded.clear();
  const made = fold(text);
  if (text.length <= 256) folded.set(text, made);
  return made;
}

/* Each costs every data set a comparison. */
const mostListed = 2000;

const isUniversal = (text: string): boolean => /^\**$/.test(text);

/** The Match that a key's values ask for; undefined is universal. @throws PacsError bad-request for a date or time of no form, and too long a list */
export function parseKey(vr: string, values: readonly string[]): Match | undefined {
  const given = values.map((value) => value.trim()).filter((value) => value !== '');
  const [first = ''] = given;
  if (given.length === 0 || (given.length === 1 && isUniversal(first))) return undefined;
  if (given.length > mostListed) throw new PacsError('bad-request', 'A key of the query lists too many values.');
  if (given.length > 1) return { kind: 'list', values: given };
  if (vr in temporal) return parseTemporal(vr, first);
  return withWildcards.has(vr) && /[*?]/.test(first)
    ? { kind: 'wildcard', pattern: first }
    : { kind: 'single', value: first };
}

function parseTemporal(vr: string, text: string): Match | undefined {
  const plain = normal(vr, text);
  const dash = plain.indexOf('-');
  if (dash < 0) return { kind: 'single', value: checked(vr, plain) };
  const [from, to] = [plain.slice(0, dash).trim(), plain.slice(dash + 1).trim()];
  if (from === '' && to === '') return undefined;
  return { kind: 'range', ...(from ? { from: checked(vr, from) } : {}), ...(to ? { to: checked(vr, to) } : {}) };
}

const wrongTime = (): PacsError => new PacsError('bad-request', 'A date or time of the query is not of its form.');

function checked(vr: string, value: string): string {
  if (!temporal[vr]!.form.test(value)) throw wrongTime();
  return value;
}

/** Dates and times without the signs that older editions put between, PS3.5 6.2. */
export const normal = (vr: string, value: string): string => value.replace(temporal[vr]?.noise ?? /$^/, '').trim();

/** The test that a Match makes of the values of an attribute. An attribute without a value never matches. */
export function valueTest(vr: string, match: Match, options: MatchOptions): ValueTest {
  if (match.kind === 'range') return rangeTest(vr, match);
  if (match.kind === 'list') return anyOf(match.values.map((value) => listed(vr, value, options)));
  const one = singleTest(vr, match.kind === 'single' ? match.value : match.kind === 'wildcard' ? match.pattern : '', {
    ...options,
    isWild: match.kind === 'wildcard',
  });
  return (values) => values.some(one);
}

const anyOf =
  (tests: readonly ValueTest[]): ValueTest =>
  (values) =>
    tests.some((test) => test(values));

function listed(vr: string, value: string, options: MatchOptions): ValueTest {
  const match = parseKey(vr, [value]);
  return match ? valueTest(vr, match, options) : (values) => values.length > 0;
}

type OneTest = (value: string) => boolean;

function singleTest(vr: string, wanted: string, options: MatchOptions & { readonly isWild: boolean }): OneTest {
  if (vr === 'DA') return (value) => normal(vr, value) === wanted;
  /* A time of less precision means all of its hour or minute. */
  if (vr in temporal) return (value) => normal(vr, value).startsWith(wanted);
  if (numeric.has(vr)) return (value) => value !== '' && Number(value) === Number(wanted);
  if (vr === 'UI' || vr === 'AS') return (value) => value === wanted;
  if (vr === 'PN') return nameTest(wanted, options);
  return textTest(wanted, options.isWild, vr === 'AE' && options.StrictAetComparison);
}

/* Each component group that is asked for must be one of the groups of the name. */
function nameTest(wanted: string, { CaseSensitivePN, isWild }: MatchOptions & { readonly isWild: boolean }): OneTest {
  const tests = wanted
    .split('=')
    .filter((group) => !isUniversal(group.trim()))
    .map((group) => textTest(group, isWild, CaseSensitivePN));
  return (value) => {
    const groups = value.split('=').filter((group) => group !== '');
    return groups.length > 0 && tests.every((test) => groups.some(test));
  };
}

function textTest(wanted: string, isWild: boolean, isExact: boolean): OneTest {
  const form = isExact ? (value: string) => value.replace(/[\s^]+$/, '') : foldOnce;
  if (!isWild) {
    const single = form(wanted);
    return (value) => form(value) === single;
  }
  const pattern = isExact ? wanted : foldPattern(wanted);
  /* `Smith^*` also means a name that ends with Smith, whose delimiter is not written. */
  const delimiter = isExact ? '^' : ' ';
  const end = pattern.endsWith(`${delimiter}*`) ? delimiter : '';
  return (value) => matchesWildcard(pattern, form(value) + end);
}

const foldPattern = (pattern: string): string =>
  pattern
    .split(/([*?])/)
    .map(foldPart)
    .join('');

/* fold() trims, but a blank beside a wildcard is meant. */
function foldPart(part: string, at: number, parts: readonly string[]): string {
  if (at % 2 === 1 || part === '') return part;
  const folded = fold(part);
  const before = at > 0 && /^[\s^=]/.test(part) ? ' ' : '';
  const after = at < parts.length - 1 && /[\s^=]$/.test(part) && folded !== '' ? ' ' : '';
  return before + folded + after;
}

function rangeTest(vr: string, { from, to }: { readonly from?: string; readonly to?: string }): ValueTest {
  return (values) =>
    values.some((value) => {
      const plain = normal(vr, value);
      return plain !== '' && isWithin(plain, from, to);
    });
}

/** True for a date or time within both ends; an end of less precision means all of its day, hour or minute. */
export const isWithin = (value: string, from: string | undefined, to: string | undefined): boolean =>
  (from === undefined || value >= from || from.startsWith(value)) &&
  (to === undefined || value <= to || value.startsWith(to));
