/** `npm run bench -- ingest`: how long servers take to receive, side by side in one run, A B A B. */
import { join } from 'node:path';
import { ctSeries, writeFiles } from './data.ts';
import { run, timed } from './run-program.ts';
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

/** One load: makes the images of a round and gives how they are sent; every round has images of its own. */
interface Load {
  readonly title: string;
  readonly against: readonly ServerStart[];
  readonly prepare: (folder: string, round: number) => (server: BenchServer) => Promise<number>;
}

const storescu = ({ AETitle, port }: BenchServer, folder: string): Promise<string> =>
  run('storescu', ['-aec', AETitle, '+sd', '127.0.0.1', String(port), folder]);

const sender = join(import.meta.dirname, 'sender.ts');

const loads: readonly Load[] = [
  {
    title: '512 CT slices of 512 KB, one association (storescu)',
    against: [orthanc, storescp],
    prepare: (folder, round) => {
      writeFiles(folder, ctSeries(round, 512, 512, 512));
      return (server) => timed(() => storescu(server, folder));
    },
  },
  {
    title: '4 associations x 250 images of 8 KB (storescu)',
    against: [orthanc, storescp],
    prepare: (folder, round) => {
      const parts = [1, 2, 3, 4].map((part) => join(folder, `${part}`));
      parts.forEach((path, at) => writeFiles(path, ctSeries(1000 + round * 4 + at, 250, 64, 62)));
      return (server) => timed(() => Promise.all(parts.map((path) => storescu(server, path))));
    },
  },
  {
    title: '8 associations x 250 images of 8 KB (one sender process)',
    against: [orthanc],
    prepare:
      (_, round) =>
      async ({ port, AETitle }) =>
        Number(await run(process.execPath, [sender, String(port), AETitle, '8', '250', String(2000 + round * 8)])),
  },
];

/* A first round warms the servers up and does not count: an archive in a clinic has run since the morning. */
async function measure({ against, prepare }: Load, rounds: number): Promise<Map<string, number[]>> {
  const servers: BenchServer[] = [];
  const runs = new Map<string, number[]>();
  try {
    for (const start of [chairside, ...against]) {
      const server = await start();
      if (server) servers.push(server);
    }
    for (let round = 0; round <= rounds; round++) {
      const send = prepare(makeFolder(), round);
      for (const server of servers) {
        const seconds = await send(server);
        if (round > 0) runs.set(server.name, [...(runs.get(server.name) ?? []), seconds]);
      }
    }
  } finally {
    for (const server of servers) await server.stop();
  }
  return runs;
}

/** Runs the loads and prints a table for each. */
export async function ingest(rounds = 7): Promise<void> {
  try {
    for (const load of loads) console.log(table(load.title, await measure(load, rounds)));
  } finally {
    removeFolders();
  }
}
