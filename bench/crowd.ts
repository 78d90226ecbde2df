/** `npm run bench -- crowd`: many at once: 50 associations store, 20 ask, one server; what it takes, and how the event loop bears it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAsker } from './find-asker.ts';
import { fillCatalogue, questions } from './find-studies.ts';
import { makeFolder, removeFolders, type BenchServer } from './servers.ts';
import { median, percentile } from './table.ts';
import type { LoopReport } from './watch-loop.ts';

const [storing, asking, imagesEach, studies] = [50, 20, 100, 100_000];

interface WatchedServer extends BenchServer {
  report(): Promise<LoopReport>;
}

async function startWatched(folder: string): Promise<WatchedServer> {
  const file = join(folder, 'chairside.json');
  const bounds = { MaximumAssociations: 128, MaximumAssociationsPerHost: 128 };
  writeFileSync(file, JSON.stringify({ DicomAlwaysAllowFind: true, Chairside: bounds }));
  const [watch, entry] = [
    join(import.meta.dirname, 'watch-loop.ts'),
    join(import.meta.dirname, '../src-main/headless.ts'),
  ];
  const input = ['--import', watch, entry, file, '--data', folder, '--dicom-port', '0', '--http-port', '0'];
  const child = spawn(process.execPath, input, { stdio: ['ignore', 'pipe', 'ignore', 'ipc'] });
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  child.stdout!.resume();
  const { dicomPort } = JSON.parse(line.toString()) as { dicomPort: number };
  return {
    name: 'Chairside',
    port: dicomPort,
    AETitle: 'CHAIRSIDE',
    report: async () => {
      child.send('report');
      return ((await once(child, 'message')) as [LoopReport])[0];
    },
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** One process sends over many associations at once; its seconds. */
async function send({ port, AETitle }: BenchServer): Promise<number> {
  const sender = join(import.meta.dirname, 'sender.ts');
  const child = spawn(process.execPath, [sender, String(port), AETitle, String(storing), String(imagesEach), '9000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`The sender ended with ${code}.`);
  return Number(output);
}

/** Asks one question after the other until it is told to stop; milliseconds each. */
async function ask(server: BenchServer, at: number, signal: AbortSignal): Promise<number[]> {
  const asker = await openAsker(server);
  const times: number[] = [];
  for (let turn = at; !signal.aborted; turn += asking) {
    const { milliseconds } = await asker.ask(questions[turn % questions.length]!.keys(turn, studies));
    times.push(milliseconds);
  }
  await asker.close();
  return times;
}

/** Runs the crowd and prints what was seen. */
export async function crowd(): Promise<void> {
  const folder = makeFolder();
  fillCatalogue(join(folder, 'catalogue.sqlite'), studies);
  const server = await startWatched(folder);
  try {
    await server.report();
    const controller = new AbortController();
    const askers = Array.from({ length: asking }, (_, at) => ask(server, at, controller.signal));
    const seconds = await send(server).finally(() => controller.abort());
    const times = (await Promise.all(askers)).flat();
    const { p99, longest, mostMemory } = await server.report();
    const rows: readonly (readonly [string, string])[] = [
      [`${storing} associations x ${imagesEach} images of 8 KB stored`, `${seconds.toFixed(1)} s`],
      [`questions answered meanwhile over ${asking} associations`, String(times.length)],
      ['of these, median and p95', `${median(times).toFixed(0)} ms, ${percentile(times, 0.95).toFixed(0)} ms`],
      ['event loop delay p99, longest', `${p99.toFixed(0)} ms, ${longest.toFixed(0)} ms`],
      ['most memory of the server, mapped files apart', `${(mostMemory / 2 ** 20).toFixed(0)} MB`],
    ];
    console.log(['| crowd | seen |', '|---|---|', ...rows.map(([what, seen]) => `| ${what} | ${seen} |`)].join('\n'));
  } finally {
    await server.stop();
    removeFolders();
  }
}
