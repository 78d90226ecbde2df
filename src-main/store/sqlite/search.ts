/** Turns a Query into statements: one matching semantics for C-FIND, QIDO-RS, /tools/find and the search box, PS3.4 C.2.2.2. */
import { attributes, findAttribute, type Attribute, type Level } from '#shared/attributes.ts';
import type { Query } from '#shared/query.ts';
import { allOf, isInteger, type Sql } from './match.ts';
import { foldedColumn, isFolded, tableOf } from './schema.ts';
import { hasLabel, homeOf, isBelow, joins, whereSql } from './where.ts';

/** The statement that gives the rows of a query, columns named by keyword; `within` narrows it further. */
export function findSql(query: Query, within?: Sql): Sql {
  const select = selectSql(query);
  const where = narrowed(query, within);
  return {
    text: `SELECT ${select.text} FROM ${joins[query.level]} WHERE ${where.text}${orderSql(query)} LIMIT ? OFFSET ?`,
    values: [...select.values, ...where.values, query.limit ?? -1, query.offset ?? 0],
  };
}

/** The statement that counts the rows of a query without limit and offset. */
export function countSql(query: Query, within?: Sql): Sql {
  const where = narrowed(query, within);
  return { text: `SELECT count(*) FROM ${joins[query.level]} WHERE ${where.text}`, values: where.values };
}

/** The statement that gives the row ids of a query's rows within a part of the archive, ascending. */
export function idsSql(query: Query, within: Sql): Sql {
  const where = narrowed(query, within);
  const id = `${tableOf[query.level]}.id`;
  return { text: `SELECT ${id} FROM ${joins[query.level]} WHERE ${where.text} ORDER BY ${id}`, values: where.values };
}

/** The statement that gives rows by their ids, ascending. */
export function rowsSql(query: Query, ids: readonly number[]): Sql {
  const select = selectSql(query);
  const id = `${tableOf[query.level]}.id`;
  return {
    text: `SELECT ${select.text} FROM ${joins[query.level]} WHERE ${id} IN (SELECT value FROM json_each(?)) ORDER BY ${id}`,
    values: [...select.values, JSON.stringify(ids)],
  };
}

const narrowed = (query: Query, within?: Sql): Sql => (within ? allOf([within, whereSql(query)]) : whereSql(query));

const receivedColumn = (level: Level): string =>
  level === 'STUDY' ? 'studies.LastReceivedAt' : `${tableOf[level]}.ReceivedAt`;

function selectSql(query: Query): Sql {
  const { level, fields } = query;
  if (!fields) {
    const kept = attributes.filter((attribute) => !isBelow(attribute, level) && !attribute.counted);
    const columns = kept.map((attribute) => columnSql(attribute, query));
    return list([...columns, { text: `${receivedColumn(level)} AS ReceivedAt`, values: [] }]);
  }
  const asked = [...new Set(fields)].map(findAttribute).filter((attribute) => attribute !== undefined);
  const columns = asked.filter((attribute) => !isBelow(attribute, level)).map((one) => columnSql(one, query));
  return list(columns.length > 0 ? columns : [{ text: 'NULL', values: [] }]);
}

const list = (columns: readonly Sql[]): Sql => ({
  text: columns.map(({ text }) => text).join(', '),
  values: columns.flatMap(({ values }) => values),
});

function columnSql(attribute: Attribute, query: Query): Sql {
  const { keyword } = attribute;
  if (attribute.counted) return countedSql(keyword, query);
  return { text: `${column(attribute, query.level)} AS ${keyword}`, values: [] };
}

const column = (attribute: Attribute, level: Level): string =>
  `${tableOf[homeOf(attribute, level)]}.${attribute.keyword}`;

const counts: Readonly<Record<string, string>> = {
  NumberOfPatientRelatedStudies: 'count(*)',
  NumberOfPatientRelatedSeries: 'coalesce(sum(own.NumberOfStudyRelatedSeries), 0)',
  NumberOfPatientRelatedInstances: 'coalesce(sum(own.NumberOfStudyRelatedInstances), 0)',
};

/* What a label hides is not counted either. */
function countedSql(keyword: string, { level, label }: Query): Sql {
  const patient = level === 'PATIENT' ? 'patients.id' : 'studies.patient';
  const visible = label === undefined ? '' : ` AND ${hasLabel('own')}`;
  return {
    text: `(SELECT ${counts[keyword]} FROM studies AS own WHERE own.patient = ${patient}${visible}) AS ${keyword}`,
    values: label === undefined ? [] : [label],
  };
}

function orderSql({ level, order }: Query): string {
  const parts = (order ?? []).map(({ key, descending }) => `${orderColumn(key, level)} ${descending ? 'DESC' : 'ASC'}`);
  /* The row id last, so that pages neither overlap nor leave gaps. */
  const last = order?.[0]?.descending ? 'DESC' : 'ASC';
  return ` ORDER BY ${[...parts, `${tableOf[level]}.id ${last}`].join(', ')}`;
}

function orderColumn(key: string, level: Level): string {
  if (key === 'ReceivedAt') return receivedColumn(level);
  const attribute = findAttribute(key);
  if (!attribute || attribute.counted || isBelow(attribute, level)) return `${tableOf[level]}.id`;
  const name = column(attribute, level);
  if (isInteger(attribute)) return `CAST(${name} AS INTEGER)`;
  return isFolded(attribute) ? foldedColumn(name) : name;
}
