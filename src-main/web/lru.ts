/** A small cache of promises: the longest unused goes first, failures are not kept. */

/** Keeps about `maximum` bytes, taking each entry for `entrySize`. */
export interface Lru<T extends Promise<unknown>> {
  /** The kept value, or a new one that is then kept unless it fails. */
  get(key: string, make: () => T): T;
}

/** An empty cache for about `maximum` bytes of entries of about `entrySize` bytes. */
export function createLru<T extends Promise<unknown>>(maximum: number, entrySize: number): Lru<T> {
  const kept = new Map<string, T>();
  const bound = Math.max(1, Math.floor(maximum / entrySize));
  return {
    get: (key, make) => {
      const value = kept.get(key) ?? make();
      kept.delete(key);
      kept.set(key, value);
      value.catch(() => kept.get(key) === value && kept.delete(key));
      const [oldest] = kept.keys();
      if (kept.size > bound && oldest !== undefined) kept.delete(oldest);
      return value;
    },
  };
}
