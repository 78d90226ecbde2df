/** The catalogue in SQLite: one thread writes, one reads, so that no query delays an image and no image the window. */
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { threadEntry } from '../../threads.ts';
import type { AddOutcome, Catalogue, Overwrite } from '../catalogue.ts';
import { toError } from '../disk.ts';
import type { CatalogueThread, Operation } from './catalogue-worker.ts';
import type { Kept, KeepTask } from './keeper.ts';
import { schemaVersion } from './schema.ts';

/* Bounds of what is kept in one go: the first of a batch waits for the last. */
const batch = { images: 64, bytes: 16 * 1024 * 1024 };

/** Name of the catalogue's file. */
export const catalogueFile = 'catalogue.sqlite';

/** Opens (and if needed creates) the catalogue in a folder. */
export async function openSqliteCatalogue(folder: string, overwrite: Overwrite): Promise<Catalogue> {
  const path = join(folder, catalogueFile);
  const writer = startThread({ path, mode: 'write', overwrite });
  const reader = startThread({ path, mode: 'read', overwrite });
  const call = async <R>(thread: Piscina, method: Operation['method'], ...input: unknown[]): Promise<R> =>
    (await thread.run({ method, input } satisfies Operation, { name: 'run' })) as R;
  try {
    await call(writer, 'open');
    await call(reader, 'open');
  } catch (error) {
    await Promise.all([writer.destroy(), reader.destroy()]);
    throw error;
  }
  const batches = createBatches((tasks) => call<Kept[]>(writer, 'keep', tasks));
  return {
    version: schemaVersion,
    add: (entry) => batches.keep({ entry }),
    keep: (image) => batches.keep(image),
    refuse: (refusal) => call(writer, 'refuse', refusal),
    settle: (bucket) => call(writer, 'settle', bucket),
    openEnds: () => call(writer, 'openEnds'),
    completed: () => call(writer, 'completed'),
    forget: (rows) => call(writer, 'forget', rows),
    swept: (places) => call(writer, 'swept', places),
    find: (query) => call(reader, 'find', query),
    count: (query) => call(reader, 'count', query),
    files: (scope) => call(reader, 'files', scope),
    totals: () => call(reader, 'totals'),
    refusals: (limit) => call(reader, 'refusals', limit),
    close: async () => {
      await batches.idle();
      await call(reader, 'close');
      await call(writer, 'close');
      await Promise.all([writer.destroy(), reader.destroy()]);
    },
  };
}

const startThread = (workerData: CatalogueThread): Piscina =>
  new Piscina({
    filename: threadEntry(import.meta.url, './catalogue-worker'),
    workerData,
    minThreads: 1,
    maxThreads: 1,
    idleTimeout: Infinity,
  });

interface Waiting {
  readonly task: KeepTask;
  readonly resolve: (outcome: AddOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/* What comes while the thread works goes to it together afterwards: under load the cost of syncs and commits is shared. */
function createBatches(keepAll: (tasks: KeepTask[]) => Promise<Kept[]>) {
  const waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  function takeBatch(): Waiting[] {
    let [count, bytes] = [0, 0];
    while (count < waiting.length && count < batch.images && bytes < batch.bytes)
      bytes += waiting[count++]?.task.bytes?.length ?? 0;
    return waiting.splice(0, count);
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) await settle(takeBatch());
    running = undefined;
  }

  async function settle(items: Waiting[]): Promise<void> {
    try {
      const kept = await keepAll(items.map(({ task }) => task));
      items.forEach(({ resolve, reject }, at) => {
        const one = kept[at] as Kept;
        if ('message' in one) reject(toError(one));
        else resolve(one);
      });
    } catch (error) {
      for (const { reject } of items) reject(error);
    }
  }

  return {
    keep: (task: KeepTask) =>
      new Promise<AddOutcome>((resolve, reject) => {
        waiting.push({ task, resolve, reject });
        running ??= drain();
      }),
    idle: async () => running,
  };
}
