/** Starts the headless program as a process of its own and reads the line in which it says that it is ready. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What the headless program says when it is ready. */
export interface Ready {
  readonly dicomPort?: number;
  readonly httpPort?: number;
  /** Address of the window, its token included. */
  readonly window: string;
}

/** Starts it with these arguments; this process ends with it. `ready` is called at each start under `--watch`. */
export function startHeadless(
  args: readonly string[],
  ready: (told: Ready) => void,
  nodeOptions: readonly string[] = [],
): void {
  const child = spawn(process.execPath, [...nodeOptions, join(import.meta.dirname, 'headless.ts'), ...args], {
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{"ready":true')) ready(JSON.parse(line) as Ready);
    else console.log(line);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}
