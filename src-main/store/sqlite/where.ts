/** Turns the keys of a Query into SQL conditions: where each attribute lies seen from the query's level. */
import { type Attribute, findAttribute, type IndexedKeyword, type Level, levels } from '#shared/attributes.ts';
import { fold, type Match, type Query } from '#shared/query.ts';
import { allOf, boundsOf, escapeLike, matchSql, type Sql } from './match.ts';
import { tableOf } from './schema.ts';

/** What a row of a level is read from: its table and those above. A study carries its patient's attributes. */
export const joins: Record<Level, string> = {
  PATIENT: 'patients',
  STUDY: 'studies',
  SERIES: 'series JOIN studies ON studies.id = series.study',
  IMAGE: 'instances JOIN series ON series.id = instances.series JOIN studies ON studies.id = series.study',
};

/* How a row reaches the level below it. */
const links: Record<Exclude<Level, 'PATIENT'>, string> = {
  STUDY: 'studies WHERE studies.patient = patients.id',
  SERIES: 'series WHERE series.study = studies.id',
  IMAGE: 'instances WHERE instances.series = series.id',
};

const depth = (level: Level): number => levels.indexOf(level);

/** The level whose table holds an attribute for rows of a level; one further down than that level lies below the row. */
export const homeOf = (attribute: Attribute, level: Level): Level =>
  attribute.level === 'PATIENT' && level !== 'PATIENT' ? 'STUDY' : attribute.level;

/** True where an attribute belongs to a level further down than the rows. */
export const isBelow = (attribute: Attribute, level: Level): boolean => depth(attribute.level) > depth(level);

/** What `SELECT ... FROM <joins>` is narrowed to. Counted attributes are answered, never matched. */
export function whereSql(query: Query): Sql {
  const conditions = Map.groupBy(conditionsOf(query), ({ level }) =>
    depth(level) > depth(query.level) ? level : query.level,
  );
  const own = conditions.get(query.level) ?? [];
  const below = existsSql(conditions, depth(query.level) + 1);
  return allOf(below ? [...own, below] : own);
}

interface Condition extends Sql {
  readonly level: Level;
}

function conditionsOf(query: Query): Condition[] {
  const pairs = query.combined ? combinedPairs.filter((pair) => isCombined(query, pair)) : [];
  const paired = new Set<string>(pairs.flat());
  return [
    ...Object.entries(query.keys)
      .filter(([keyword]) => !paired.has(keyword))
      .flatMap(([keyword, match]) => keyCondition(query, keyword, match)),
    ...pairs.map((pair) => combinedCondition(query, pair)),
    ...wordsOf(query).map((word) => ({
      level: 'STUDY' as const,
      text: "studies.search LIKE ? ESCAPE '!'",
      values: [`%${escapeLike(word)}%`],
    })),
    ...(query.label === undefined
      ? []
      : [{ level: 'STUDY' as const, text: hasLabel('studies'), values: [query.label] }]),
  ];
}

/** The condition that a study has a label; its one value is the label. */
export const hasLabel = (table: string): string =>
  `EXISTS (SELECT 1 FROM labels WHERE labels.study = ${table}.id AND labels.label = ?)`;

/** The folded words of the quick search. */
export const wordsOf = ({ text = '' }: Query): readonly string[] => fold(text).split(' ').filter(Boolean).slice(0, 32);

function keyCondition(query: Query, keyword: string, match: Match | undefined): Condition[] {
  const attribute = findAttribute(keyword);
  if (!attribute || attribute.counted || !match) return [];
  const level = homeOf(attribute, query.level);
  return [{ level, ...matchSql(attribute, `${tableOf[level]}.${keyword}`, match, query.caseSensitive ?? false) }];
}

/* Keys of one lower level must fit one entity, and those below that one of its own: PS3.4 C.4.1.3.2. */
function existsSql(conditions: ReadonlyMap<Level, readonly Sql[]>, at: number): Sql | undefined {
  const level = levels[at];
  if (!level || level === 'PATIENT') return undefined;
  const below = existsSql(conditions, at + 1);
  const own = conditions.get(level) ?? [];
  if (own.length === 0 && !below) return undefined;
  const inner = allOf(below ? [...own, below] : own);
  return { text: `EXISTS (SELECT 1 FROM ${links[level]} AND ${inner.text})`, values: inner.values };
}

type Pair = readonly [date: IndexedKeyword, time: IndexedKeyword];

const combinedPairs: readonly Pair[] = [
  ['StudyDate', 'StudyTime'],
  ['SeriesDate', 'SeriesTime'],
  ['PerformedProcedureStepStartDate', 'PerformedProcedureStepStartTime'],
  ['InstanceCreationDate', 'InstanceCreationTime'],
  ['AcquisitionDate', 'AcquisitionTime'],
  ['ContentDate', 'ContentTime'],
];

function isCombined({ keys }: Query, [date, time]: Pair): boolean {
  const [days, times] = [keys[date], keys[time]];
  return times?.kind === 'range' && (days?.kind === 'range' || days?.kind === 'single');
}

/* Both as one value: the times count on the first and on the last day only. What has no time came at the day's begin. */
function combinedCondition(query: Query, [date, time]: Pair): Condition {
  const attribute = findAttribute(date) as Attribute;
  const level = homeOf(attribute, query.level);
  const [day, hour] = [date, time].map((keyword) => `${tableOf[level]}.${keyword}`) as [string, string];
  const days = boundsAsAsked('DA', query.keys[date]);
  const times = boundsAsAsked('TM', query.keys[time]);
  const whole = matchSql(attribute, day, query.keys[date] as Match, false);
  const first = {
    text: `${day} > ? OR coalesce(${hour}, '') >= ?`,
    values: [`${days.first}\uffff`, times.bounds.from],
  };
  const last = { text: `${day} < ? OR coalesce(${hour}, '') <= ?`, values: [days.last, times.bounds.to] };
  return {
    level,
    ...allOf([whole, ...(days.first && times.first ? [first] : []), ...(days.last && times.last ? [last] : [])]),
  };
}

function boundsAsAsked(vr: string, match: Match | undefined) {
  const { from, to } =
    match?.kind === 'range' ? match : match?.kind === 'single' ? { from: match.value, to: match.value } : {};
  const bounds = boundsOf(vr, { from, to });
  return { bounds, first: from ? bounds.from || '0' : '', last: to ?? '' };
}
