/** Runs programs for a load, and the clock. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/* DCMTK leaves Nagle's algorithm on unless told, which costs 40 ms an image. */
const env = { ...process.env, TCP_NODELAY: '1' };

/** Runs a program to its end; what it wrote. @throws Error where it ends with another code than 0. */
export async function run(command: string, input: readonly string[]): Promise<string> {
  const child = spawn(command, input, { stdio: ['ignore', 'pipe', 'inherit'], env });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${output}`);
  return output;
}

/** Seconds that some work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
