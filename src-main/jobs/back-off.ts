/** How long a job that failed for now waits for its next try. */

/** Milliseconds to wait after so many tries in a row without progress (1 or more); undefined: enough, it has failed. */
export type BackOff = (tries: number) => number | undefined;

const minute = 60_000;

/** How the waiting times grow; in milliseconds. */
export interface BackOffOptions {
  readonly first?: number;
  readonly longest?: number;
  /** All waiting together, without the jitter. */
  readonly total?: number;
  /** From 0 to 1, as Math.random gives it. */
  readonly random?: () => number;
}

/**
 * Doubles from the first wait (a minute) to the longest (an hour) until all waits together reach the total (24 hours). Each is
 * shortened by up to a fifth by chance, so that jobs that failed together do not come back together.
 */
export function createBackOff({
  first = minute,
  longest = 60 * minute,
  total = 24 * 60 * minute,
  random = Math.random,
}: BackOffOptions = {}): BackOff {
  return (tries) => {
    let [wait, waited] = [first, 0];
    for (let at = 1; at < tries && waited < total; at++) {
      waited += wait;
      wait = Math.min(longest, wait * 2);
    }
    return waited < total ? Math.round(wait * (1 - random() / 5)) : undefined;
  };
}
