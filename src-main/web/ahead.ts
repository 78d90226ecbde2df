/** Work done ahead of the reader: several at a time, answers in order, bounded in number and in bytes. */

/** How far ahead work may run. */
export interface AheadBounds<R> {
  /** How many at once. */
  readonly depth: number;
  /** Bytes that finished and running work may hold, guessed from the latest answer; no bound if not given. */
  readonly bytes?: number;
  readonly sizeOf?: (result: R) => number;
}

/**
 * The answers of `work` in the order of `items`. The first is awaited alone, since its size bounds how many follow it
 * ahead of the reader; a reader that stops leaves at most `depth` running.
 */
export async function* mapAhead<T, R>(
  items: Iterable<T>,
  work: (item: T) => Promise<R>,
  { depth, bytes = Infinity, sizeOf = () => 0 }: AheadBounds<R>,
): AsyncGenerator<R> {
  const source = items[Symbol.iterator]();
  const running: Promise<R>[] = [];
  let limit = 1;
  const fill = () => {
    while (running.length < limit) {
      const { done, value } = source.next();
      if (done) return;
      const promise = work(value);
      promise.catch(() => undefined); // thrown where it is awaited
      running.push(promise);
    }
  };
  fill();
  for (let next = running.shift(); next; next = running.shift()) {
    const result = await next;
    limit = Math.max(1, Math.min(depth, Math.floor(bytes / Math.max(1, sizeOf(result)))));
    fill();
    yield result;
    fill();
  }
}
