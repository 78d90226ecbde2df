/** Starts the real headless program in a process of its own, and ends it by its id. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import { root } from './shared-data.ts';

/** A running headless Chairside. */
export interface Headless {
  readonly pid: number;
  readonly dicomPort: number;
  readonly httpPort: number;
  /** URL of the window, its token in the fragment. */
  readonly window: string;
  /** What it wrote on the standard error stream so far. */
  errors(): string;
  /** Sends a signal and waits for the end; the answer is the exit code, or null after a signal that ended it. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts it on free ports with its archive in a folder; more arguments and environment as given. */
export async function startHeadless(
  data: string,
  more: readonly string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<Headless> {
  const input = [
    resolve(root, 'src-main/headless.ts'),
    ...more,
    '--data',
    data,
    '--dicom-port',
    '0',
    '--http-port',
    '0',
  ];
  const child = spawn(process.execPath, input, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([text]) => text as string),
    ended.then(([code]) => {
      throw new Error(`it ended with ${code}: ${errors}`);
    }),
  ]);
  const { dicomPort, httpPort, window } = JSON.parse(line) as { dicomPort: number; httpPort: number; window: string };
  return {
    pid: child.pid as number,
    dicomPort,
    httpPort,
    window,
    errors: () => errors,
    end: async (signal = 'SIGTERM') => {
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
  };
}
