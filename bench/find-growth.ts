/** `npm run bench -- find-growth`: what a query costs in process as the archive grows, and while others ask for all of it. */
import { join } from 'node:path';
import { parseMatch, type Query } from '../src-shared/query.ts';
import { openStore } from '../src-main/store/open-store.ts';
import type { Store } from '../src-main/store/store.ts';
import { fillCatalogue, questions, returnKeys, type Question } from './find-studies.ts';
import { makeFolder, removeFolders } from './servers.ts';
import { median, percentile } from './table.ts';

const sizes = [10_000, 100_000, 1_000_000];
const warmUps = 20;

const openFilled = (count: number): Promise<Store> => {
  const folder = makeFolder();
  fillCatalogue(join(folder, 'catalogue.sqlite'), count);
  return openStore({
    storage: folder,
    index: folder,
    overwrite: 'Never',
    maximumInstanceBytes: 2 ** 30,
    minimumFreeBytes: 0,
    log: () => undefined,
  });
};

const queryOf = ({ keys }: Question, turn: number, count: number): Query => ({
  level: 'STUDY',
  keys: Object.fromEntries(
    Object.entries(keys(turn, count)).map(([keyword, text]) => [keyword, parseMatch(keyword, text)]),
  ),
  fields: returnKeys,
});

async function timed(store: Store, query: Query): Promise<{ milliseconds: number; answers: number }> {
  const begin = performance.now();
  let answers = 0;
  for await (const rows of store.findEach(query)) answers += rows.length;
  return { milliseconds: performance.now() - begin, answers };
}

async function measure(store: Store, question: Question, count: number, rounds: number) {
  const times: number[] = [];
  let found = 0;
  for (let turn = 0; turn < rounds + warmUps; turn++) {
    const { milliseconds, answers } = await timed(store, queryOf(question, turn, count));
    if (turn < warmUps) continue;
    times.push(milliseconds);
    found += answers;
  }
  return { answers: found / rounds, median: median(times), p95: percentile(times, 0.95) };
}

/* Somebody asks for everything by a fragment that no index helps with, over and over. */
async function besideScans<R>(store: Store, work: () => Promise<R>): Promise<R> {
  const stop = new AbortController();
  const scan: Query = { level: 'STUDY', keys: { InstitutionName: { kind: 'wildcard', pattern: '*zz*' } } };
  const scanning = (async () => {
    while (!stop.signal.aborted) for await (const _ of store.findEach(scan, stop.signal));
  })();
  try {
    return await work();
  } finally {
    stop.abort();
    await scanning;
  }
}

/** Prints for growing archives what each question costs, alone and beside a query that reads the whole archive. */
export async function findGrowth(rounds = 200): Promise<void> {
  const first = new Map<string, number>();
  console.log('| studies | question | answers | median ms | p95 ms | against 10 000 | beside a scan, p95 ms |');
  console.log('|---|---|---|---|---|---|---|');
  try {
    for (const count of sizes) {
      const store = await openFilled(count);
      for (const question of questions) {
        const alone = await measure(store, question, count, rounds);
        const beside = await besideScans(store, () => measure(store, question, count, rounds));
        if (!first.has(question.title)) first.set(question.title, alone.median);
        const growth = alone.median / (first.get(question.title) as number);
        const figures = [alone.answers.toFixed(1), alone.median.toFixed(2), alone.p95.toFixed(2), growth.toFixed(2)];
        console.log(`| ${count} | ${question.title} | ${figures.join(' | ')} | ${beside.p95.toFixed(1)} |`);
      }
      await store.close();
    }
  } finally {
    removeFolders();
  }
}
