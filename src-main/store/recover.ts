/** Sets right at the start what a crash or power cut left open, by looking at the last buckets only. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { PacsError } from '#shared/errors.ts';
import { readHeader } from '../dicom/header-reader.ts';
import type { Catalogue, CatalogueEntry, Place } from './catalogue.ts';
import { makeEntry } from './entry.ts';
import { fitsItsName } from './file-name.ts';
import type { Places } from './places.ts';

/** What the start found. */
export interface Recovery {
  /** Files that were on disk but not catalogued, and are now. */
  readonly found: number;
  /** Rows without a file that were taken out. */
  readonly lost: number;
  /** Files without use that were removed. */
  readonly removed: number;
  /** Files that are damaged or no DICOM; they stay where they are. */
  readonly unreadable: readonly string[];
  /** The bucket to go on with and how many files it has. */
  readonly bucket: number;
  readonly filled: number;
}

const atOnce = 8;

/**
 * Removes what never arrived whole, catalogues files that were kept but not yet catalogued, takes out rows whose file never
 * got its name to disk. Only buckets after the last settled one are looked at, so the time does not grow with the archive;
 * with an empty catalogue these are all, which is how it is rebuilt from the files.
 */
export async function recover(
  places: Places,
  catalogue: Catalogue,
  tell: (files: number) => void = () => undefined,
): Promise<Recovery> {
  await places.clearIncoming();
  const { durableBucket, recent, discarded, isComplete } = await catalogue.openEnds();
  let removed = await sweep(places, catalogue, discarded);
  const open = (await places.buckets()).filter((bucket) => bucket > durableBucket);
  const catalogued = Map.groupBy(recent, ({ bucket }) => bucket);
  let [found, lost, seen] = [0, 0, 0];
  const unreadable: string[] = [];
  for (const bucket of open) {
    const names = new Set(await places.namesIn(bucket));
    const rows = catalogued.get(bucket) ?? [];
    lost += await catalogue.forget(rows.filter(({ name }) => !names.has(name)).map(({ row }) => row));
    for (const { name } of rows) names.delete(name);
    await inParallel([...names], async (name) => {
      const outcome = await adopt({ places, catalogue, mayRemove: isComplete }, { bucket, name });
      if (outcome === 'found') found++;
      else if (outcome === 'removed') removed++;
      else unreadable.push(places.pathOf({ bucket, name }));
    });
    tell((seen += names.size));
    if (bucket !== open.at(-1)) await catalogue.settle(bucket);
  }
  await catalogue.completed();
  const bucket = open.at(-1) ?? durableBucket + 1;
  return { found, lost, removed, unreadable, bucket, filled: (await places.namesIn(bucket)).length };
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += atOnce) await Promise.all(items.slice(at, at + atOnce).map(work));
}

async function sweep(places: Places, catalogue: Catalogue, discarded: readonly Place[]): Promise<number> {
  for (const place of discarded) await rm(places.pathOf(place), { force: true });
  await catalogue.swept(discarded);
  return discarded.length;
}

interface Adoption {
  readonly places: Places;
  readonly catalogue: Catalogue;
  /** True where a file without a row can only be one that was never acknowledged. */
  readonly mayRemove: boolean;
}

/* A power cut can leave a name whose bytes never all came to disk; such a file was not acknowledged. While a catalogue is
   being rebuilt a file that does not fit its name may as well be an old image gone bad: it stays for a person to see. */
async function adopt(
  { places, catalogue, mayRemove }: Adoption,
  place: Place,
): Promise<'found' | 'removed' | 'unreadable'> {
  const path = places.pathOf(place);
  const digest = await digestOf(path);
  if (!fitsItsName(place.name, digest)) {
    if (mayRemove) await rm(path, { force: true });
    return mayRemove ? 'removed' : 'unreadable';
  }
  const entry = await readEntry(path, place, digest).catch((error: unknown) => {
    if (error instanceof PacsError) return undefined;
    throw error;
  });
  if (!entry) return 'unreadable';
  const outcome = await catalogue.add(entry);
  if (outcome.discard) await sweep(places, catalogue, [outcome.discard]);
  return outcome.outcome === 'known' ? 'removed' : 'found';
}

/* The entry of a file that is kept already, read from the file itself. */
async function readEntry(path: string, place: Place, digest: Buffer): Promise<CatalogueEntry> {
  const [header, { size, mtimeMs }] = await Promise.all([readHeader(path), stat(path)]);
  const origin = { kind: 'import', path: 'archive' } as const;
  return { ...makeEntry({ header, size, digest }, origin, Math.round(mtimeMs)), place };
}

async function digestOf(path: string): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  return hash.digest();
}
