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

/** Milliseconds and answers of one question at archives of all sizes. */
interface Measured {
  readonly times: number[];
  answers: number;
}

/* Size after size at each turn, so that whatever else the machine does falls upon all alike. */
async function measure(stores: ReadonlyMap<number, Store>, question: Question, rounds: number) {
  const results = new Map([...stores.keys()].map((count) => [count, { times: [], answers: 0 } as Measured]));
  for (let turn = -warmUps; turn < rounds; turn++)
    for (const [count, store] of stores) {
      const { milliseconds, answers } = await timed(store, queryOf(question, turn + warmUps, count));
      const result = results.get(count) as Measured;
      if (turn < 0) continue;
      result.times.push(milliseconds);
      result.answers += answers;
    }
  return results;
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
  const stores = new Map<number, Store>();
  try {
    for (const count of sizes) stores.set(count, await openFilled(count));
    console.log('| question | studies | answers | median ms | p95 ms | against 10 000 | beside a scan, p95 ms |');
    console.log('|---|---|---|---|---|---|---|');
    for (const question of questions) {
      const alone = await measure(stores, question, rounds);
      const [first] = alone.values();
      for (const [count, store] of stores) {
        const beside = await besideScans(store, () => measure(new Map([[count, store]]), question, rounds));
        const { times, answers } = alone.get(count) as Measured;
        const figures = [
          answers / rounds,
          median(times),
          percentile(times, 0.95),
          median(times) / median(first?.times ?? []),
        ];
        const besideScan = percentile(beside.get(count)?.times ?? [], 0.95).toFixed(1);
        console.log(
          `| ${question.title} | ${count} | ${figures.map((value) => value.toFixed(2)).join(' | ')} | ${besideScan} |`,
        );
      }
    }
  } finally {
    for (const store of stores.values()) await store.close();
    removeFolders();
  }
}
