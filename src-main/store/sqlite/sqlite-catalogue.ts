/** The catalogue in SQLite: one thread writes, one reads, so that no query delays an image and no image the window. */
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { threadEntry } from '../../threads.ts';
import type { AddOutcome, Catalogue, CatalogueEntry, Overwrite } from '../catalogue.ts';
import type { CatalogueThread, Operation } from './catalogue-worker.ts';

interface Waiting {
  readonly entry: CatalogueEntry;
  readonly overwrite: Overwrite;
  readonly resolve: (outcome: AddOutcome) => void;
  readonly reject: (error: unknown) => void;
}

const batchLimit = 256;

/** Name of the catalogue's file. */
export const catalogueFile = 'catalogue.sqlite';

/** Opens (and if needed creates) the catalogue in a folder. */
export async function openSqliteCatalogue(folder: string): Promise<Catalogue> {
  const path = join(folder, catalogueFile);
  const writer = startThread({ path, mode: 'write' });
  const reader = startThread({ path, mode: 'read' });
  const call = async <R>(thread: Piscina, method: Operation['method'], ...input: unknown[]): Promise<R> =>
    (await thread.run({ method, input } satisfies Operation, { name: 'run' })) as R;
  try {
    await call(writer, 'open');
    await call(reader, 'open');
  } catch (error) {
    await Promise.all([writer.destroy(), reader.destroy()]);
    throw error;
  }
  const batches = createBatches((entries, overwrite) => call<AddOutcome[]>(writer, 'add', entries, overwrite));
  return {
    add: (entries, overwrite) => Promise.all(entries.map((entry) => batches.add(entry, overwrite))),
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

/* Entries that come while a transaction runs go into the next one together: under load the cost of a commit is shared. */
function createBatches(write: (entries: CatalogueEntry[], overwrite: Overwrite) => Promise<AddOutcome[]>) {
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const overwrite = waiting[0]?.overwrite ?? 'Never';
      const end = waiting.findIndex((item) => item.overwrite !== overwrite);
      const batch = waiting.splice(0, Math.min(batchLimit, end < 0 ? waiting.length : end));
      await settleBatch(batch, overwrite);
    }
    running = undefined;
  }

  /* If a batch fails, each entry is tried alone, so that only the one at fault fails. */
  async function settleBatch(batch: Waiting[], overwrite: Overwrite): Promise<void> {
    try {
      const outcomes = await write(
        batch.map(({ entry }) => entry),
        overwrite,
      );
      batch.forEach((item, at) => item.resolve(outcomes[at] as AddOutcome));
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const item of batch) await settleBatch([item], overwrite);
    }
  }

  return {
    add: (entry: CatalogueEntry, overwrite: Overwrite) =>
      new Promise<AddOutcome>((resolve, reject) => {
        waiting.push({ entry, overwrite, resolve, reject });
        running ??= drain();
      }),
    idle: async () => running,
  };
}
