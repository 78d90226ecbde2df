/** Sets right at the start what a crash or power cut left open, by looking at the last buckets only. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { PacsError } from '#shared/errors.ts';
import { readHeader } from '../dicom/header-reader.ts';
import type { Catalogue, CatalogueEntry, Overwrite, Place } from './catalogue.ts';
import { type LabelOf, makeEntry } from './entry.ts';
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
  /** Second versions of an instance that were found while rebuilding; they stay where they are, without a row. */
  readonly superseded: readonly string[];
  /** The bucket to go on with and how many files it has. */
  readonly bucket: number;
  readonly filled: number;
}

/** Who is told of progress, and which label an image has. */
export interface RecoveryOptions {
  readonly tell?: (files: number) => void;
  readonly labelOf?: LabelOf | undefined;
}

const atOnce = 8;

/**
 * Removes what never arrived whole, catalogues files that were kept but not yet catalogued, takes out rows whose file never
 * got its name to disk. Only buckets after the last settled one are looked at, so the time does not grow with the archive;
 * with an empty catalogue these are all, which is how it is rebuilt from the files.
 * @throws where a folder cannot be read: its rows would be taken for lost
 */
export async function recover(
  places: Places,
  catalogue: Catalogue,
  overwrite: Overwrite,
  { tell = () => undefined, labelOf }: RecoveryOptions = {},
): Promise<Recovery> {
  await places.clearIncoming();
  const { durableBucket, recent, discarded, isComplete } = await catalogue.openEnds();
  const removed = await sweep(places, catalogue, discarded);
  const open = (await places.buckets()).filter((bucket) => bucket > durableBucket);
  const catalogued = Map.groupBy(recent, ({ bucket }) => bucket);
  const seen = { found: 0, lost: 0, removed, unreadable: [] as string[], superseded: [] as string[] };
  const adopt = createAdopter(places, catalogue, overwrite, { mayRemove: isComplete, labelOf });
  let filled = 0;
  for (const bucket of open) {
    const names = new Set(await places.namesIn(bucket));
    filled = names.size;
    const rows = catalogued.get(bucket) ?? [];
    seen.lost += await catalogue.forget(rows.filter(({ name }) => !names.has(name)).map(({ row }) => row));
    for (const { name } of rows) names.delete(name);
    for (const file of await examine(places, bucket, [...names])) await adopt(file, seen);
    tell(seen.found + seen.superseded.length + seen.unreadable.length);
  }
  /* Noted only now: an interrupted rebuild looks at all of them again. What a rebuild left lying is never looked at again. */
  const last = open.at(-1) ?? durableBucket;
  const settled = isComplete ? last - 1 : last;
  if (settled > durableBucket) await catalogue.settle(settled);
  await catalogue.completed();
  const goesOn = isComplete && last > durableBucket;
  return { ...seen, bucket: goesOn ? last : last + 1, filled: goesOn ? filled : 0 };
}

/** What adopting changes. */
interface Seen {
  found: number;
  removed: number;
  readonly unreadable: string[];
  readonly superseded: string[];
}

/** A file without a row. */
interface Stray {
  readonly place: Place;
  readonly path: string;
  readonly receivedAt: number;
  readonly size: number;
  readonly digest: Buffer;
}

/* The oldest first, so that of two versions the one that was acknowledged last is met last. */
async function examine(places: Places, bucket: number, names: readonly string[]): Promise<Stray[]> {
  const files: Stray[] = [];
  for (let at = 0; at < names.length; at += atOnce)
    files.push(
      ...(await Promise.all(
        names.slice(at, at + atOnce).map(async (name) => {
          const place = { bucket, name };
          const path = places.pathOf(place);
          const [{ size, mtimeMs }, digest] = await Promise.all([stat(path), digestOf(path)]);
          return { place, path, size, digest, receivedAt: Math.round(mtimeMs) };
        }),
      )),
    );
  return files.toSorted((a, b) => a.receivedAt - b.receivedAt);
}

async function sweep(places: Places, catalogue: Catalogue, discarded: readonly Place[]): Promise<number> {
  for (const place of discarded) await rm(places.pathOf(place), { force: true });
  await catalogue.swept(discarded);
  return discarded.length;
}

/**
 * Finds out what a file without a row is. A power cut can leave a name whose bytes never all came to disk; such a file was
 * not acknowledged. While a catalogue is being rebuilt nothing is removed: there a file that does not fit its name may be an
 * old image gone bad, and which of two versions is the one to keep is for a person to say.
 */
function createAdopter(
  places: Places,
  catalogue: Catalogue,
  overwrite: Overwrite,
  { mayRemove, labelOf }: { mayRemove: boolean; labelOf: LabelOf | undefined },
) {
  const giveUp = async (path: string, seen: Seen, kind: 'unreadable' | 'superseded'): Promise<void> => {
    if (!mayRemove) return void seen[kind].push(path);
    await rm(path, { force: true });
    seen.removed++;
  };
  return async (file: Stray, seen: Seen): Promise<void> => {
    if (!fitsItsName(file.place.name, file.digest)) return giveUp(file.path, seen, 'unreadable');
    const entry = await readEntry(file, labelOf);
    if (!entry) return void seen.unreadable.push(file.path);
    const old = await rowWithFile(places, catalogue, entry);
    const isNewer = old !== undefined && overwrite !== 'Never' && old.receivedAt < file.receivedAt;
    if (old && !isNewer) return giveUp(file.path, seen, 'superseded');
    const { discard } = await catalogue.add(entry);
    seen.found++;
    if (!discard) return;
    if (mayRemove) await sweep(places, catalogue, [discard]);
    else await catalogue.swept([discard]);
    if (!mayRemove) seen.superseded.push(places.pathOf(discard));
  };
}

/* A row whose file is gone stands for nothing: a newer version had taken its place when the power went. */
async function rowWithFile(places: Places, catalogue: Catalogue, { identifiers }: CatalogueEntry) {
  const old = await catalogue.rowOf(identifiers);
  if (!old) return undefined;
  const isThere = await stat(places.pathOf(old)).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
  if (isThere) return old;
  await catalogue.forget([old.row]);
  return undefined;
}

/* The entry of a file that is kept already, read from the file itself; undefined where it is no DICOM. */
async function readEntry(
  { path, place, ...file }: Stray,
  labelOf: LabelOf | undefined,
): Promise<CatalogueEntry | undefined> {
  const origin = { kind: 'import', path: 'archive' } as const;
  try {
    const header = await readHeader(path);
    return { ...makeEntry({ ...file, header }, origin, file.receivedAt, { labelOf }), place };
  } catch (error) {
    if (error instanceof PacsError) return undefined;
    throw error;
  }
}

async function digestOf(path: string): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  return hash.digest();
}
