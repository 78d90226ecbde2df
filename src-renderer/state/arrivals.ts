/** Remembers for a moment what has just come, so that it can be marked. */

/** What has just come. */
export interface Arrivals {
  add(key: string): void;
  /** Everything that came within the moment. */
  current(): ReadonlySet<string>;
}

/** Marked at most; in a flood of new studies a mark tells nothing. */
const maximum = 200;

/** Remembers each for `moment` ms; `changed` is told when some are forgotten. */
export function createArrivals(moment: number, changed: () => void): Arrivals {
  const times = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const sweep = () => {
    timer = undefined;
    const now = performance.now();
    for (const [key, time] of times) if (now - time >= moment) times.delete(key);
    if (times.size > 0) timer = setTimeout(sweep, moment / 4);
    changed();
  };

  return {
    add: (key) => {
      if (times.size >= maximum) return;
      times.set(key, performance.now());
      timer ??= setTimeout(sweep, moment);
    },
    current: () => new Set(times.keys()),
  };
}
