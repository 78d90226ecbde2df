/** QIDO-RS: searches for studies, series and instances, PS3.18 10.6. */
import type { Level } from '#shared/attributes.ts';
import { acceptOf, negotiate } from './accept.ts';
import type { WebContext } from './connection.ts';
import type { WebDeps } from './deps.ts';
import { answered, jsonOfRow } from './qido-json.ts';
import { parseQido, type QidoRequest } from './qido-query.ts';
import { dicomWebBase } from './retrieve-url.ts';
import type { Handler } from './routes.ts';
import { scopeOf } from './scope.ts';
import { warningHeader } from './warning.ts';

const mediaTypes = ['application/dicom+json', 'application/json'] as const;

/** How many rows there are without limit and offset; the archive is asked only where the page does not tell. */
async function totalOf(deps: WebDeps, { query }: QidoRequest, rows: number): Promise<number> {
  const isLastPage = rows < query.limit && (rows > 0 || query.offset === 0);
  return isLastPage ? query.offset + rows : deps.store.count(query);
}

/**
 * The search at one level. `X-Total-Count` tells how many rows there are without `limit` and `offset`; `Warning: 299` tells
 * what was asked and not honoured, and how many rows are left. No match is 200 with an empty array.
 */
export const search =
  (deps: WebDeps, level: Exclude<Level, 'PATIENT'>): Handler =>
  async (c: WebContext) => {
    const offers = mediaTypes.map((type) => ({ type, isMultipart: false, value: type }));
    const { type } = negotiate(acceptOf(c.req.raw), offers);
    const scope = scopeOf(c);
    const request = parseQido(level, new URL(c.req.url).searchParams, scope, deps.settings.CaseSensitivePN);
    const rows = request.query.limit === 0 ? [] : await deps.store.find(request.query);
    const total = await totalOf(deps, request, rows.length);
    const left = total - request.query.offset - rows.length;
    const warnings =
      left > 0 ? [...request.warnings, `There are ${left} additional results that can be requested`] : request.warnings;
    const isWithin = { study: scope.StudyInstanceUID !== undefined, series: scope.SeriesInstanceUID !== undefined };
    const asked = answered(level, isWithin, request.include);
    const base = dicomWebBase(c.req.raw, deps.settings);
    return new Response(JSON.stringify(rows.map((row) => jsonOfRow(row, level, asked, base))), {
      headers: {
        'Content-Type': type,
        'X-Total-Count': String(total),
        'Cache-Control': 'no-store',
        ...warningHeader(deps.settings, warnings),
      },
    });
  };
