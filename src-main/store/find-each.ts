/** Gives the rows of a query batch by batch, one slice ahead of the one who takes them. */
import type { Row } from '#shared/model.ts';
import type { Query } from '#shared/query.ts';
import type { Catalogue, Slice } from './catalogue.ts';

/** Rows in batches; at most `query.limit` in all. Between two batches nothing is held open, so it may be left at any time. */
export async function* findEach(
  catalogue: Pick<Catalogue, 'slice'>,
  query: Query,
  signal?: AbortSignal,
): AsyncGenerator<readonly Row[], void, undefined> {
  let left = query.limit ?? Infinity;
  const ask = (from?: unknown): Promise<Slice> => {
    const slice = catalogue.slice(query, from);
    /* Whoever stops early never waits for the slice ahead. */
    slice.catch(() => undefined);
    return slice;
  };
  let ahead: Promise<Slice> | undefined = left > 0 && !signal?.aborted ? ask() : undefined;
  while (ahead && !signal?.aborted) {
    const { rows, next } = await ahead;
    if (signal?.aborted) return;
    const batch = rows.slice(0, left);
    left -= batch.length;
    ahead = next !== undefined && left > 0 ? ask(next) : undefined;
    if (batch.length > 0) yield batch;
  }
}
