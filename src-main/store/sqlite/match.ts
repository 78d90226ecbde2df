/** Turns one key's Match into an SQL condition, PS3.4 C.2.2.2. */
import type { Attribute } from '#shared/attributes.ts';
import { fold, type Match, plainValue } from '#shared/query.ts';
import { foldedColumn, isFolded } from './schema.ts';

/** A statement, or a part of one, and its values. */
export interface Sql {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

/** What no row fits. */
const nothing: Sql = { text: '0', values: [] };

/* No value is kept longer than 10 240 letters; SQLite refuses patterns of more than 50 000 bytes. */
const longest = 12_000;

/** Conditions of which all must hold. */
export const allOf = (parts: readonly Sql[]): Sql => ({
  text: parts.map(({ text }) => `(${text})`).join(' AND ') || '1',
  values: parts.flatMap(({ values }) => values),
});

/** The condition on the column (or expression) of an attribute. */
export function matchSql(attribute: Attribute, name: string, match: Match, caseSensitive: boolean): Sql {
  if (match.kind === 'range') return rangeSql(attribute, name, match);
  if (match.kind === 'list') return listSql(attribute, name, match.values, caseSensitive);
  if (match.kind === 'fuzzy') return fuzzySql(attribute, name, match.words);
  const isWild = match.kind === 'wildcard';
  return textSql(attribute, name, isWild ? match.pattern : match.value, isWild, caseSensitive);
}

/**
 * The runs of letters that each folded value that fits must have, for the index of fragments; a line end stands for the
 * beginning or the end of a value.
 */
export function runsOf({ vr }: Attribute, match: Match): readonly string[] {
  if (match.kind === 'range' || match.kind === 'list') return [];
  if (match.kind === 'fuzzy') return fold(match.words).split(' ');
  const text = match.kind === 'single' ? match.value : match.pattern;
  return (vr === 'PN' ? groupsOf(text) : [text])
    .flatMap((group) => (isPattern(vr, match) ? `\n${foldPattern(group)}\n`.split(/[*?]/) : [`\n${fold(group)}\n`]))
    .filter(Boolean);
}

/** True for a key whose value can be looked up as it is: one value or a list, without wildcards. */
export const isExact = ({ vr }: Attribute, match: Match): boolean =>
  match.kind === 'single' ||
  (match.kind === 'list' && (vr === 'UI' || match.values.every((value) => !/[*?]/.test(value))));

const isPattern = (vr: string, match: Match): boolean =>
  match.kind === 'wildcard' || (vr === 'PN' && match.kind === 'single' && /[*?]/.test(match.value));

function textSql(attribute: Attribute, name: string, text: string, isWild: boolean, caseSensitive: boolean): Sql {
  const { vr } = attribute;
  if (text.length > longest) return nothing;
  if (vr === 'UI' && !attribute.computed) return { text: `${name} = ?`, values: [text] };
  if (vr === 'DA') return { text: `${name} = ?`, values: [plainValue(vr, text)] };
  if (vr === 'TM') return { text: `${name} LIKE ? ESCAPE '!'`, values: [`${escapeLike(plainValue(vr, text))}%`] };
  if (isInteger(attribute)) return { text: `CAST(${name} AS INTEGER) = CAST(? AS INTEGER)`, values: [text] };
  if (!isFolded(attribute))
    return { text: `'\\' || ${name} || '\\' GLOB ?`, values: [`*\\${globOf(text, isWild)}\\*`] };
  if (vr === 'PN') return nameSql(name, text, caseSensitive);
  return foldedSql(attribute, foldedColumn(name), text, isWild);
}

/** True for whole numbers, which are compared and ordered as such. */
export const isInteger = ({ vr }: Attribute): boolean => vr === 'IS' || vr === 'US' || vr === 'UL';

function foldedSql({ indexed, vr }: Attribute, column: string, text: string, isWild: boolean): Sql {
  if (isWild) return { text: `${column} LIKE ? ESCAPE '!'`, values: [`%\n${likeOf(foldPattern(text))}\n%`] };
  const line = `\n${fold(text)}\n`;
  return indexed && vr !== 'PN'
    ? { text: `${column} = ?`, values: [line] }
    : { text: `instr(${column}, ?) > 0`, values: [line] };
}

const groupsOf = (name: string): string[] => name.split('=').filter((group) => !/^[\s*^]*$/.test(group));

/* The folded lines narrow it down (blank for `^`); where components or case count, the name itself is looked at as well. */
function nameSql(name: string, text: string, caseSensitive: boolean): Sql {
  const attribute = { vr: 'PN' } as Attribute;
  const lines = groupsOf(text).map((group) => foldedSql(attribute, foldedColumn(name), group, /[*?]/.test(group)));
  const isPrecise = caseSensitive || /[\^=]/.test(text);
  const precise = { text: `matches_name(${name}, ?, ${caseSensitive ? 1 : 0})`, values: [text] };
  return allOf(isPrecise ? [...lines, precise] : lines);
}

function rangeSql({ vr }: Attribute, name: string, { from, to }: { from?: string; to?: string }): Sql {
  const ends = boundsOf(vr, { from, to });
  return {
    text: [...(from ? [`${name} >= ?`] : []), ...(to ? [`${name} <= ?`] : []), `${name} <> ''`].join(' AND '),
    values: [...(from ? [ends.from] : []), ...(to ? [ends.to] : [])],
  };
}

/**
 * The ends of a range as texts that compare like dates and times. Zeros at the end of a first time do not count, for `0930`
 * is `093000`; an end such as `10` means all of the hour 10, hence the highest sign behind it.
 */
export function boundsOf(vr: string, { from = '', to = '' }: { from?: string | undefined; to?: string | undefined }) {
  const first = plainValue(vr, from);
  return {
    from: vr === 'TM' ? withoutLastZeros(first) : first,
    to: `${plainValue(vr, to)}\uffff`,
  };
}

const withoutLastZeros = (time: string): string =>
  time
    .replace(/(\.\d*?)0*$/, '$1')
    .replace(/\.$/, '')
    .replace(/^((?:\d\d)*?)(?:00)*$/, '$1');

/* Values whose conditions are worded alike become one look into a list: UID lists may have thousands of values. */
function listSql(attribute: Attribute, name: string, all: readonly string[], caseSensitive: boolean): Sql {
  const conditions = all.map((value) =>
    textSql(attribute, name, value, attribute.vr !== 'UI' && /[*?]/.test(value), caseSensitive),
  );
  const alike = Map.groupBy(conditions, ({ text }) => text);
  const parts = [...alike].map(([text, same]) =>
    oneOfSql(
      name,
      text,
      same.map(({ values }) => values),
    ),
  );
  return {
    text: parts.map(({ text }) => `(${text})`).join(' OR ') || '0',
    values: parts.flatMap(({ values }) => values),
  };
}

function oneOfSql(name: string, text: string, all: readonly (readonly (string | number)[])[]): Sql {
  if (text === `${name} = ?` || text === `${foldedColumn(name)} = ?`)
    return { text: text.replace('= ?', 'IN (SELECT value FROM json_each(?))'), values: [JSON.stringify(all.flat())] };
  let at = 0;
  const each = text.replace(/\?/g, () => `json_extract(one.value, '$[${at++}]')`);
  return { text: `EXISTS (SELECT 1 FROM json_each(?) AS one WHERE ${each})`, values: [JSON.stringify(all)] };
}

function fuzzySql(attribute: Attribute, name: string, words: string): Sql {
  const each = fold(words.slice(0, longest)).split(' ').filter(Boolean).slice(0, 32);
  const target = isFolded(attribute) ? foldedColumn(name) : name;
  return {
    text: each.map(() => `(${target} LIKE ? ESCAPE '!' OR ${target} LIKE ? ESCAPE '!')`).join(' AND ') || '1',
    values: each.flatMap((word) => [`%\n${escapeLike(word)}%`, `% ${escapeLike(word)}%`]),
  };
}

/** Text as it stands in a LIKE pattern with the escape sign `!`. */
export const escapeLike = (text: string): string => text.replace(/[!%_]/g, '!$&');

/** Folds a pattern, its wildcards kept. A trailing `^*` also finds names that end before it. */
const foldPattern = (pattern: string): string =>
  pattern
    .replace(/\*+/g, '*')
    .replace(/(?:\^+\*)+$/, '*')
    .split(/([*?])/)
    .map((part, at) => (at % 2 ? part : foldPart(part)))
    .join('');

/* fold() trims, but a blank beside a wildcard is meant. */
const foldPart = (part: string): string => {
  const folded = fold(part);
  const [before, after] = [/^[\s^=]/.test(part), /[\s^=]$/.test(part)];
  return folded ? `${before ? ' ' : ''}${folded}${after ? ' ' : ''}` : part ? ' ' : '';
};

const likeOf = (pattern: string): string => escapeLike(pattern).replaceAll('*', '%').replaceAll('?', '_');

const globOf = (text: string, isWild: boolean): string =>
  isWild ? text.replace(/\[/g, '[[]') : text.replace(/[*?[]/g, '[$&]');
