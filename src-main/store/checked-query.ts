/** Refuses queries that would keep the archive busy for everybody. */
import { findAttribute } from '#shared/attributes.ts';
import { PacsError } from '#shared/errors.ts';
import type { Match, Query } from '#shared/query.ts';

/* Values that are looked up may be many, those that each row must be compared with may not. */
const most = { lookedUp: 100_000, compared: 200 } as const;
const lookedUp: ReadonlySet<string> = new Set(['PatientID', 'AccessionNumber']);

/** The query as it is. @throws PacsError `too-large` where a list has more values than can be matched in a reasonable time */
export function checkedQuery(query: Query): Query {
  for (const [keyword, match] of Object.entries(query.keys))
    if (match?.kind === 'list' && match.values.length > mostOf(keyword, match))
      throw new PacsError('too-large', `The list of values of ${keyword} is too long; ask for fewer at once.`);
  return query;
}

function mostOf(keyword: string, { values }: Match & { kind: 'list' }): number {
  const attribute = findAttribute(keyword);
  if (attribute?.vr === 'UI' && !attribute.computed) return most.lookedUp;
  return lookedUp.has(keyword) && !values.some((value) => /[*?]/.test(value)) ? most.lookedUp : most.compared;
}
