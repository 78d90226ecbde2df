/** `npm run bench -- crowd`: many at once: 50 associations store, 20 ask, one server; what it takes, and how the event loop bears it. */
import { join } from 'node:path';
import { openAsker } from './find-asker.ts';
import { fillCatalogue, questions } from './find-studies.ts';
import { run } from './run-program.ts';
import { makeFolder, removeFolders, type BenchServer } from './servers.ts';
import { median, percentile } from './table.ts';
import { startWatched } from './watched-server.ts';

const [storing, asking, imagesEach, studies] = [50, 20, 100, 100_000];

const sender = join(import.meta.dirname, 'sender.ts');
const settings = {
  DicomAlwaysAllowFind: true,
  Chairside: { MaximumAssociations: 128, MaximumAssociationsPerHost: 128 },
};

/** One process sends over many associations at once; its seconds. */
const send = async ({ port, AETitle }: BenchServer): Promise<number> =>
  Number(await run(process.execPath, [sender, String(port), AETitle, String(storing), String(imagesEach), '9000']));

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
  const server = await startWatched(folder, settings);
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
