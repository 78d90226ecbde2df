/** Keeps bursts of events from becoming bursts of work. */

/**
 * A function that runs `work` soon after it is called: at once when the last run is `interval` ms ago, else at the end of
 * the interval, once for all calls between. A run that is still going is never overtaken; the next one waits for it.
 */
export function throttled(interval: number, work: () => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let wanted = false;
  let last = -Infinity;

  const run = async () => {
    timer = undefined;
    [running, wanted, last] = [true, false, performance.now()];
    await work().finally(() => (running = false));
    if (wanted) schedule();
  };

  const schedule = () => {
    wanted = true;
    if (running || timer !== undefined) return;
    timer = setTimeout(() => void run(), Math.max(0, last + interval - performance.now()));
  };

  return schedule;
}
