/** Turns a Query into SQL: one matching semantics for C-FIND, QIDO-RS, /tools/find and the search box, PS3.4 C.2.2.2. */
import { findAttribute, type Attribute, type Level } from '#shared/attributes.ts';
import { fold, type Match, type Query } from '#shared/query.ts';
import { columnsOf, foldedColumn, isFolded, tableOf } from './schema.ts';

/** A statement and its values. */
export interface Sql {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

const joins: Record<Level, string> = {
  PATIENT: 'patients',
  STUDY: 'studies',
  SERIES: 'series JOIN studies ON studies.id = series.study',
  IMAGE: 'instances JOIN series ON series.id = instances.series JOIN studies ON studies.id = series.study',
};
const visible: Record<Level, readonly Level[]> = {
  PATIENT: ['PATIENT'],
  STUDY: ['STUDY'],
  SERIES: ['STUDY', 'SERIES'],
  IMAGE: ['STUDY', 'SERIES', 'IMAGE'],
};
/* How a row of a level reaches the levels below it, for keys that lie there (relational queries, PS3.4 C.4.1.3.2). */
const below: Record<Level, string> = {
  PATIENT:
    'SELECT 1 FROM studies JOIN series ON series.study = studies.id JOIN instances ON instances.series = series.id WHERE studies.patient = patients.id AND ',
  STUDY: 'SELECT 1 FROM series JOIN instances ON instances.series = series.id WHERE series.study = studies.id AND ',
  SERIES: 'SELECT 1 FROM instances WHERE instances.series = series.id AND ',
  IMAGE: '',
};

/** The statement that gives the rows of a query, columns named by keyword. */
export function findSql(query: Query): Sql {
  const where = whereSql(query);
  const order = orderSql(query);
  return {
    text: `SELECT ${selectList(query.level)} FROM ${joins[query.level]}${where.text}${order} LIMIT ? OFFSET ?`,
    values: [...where.values, query.limit ?? -1, query.offset ?? 0],
  };
}

/** The statement that counts the rows of a query without limit and offset. */
export function countSql(query: Query): Sql {
  const where = whereSql(query);
  return { text: `SELECT count(*) FROM ${joins[query.level]}${where.text}`, values: where.values };
}

const column = (level: Level, keyword: string): string => `${tableOf[level]}.${keyword}`;

const receivedColumn = (level: Level): string =>
  level === 'STUDY' ? 'studies.LastReceivedAt' : `${tableOf[level]}.ReceivedAt`;

function selectList(level: Level): string {
  const columns = visible[level].flatMap((at) =>
    columnsOf(at).map(({ keyword }) => `${column(at, keyword)} AS ${keyword}`),
  );
  return [...columns, `${receivedColumn(level)} AS ReceivedAt`].join(', ');
}

/** The level whose table holds an attribute, seen from the level of the query; undefined when it lies below. */
function homeOf(attribute: Attribute, level: Level): Level | undefined {
  return visible[level].find((at) => columnsOf(at).some(({ keyword }) => keyword === attribute.keyword));
}

function whereSql(query: Query): Sql {
  const conditions: Sql[] = [];
  for (const [keyword, match] of Object.entries(query.keys)) {
    const attribute = findAttribute(keyword);
    if (attribute && match) conditions.push(keySql(attribute, match, query));
  }
  for (const word of fold(query.text ?? '')
    .split(' ')
    .filter(Boolean))
    conditions.push({ text: "studies.search LIKE ? ESCAPE '!'", values: [`%${escapeLike(word)}%`] });
  if (conditions.length === 0) return { text: '', values: [] };
  return {
    text: ` WHERE ${conditions.map(({ text }) => `(${text})`).join(' AND ')}`,
    values: conditions.flatMap(({ values }) => values),
  };
}

function keySql(attribute: Attribute, match: Match, query: Query): Sql {
  const home = homeOf(attribute, query.level);
  const table = tableOf[home ?? attribute.level];
  const condition = matchSql(attribute, `${table}.${attribute.keyword}`, match, query.caseSensitive ?? false);
  if (home) return condition;
  return { text: `EXISTS (${below[query.level]}(${condition.text}))`, values: condition.values };
}

function matchSql(attribute: Attribute, name: string, match: Match, caseSensitive: boolean): Sql {
  switch (match.kind) {
    case 'range':
      return rangeSql(name, match);
    case 'list': {
      const parts = match.values.map((value) =>
        matchSql(attribute, name, singleOrWildcard(attribute, value), caseSensitive),
      );
      return { text: parts.map(({ text }) => text).join(' OR '), values: parts.flatMap(({ values }) => values) };
    }
    case 'fuzzy':
      return fuzzySql(attribute, name, match.words);
    default:
      return textSql(attribute, name, match, caseSensitive);
  }
}

const singleOrWildcard = (attribute: Attribute, value: string): Match =>
  attribute.vr !== 'UI' && /[*?]/.test(value) ? { kind: 'wildcard', pattern: value } : { kind: 'single', value };

function textSql(attribute: Attribute, name: string, match: Match, caseSensitive: boolean): Sql {
  const text = match.kind === 'single' ? match.value : match.kind === 'wildcard' ? match.pattern : '';
  const wild = match.kind === 'wildcard';
  if (attribute.vr === 'UI' && !attribute.computed) return { text: `${name} = ?`, values: [text] };
  if (attribute.vr === 'TM' || attribute.vr === 'DA')
    return { text: `${name} LIKE ? ESCAPE '!'`, values: [`${escapeLike(text)}${attribute.vr === 'TM' ? '%' : ''}`] };
  if (isInteger(attribute)) return { text: `CAST(${name} AS INTEGER) = CAST(? AS INTEGER)`, values: [text] };
  if (!isFolded(attribute) || (caseSensitive && attribute.vr === 'PN'))
    return { text: `'\\' || ${name} || '\\' GLOB ?`, values: [`*\\${globOf(text, wild)}\\*`] };
  if (wild) return { text: `${foldedName(name)} LIKE ? ESCAPE '!'`, values: [`%\n${likeOf(foldPattern(text))}\n%`] };
  const folded = fold(text);
  if (attribute.indexed && attribute.vr !== 'PN') return { text: `${foldedName(name)} = ?`, values: [`\n${folded}\n`] };
  return { text: `instr(${foldedName(name)}, ?) > 0`, values: [`\n${folded}\n`] };
}

const isInteger = ({ vr }: Attribute): boolean => vr === 'IS' || vr === 'US' || vr === 'UL';

const foldedName = (name: string): string => foldedColumn(name);

function rangeSql(name: string, { from, to }: { from?: string; to?: string }): Sql {
  const conditions = [...(from ? [`${name} >= ?`] : []), ...(to ? [`${name} <= ?`] : []), `${name} <> ''`];
  /* An end such as 10 means all of the hour 10, hence the highest sign behind it. */
  return { text: conditions.join(' AND '), values: [...(from ? [from] : []), ...(to ? [`${to}\uffff`] : [])] };
}

function fuzzySql(attribute: Attribute, name: string, words: string): Sql {
  const each = fold(words).split(' ').filter(Boolean);
  const target = isFolded(attribute) ? foldedName(name) : name;
  return {
    text: each.map(() => `(${target} LIKE ? ESCAPE '!' OR ${target} LIKE ? ESCAPE '!')`).join(' AND ') || '1',
    values: each.flatMap((word) => [`%\n${escapeLike(word)}%`, `% ${escapeLike(word)}%`]),
  };
}

const escapeLike = (text: string): string => text.replace(/[!%_]/g, '!$&');

/** Folds a pattern, its wildcards kept. A trailing `^*` also finds names that end before it. */
const foldPattern = (pattern: string): string =>
  pattern
    .replace(/\^+\*$/, '*')
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

const globOf = (text: string, wild: boolean): string =>
  wild ? text.replace(/\[/g, '[[]') : text.replace(/[*?[]/g, '[$&]');

function orderSql({ level, order }: Query): string {
  const parts = (order ?? []).map(({ key, descending }) => `${orderColumn(key, level)} ${descending ? 'DESC' : 'ASC'}`);
  /* The row id last, so that pages neither overlap nor leave gaps. */
  const last = order?.[0]?.descending ? 'DESC' : 'ASC';
  return ` ORDER BY ${[...parts, `${tableOf[level]}.id ${last}`].join(', ')}`;
}

function orderColumn(key: string, level: Level): string {
  if (key === 'ReceivedAt') return receivedColumn(level);
  const attribute = findAttribute(key);
  const home = attribute && homeOf(attribute, level);
  if (!attribute || !home) return `${tableOf[level]}.id`;
  const name = column(home, key);
  if (isInteger(attribute)) return `CAST(${name} AS INTEGER)`;
  return isFolded(attribute) ? foldedColumn(name) : name;
}
