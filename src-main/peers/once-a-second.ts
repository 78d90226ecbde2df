/** Work that is asked for often and done at most once a second. */

/** The asker. */
export interface OnceASecond {
  /** The work is done soon: at once where the last time is a second ago. */
  ask(): void;
  /** Does the work a last time. @throws what the work throws */
  finish(): Promise<void>;
}

const interval = 1000;

/** Work that fails is tried again a second later; it is never done twice at a time. */
export function createOnceASecond(work: () => Promise<void>): OnceASecond {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let lastAt = -Infinity;
  let isFinished = false;

  function ask(): void {
    if (isFinished || timer) return;
    timer = setTimeout(run, Math.max(0, lastAt + interval - performance.now())).unref();
  }

  function run(): void {
    timer = undefined;
    if (running) return ask();
    lastAt = performance.now();
    running = work()
      .catch(ask)
      .finally(() => (running = undefined));
  }

  return {
    ask,
    finish: async () => {
      isFinished = true;
      clearTimeout(timer);
      await running;
      await work();
    },
  };
}
