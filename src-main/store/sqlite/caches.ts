/** What the writing thread remembers of what it wrote lately. */

/** Ids and gathered values seen lately: a scanner sends one series at a time, so nearly every instance finds its parents here. */
export interface Caches {
  readonly PATIENT: Map<string, number>;
  readonly STUDY: Map<string, number>;
  readonly SERIES: Map<string, number>;
  readonly gathered: Map<string, true>;
}

/** Forgets all: what a transaction put in is not true if it failed. */
export const clear = (caches: Caches): void =>
  Object.values(caches).forEach((cache: Map<string, unknown>) => cache.clear());

/** Puts something in; a full cache begins anew. */
export function remember<V>(cache: Map<string, V>, key: string, value: V): void {
  if (cache.size >= 10_000) cache.clear();
  cache.set(key, value);
}
