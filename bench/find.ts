/** `npm run bench -- find [ROUNDS]`: C-FIND at study level over many studies, side by side in one run, A B A B; BENCH_STUDIES says how many. */
import { join } from 'node:path';
import { openAsker, sendStudies, type Asker } from './find-asker.ts';
import { fillCatalogue, questions, type Question } from './find-studies.ts';
import { makeFolder, orthancWith, removeFolders, startChairside, type BenchServer } from './servers.ts';
import { median, percentile } from './table.ts';

const warmUps = 5;

/* Unknown callers may ask; files of the archive that fills itself need no sync, for filling is not measured. */
const options = { DicomAlwaysAllowFind: true };

async function startFilled(count: number): Promise<BenchServer[]> {
  const folder = makeFolder();
  fillCatalogue(join(folder, 'catalogue.sqlite'), count);
  const servers = [await startChairside(folder, options)];
  const other = await orthancWith({ ...options, SyncStorageArea: false });
  if (!other) return servers;
  const begin = performance.now();
  await sendStudies(other, count, (sent) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${other.name}: ${sent} of ${count} studies sent`);
  });
  console.log(
    `${other.name} took ${count} studies in ${((performance.now() - begin) / 1000).toFixed(0)} s (not measured)\n`,
  );
  return [...servers, other];
}

interface Measured {
  readonly milliseconds: number[];
  answers: number;
}

async function measure(
  askers: ReadonlyMap<BenchServer, Asker>,
  { keys }: Question,
  count: number,
  rounds: number,
): Promise<Map<BenchServer, Measured>> {
  const results = new Map([...askers.keys()].map((server) => [server, { milliseconds: [], answers: 0 } as Measured]));
  for (let round = -warmUps; round < rounds; round++)
    for (const [server, asker] of askers) {
      const { milliseconds, answers } = await asker.ask(keys(round + warmUps, count));
      const result = results.get(server) as Measured;
      if (round < 0) continue;
      result.milliseconds.push(milliseconds);
      result.answers += answers;
    }
  return results;
}

function table(title: string, results: ReadonlyMap<BenchServer, Measured>): string {
  const [ours] = results.values();
  const rows = [...results].map(([{ name }, { milliseconds, answers }]) => {
    const ratio = milliseconds === ours?.milliseconds ? '' : median(ours?.milliseconds ?? []) / median(milliseconds);
    const figures = [answers / milliseconds.length, median(milliseconds), percentile(milliseconds, 0.95)];
    return `| ${name} | ${figures.map((value) => value.toFixed(1)).join(' | ')} | ${ratio && ratio.toFixed(3)} |`;
  });
  return [
    `### C-FIND by ${title}`,
    '',
    '| server | answers | median ms | p95 ms | Chairside / it |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** Fills both servers, asks both the same, prints a table for each question. */
export async function find(rounds = 40): Promise<void> {
  const count = Number(process.env.BENCH_STUDIES ?? 100_000);
  const servers = await startFilled(count);
  const askers = new Map<BenchServer, Asker>();
  try {
    console.log(`${count} studies of one image each\n`);
    for (const server of servers) askers.set(server, await openAsker(server));
    for (const question of questions)
      console.log(table(question.title, await measure(askers, question, count, rounds)));
    for (const asker of askers.values()) await asker.close();
  } finally {
    for (const server of servers) await server.stop();
    removeFolders();
  }
}
