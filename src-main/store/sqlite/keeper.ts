/** Keeps images: their files and their rows in one go, many at once where many wait. */
import type { AddOutcome, CatalogueEntry, Overwrite } from '../catalogue.ts';
import { diskFault, remove, writeNewFiles, type DiskFault } from '../write-files.ts';
import type { Writer } from './writer.ts';

/** One image to keep; without bytes its file is there already and only the row is wanted. */
export interface KeepTask {
  readonly entry: CatalogueEntry;
  readonly path?: string;
  readonly bytes?: Uint8Array<SharedArrayBuffer>;
}

/** What became of one image. */
export type Kept = AddOutcome | DiskFault;

/** The keeping half of the writing thread. */
export interface Keeper {
  keep(tasks: readonly KeepTask[]): Promise<Kept[]>;
}

const alreadyKept: AddOutcome = { outcome: 'known', isNewStudy: false };

/** A keeper over a writer. */
export function createKeeper(writer: Writer, overwrite: Overwrite): Keeper {
  /* If the transaction of many fails, each is tried alone, so that only the one at fault fails. */
  const note = (entries: readonly CatalogueEntry[]): Kept[] => {
    try {
      return writer.add(entries, overwrite);
    } catch (error) {
      if (entries.length > 1) return entries.flatMap((entry) => note([entry]));
      return entries.map(() => diskFault(error));
    }
  };
  return {
    async keep(all) {
      /* What is there already is not written first: a scanner that sends a study again costs next to nothing. */
      const known = all.map(({ entry, bytes }) => bytes !== undefined && writer.isKept(entry, overwrite));
      const tasks = all.filter((_, at) => !known[at]);
      const faults = await writeFilesOf(tasks);
      const whole = tasks.filter((_, at) => !faults[at]);
      const outcomes = note(whole.map(({ entry }) => entry));
      whole.forEach(({ path, bytes }, at) => {
        if (bytes && path && 'message' in (outcomes[at] as Kept)) remove(path);
      });
      const kept = faults.map((fault) => fault ?? (outcomes.shift() as Kept));
      return all.map((_, at) => (known[at] ? alreadyKept : (kept.shift() as Kept)));
    },
  };
}

async function writeFilesOf(tasks: readonly KeepTask[]): Promise<(DiskFault | undefined)[]> {
  const files = tasks.flatMap(({ path, bytes }) => (path && bytes ? [{ path, bytes }] : []));
  const faults = await writeNewFiles(files);
  return tasks.map(({ bytes }) => (bytes ? faults.shift() : undefined));
}
