/** `npm run bench -- ingest`: how long servers take to receive, side by side in one run, A B A B. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ctSeries, writeFiles } from './data.ts';
import {
  chairside,
  makeFolder,
  orthanc,
  removeFolders,
  storescp,
  type BenchServer,
  type ServerStart,
} from './servers.ts';
import { table } from './table.ts';

const environment = { ...process.env, TCP_NODELAY: '1' };

/** One load: how it is sent to a server; the answer is the seconds it took. */
interface Load {
  readonly title: string;
  readonly against: readonly ServerStart[];
  readonly send: (server: BenchServer) => Promise<number>;
}

async function run(command: string, input: readonly string[]): Promise<string> {
  const child = spawn(command, input, { stdio: ['ignore', 'pipe', 'inherit'], env: environment });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${output}`);
  return output;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

const storescu = ({ AETitle, port }: BenchServer, folder: string): Promise<string> =>
  run('storescu', ['-aec', AETitle, '+sd', '127.0.0.1', String(port), folder]);

function loads(folder: string): Load[] {
  const slices = join(folder, 'slices');
  writeFiles(slices, ctSeries(0, 512, 512, 512));
  const small = [1, 2, 3, 4].map((series) => join(folder, `small-${series}`));
  small.forEach((path, at) => writeFiles(path, ctSeries(at + 1, 250, 64, 62)));
  return [
    {
      title: '512 CT slices of 512 KB, one association (storescu)',
      against: [orthanc, storescp],
      send: (server) => timed(() => storescu(server, slices)),
    },
    {
      title: '4 associations x 250 images of 8 KB (storescu)',
      against: [orthanc],
      send: (server) => timed(() => Promise.all(small.map((path) => storescu(server, path)))),
    },
    {
      title: '8 associations x 250 images of 8 KB (one sender process)',
      against: [orthanc],
      send: async ({ port, AETitle }) =>
        Number(
          await run(process.execPath, [join(import.meta.dirname, 'sender.ts'), String(port), AETitle, '8', '250']),
        ),
    },
  ];
}

async function measure({ against, send }: Load, rounds: number): Promise<Map<string, number[]>> {
  const runs = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++)
    for (const start of [chairside, ...against]) {
      /* A fresh server with an empty archive for every run. */
      const server = await start();
      if (!server) continue;
      try {
        const seconds = await send(server);
        runs.set(server.name, [...(runs.get(server.name) ?? []), seconds]);
      } finally {
        await server.stop();
      }
    }
  return runs;
}

/** Runs the loads and prints a table for each. */
export async function ingest(rounds = 5): Promise<void> {
  try {
    for (const load of loads(makeFolder())) console.log(table(load.title, await measure(load, rounds)));
  } finally {
    removeFolders();
  }
}
