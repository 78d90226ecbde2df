/** The catalogue in SQLite: one thread writes, others read, so that no query delays an image, no image the window, and no long query a short one. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { PacsError } from '#shared/errors.ts';
import { threadEntry } from '../../threads.ts';
import type { AddOutcome, Catalogue, Overwrite } from '../catalogue.ts';
import { toError } from '../disk.ts';
import type { DiskFault } from '../write-files.ts';
import type { CatalogueThread, Operation } from './catalogue-worker.ts';
import { rebuiltCodes } from './database.ts';
import type { Kept, KeepTask } from './keeper.ts';
import { schemaVersion } from './schema.ts';
import { isLongWay } from './slices.ts';

/* Bounds of what is kept in one go: the first of a batch waits for the last. */
const batch = { images: 64, bytes: 16 * 1024 * 1024 };

/** Name of the catalogue's file. */
const catalogueFile = 'catalogue.sqlite';

/** Puts a catalogue aside as `.old`, so that the next one begins empty and is filled from the files. */
export async function putAside(folder: string): Promise<void> {
  const path = join(folder, catalogueFile);
  for (const end of ['', '-wal', '-shm'])
    await rename(`${path}${end}`, `${path}.old${end}`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
}

/**
 * Opens (and if needed creates) the catalogue in a folder. One that an older program made, or that is damaged, is put aside.
 * @throws PacsError `internal` in words where a newer program made it
 */
export async function openSqliteCatalogue(
  folder: string,
  overwrite: Overwrite,
  log: (message: string) => void = () => undefined,
): Promise<Catalogue> {
  const path = join(folder, catalogueFile);
  let writer = startThread({ path, mode: 'write', overwrite });
  let fault = await openThread(writer);
  if (fault && rebuiltCodes.has(fault.code)) {
    log(`The catalogue is of another version or damaged (${fault.message}); it is rebuilt from the files.`);
    await writer.destroy();
    await putAside(folder);
    writer = startThread({ path, mode: 'write', overwrite });
    fault = await openThread(writer);
  }
  /* What is quick has a thread for itself; what may take its time has another, where slices take turns. */
  const quick = startThread({ path, mode: 'read', overwrite });
  const whole = startThread({ path, mode: 'read', overwrite });
  fault ??= (await openThread(quick)) ?? (await openThread(whole));
  const threads = [quick, whole, writer];
  if (fault) {
    await Promise.all(threads.map((thread) => thread.destroy()));
    throw fault.code === 'CATALOGUE_NEW' ? new PacsError('busy', fault.message) : toError(fault);
  }
  const call = async <R>(thread: Piscina, method: Operation['method'], ...input: unknown[]): Promise<R> =>
    (await thread.run({ method, input } satisfies Operation, { name: 'run' })) as R;
  const batches = createBatches((tasks) => call<Kept[]>(writer, 'keep', tasks));
  return {
    version: schemaVersion,
    add: (entry) => batches.keep({ entry }),
    keep: (image) => batches.keep(image),
    refuse: (refusal) => call(writer, 'refuse', refusal),
    settle: (bucket) => call(writer, 'settle', bucket),
    openEnds: () => call(writer, 'openEnds'),
    rowOf: (identifiers) => call(writer, 'rowOf', identifiers),
    completed: () => call(writer, 'completed'),
    forget: (rows) => call(writer, 'forget', rows),
    swept: (places) => call(writer, 'swept', places),
    find: (query) => call(whole, 'find', query),
    count: (query) => call(whole, 'count', query),
    slice: (query, from) => call(isLongWay(from) ? whole : quick, 'slice', query, from),
    lookup: (publicId) => call(quick, 'lookup', publicId),
    digestOf: (identifiers) => call(quick, 'digestOf', identifiers),
    files: (scope) => call(quick, 'files', scope),
    totals: () => call(whole, 'totals'),
    refusals: (limit) => call(whole, 'refusals', limit),
    close: async () => {
      await batches.idle();
      /* The writer last: it puts the log away. */
      for (const thread of threads) await call(thread, 'close');
      await Promise.all(threads.map((thread) => thread.destroy()));
    },
  };
}

const openThread = async (thread: Piscina): Promise<DiskFault | undefined> =>
  (await thread.run(undefined, { name: 'open' })) as DiskFault | undefined;

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
