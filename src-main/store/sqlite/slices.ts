/** Gives the rows of a query in slices: bounded in number and in time, with nothing held open between them. */
import type { Level } from '#shared/attributes.ts';
import type { Row } from '#shared/model.ts';
import type { Query } from '#shared/query.ts';
import type { Slice } from '../catalogue.ts';
import { candidatesOf, withinIds, type Candidates } from './candidates.ts';
import { idsSql, rowsSql } from './search.ts';
import { tableOf } from './schema.ts';
import type { Statements } from './statements.ts';

const rowsInSlice = 200;
/* The first look is short: who has far to go goes on elsewhere. */
const milliseconds = { first: 2, later: 10 } as const;

/* A study may have thousands of images, a patient or study is one row. */
const firstStep: Record<Level, number> = { PATIENT: 1000, STUDY: 1000, SERIES: 200, IMAGE: 50 };
const bounds = { least: 8, most: 8192, quick: 2, slow: 8 } as const;

/** Where a search stands: rows found but not given, and where to look for more. Plain values: any thread can go on. */
interface Position {
  readonly found: readonly number[];
  readonly rest?: Candidates | undefined;
}

/** True where much may have to be looked through: such a search should not stand in the way of others. */
export const isLongWay = (from: unknown): boolean =>
  from !== undefined && ((from as Position).rest?.kind ?? 'ids') !== 'ids';

/** The next slice of a query. */
export function sliceOf(
  statements: Statements,
  toRow: (columns: Record<string, string | number | null>) => Row,
  query: Query,
  from?: unknown,
): Slice {
  const end = performance.now() + (from === undefined ? milliseconds.first : milliseconds.later);
  const { found, rest } = lookOn(statements, query, (from ?? begin(statements, query)) as Position, end);
  const ids = found.slice(0, rowsInSlice);
  const rows = ids.length > 0 ? statements.rows(rowsSql(query, ids)).map(toRow) : [];
  const left = found.slice(rowsInSlice);
  return left.length > 0 || rest ? { rows, next: { found: left, rest } satisfies Position } : { rows };
}

const begin = (statements: Statements, query: Query): Position => ({
  found: [],
  rest: candidatesOf(statements, query),
});

function lookOn(statements: Statements, query: Query, position: Position, end: number): Position {
  let { rest } = position;
  const found = [...position.found];
  let step = firstStep[query.level];
  while (rest && found.length < rowsInSlice && performance.now() < end) {
    const before = performance.now();
    const looked = look(statements, query, rest, step);
    for (const id of looked.found) found.push(id);
    rest = looked.rest;
    const took = performance.now() - before;
    if (took < bounds.quick) step = Math.min(step * 2, bounds.most);
    else if (took > bounds.slow) step = Math.max(step >> 1, bounds.least);
  }
  return { found, rest };
}

/* Looks at the next `step` candidates. */
function look(statements: Statements, query: Query, rest: Candidates, step: number): Position {
  if (rest.kind === 'span') return lookAtSpan(statements, query, rest, step);
  if (rest.kind === 'days') return lookAtDays(statements, query, rest, step);
  const keys = rest.by ? { ...query.keys, [rest.by]: undefined } : query.keys;
  const found = statements.values(idsSql({ ...query, keys }, withinIds(rest.level, rest.ids.slice(0, step))));
  const ids = rest.ids.slice(step);
  return { found: found as number[], rest: ids.length > 0 ? { ...rest, ids } : undefined };
}

function lookAtSpan(
  statements: Statements,
  query: Query,
  { after, last }: Candidates & { kind: 'span' },
  step: number,
): Position {
  const to = Math.min(after + step, last);
  const id = `${tableOf[query.level]}.id`;
  const found = statements.values(idsSql(query, { text: `${id} > ? AND ${id} <= ?`, values: [after, to] }));
  return { found: found as number[], rest: to < last ? { kind: 'span', after: to, last } : undefined };
}

const nextDays = 'SELECT id, StudyDate FROM studies WHERE StudyDate >= ? AND StudyDate <= ? ORDER BY StudyDate LIMIT ?';

/* Whole days only, so that the next look begins with a day; a day with more than `step` studies is taken whole. */
function lookAtDays(
  statements: Statements,
  query: Query,
  { from, to }: Candidates & { kind: 'days' },
  step: number,
): Position {
  const next = statements.rows({ text: nextDays, values: [from, to, step + 1] }) as { id: number; StudyDate: string }[];
  const [first, last] = [next[0]?.StudyDate, next[step]?.StudyDate];
  if (last !== undefined && first === last) return lookAtDays(statements, query, { kind: 'days', from, to }, step * 4);
  const whole = next.filter(({ StudyDate }) => StudyDate !== last);
  const ids = whole.map(({ id }) => id).toSorted((a, b) => a - b);
  const found = statements.values(idsSql(query, withinIds('STUDY', ids)));
  return { found: found as number[], rest: last === undefined ? undefined : { kind: 'days', from: last, to } };
}
