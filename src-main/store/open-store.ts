/** Opens the archive: folders, catalogue, what a crash left, and the one entrance for images. */
import { randomUUID } from 'node:crypto';
import { mkdir, unlink } from 'node:fs/promises';
import { createEmitter } from '#shared/emitter.ts';
import { PacsError, toPacsError } from '#shared/errors.ts';
import type { Identifiers, Origin, Receipt, Statistics } from '#shared/model.ts';
import type { AddOutcome, Catalogue, CatalogueEntry, Overwrite, Place } from './catalogue.ts';
import { checkedQuery } from './checked-query.ts';
import { createSpaceCheck } from './disk-space.ts';
import { type LabelOf, makeEntry } from './entry.ts';
import { createBlocks } from './blocks.ts';
import { openDisk, type Disk } from './disk.ts';
import { takeIn, type Arrival } from './intake.ts';
import { lockArchive } from './lock.ts';
import { openPlaces, type Places } from './places.ts';
import { recover } from './recover.ts';
import { findEach } from './find-each.ts';
import { openShelf, type Shelf } from './shelf.ts';
import { openSqliteCatalogue } from './sqlite/sqlite-catalogue.ts';
import type { Store, StoreEvents } from './store.ts';

/** How an archive is opened. */
export interface StoreOptions {
  /** Folder of the files. */
  readonly storage: string;
  /** Folder of the catalogue. */
  readonly index: string;
  readonly overwrite: Overwrite;
  readonly maximumInstanceBytes: number;
  /** With less free disk than this, nothing is taken. */
  readonly minimumFreeBytes: number;
  readonly log: (message: string) => void;
  /** The label of what came under an AE title of ours (the ReceivingApplicationEntityTitle of its file). */
  readonly labelOf?: LabelOf | undefined;
}

/**
 * Opens the archive, makes it if it is not there, and sets right what a crash left.
 * @throws PacsError `busy` where another program has it open.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  await mkdir(options.storage, { recursive: true });
  await mkdir(options.index, { recursive: true });
  const unlock = lockArchive(options.storage, options.index);
  try {
    const places = await openPlaces(options.storage);
    const catalogue = await openSqliteCatalogue(options.index, options.overwrite, options.log);
    try {
      const shelf = await setRight(options, places, catalogue);
      return createStore(options, { places, catalogue, shelf, disk: openDisk() }, unlock);
    } catch (error) {
      await catalogue.close();
      throw error;
    }
  } catch (error) {
    unlock();
    throw error;
  }
}

async function setRight(options: StoreOptions, places: Places, catalogue: Catalogue): Promise<Shelf> {
  const { bucket, filled, ...seen } = await recover(places, catalogue, options.overwrite, {
    labelOf: options.labelOf,
  });
  if (seen.found + seen.lost + seen.removed > 0)
    options.log(
      `After an interruption: ${seen.found} images catalogued, ${seen.lost} incomplete ones and ${seen.removed} leftover files cleared.`,
    );
  for (const path of seen.unreadable) options.log(`Not readable as DICOM, left where it is: ${path}`);
  for (const path of seen.superseded) options.log(`A second version of an image, left where it is: ${path}`);
  const settle = (settled: number): Promise<void> =>
    catalogue
      .settle(settled)
      .catch((error: unknown) => options.log(`The catalogue could not be settled: ${String(error)}`));
  return openShelf(places, bucket, filled, settle);
}

/** What the archive is made of. */
interface Parts {
  readonly places: Places;
  readonly catalogue: Catalogue;
  readonly shelf: Shelf;
  readonly disk: Disk;
}

function createStore(options: StoreOptions, { places, catalogue, shelf, disk }: Parts, unlock: () => void): Store {
  const events = createEmitter<StoreEvents>((error) => options.log(`A listener failed: ${String(error)}`));
  const checks = [...new Set([options.storage, options.index])].map((folder) =>
    createSpaceCheck(folder, options.minimumFreeBytes),
  );
  const intake = { disk, blocks: createBlocks(), maximumBytes: options.maximumInstanceBytes };
  const running = new Set<Promise<unknown>>();
  let closed = false;

  async function receive(
    stream: AsyncIterable<Uint8Array>,
    origin: Origin,
    claim?: Partial<Identifiers>,
  ): Promise<Receipt> {
    if (closed) throw new PacsError('busy', 'The archive is closing.');
    for (const checkSpace of checks) await checkSpace();
    const path = places.incomingPath(`${randomUUID()}.part`);
    return takeIn(intake, stream, path, async (arrival) => {
      const entry = makeEntry(arrival, origin, Date.now(), { claim, labelOf: options.labelOf });
      const { identifiers, size } = entry;
      const { outcome, isNewStudy } = await shelf.place(identifiers.SOPInstanceUID, arrival.digest, (place) =>
        keep(arrival, path, { ...entry, place }),
      );
      const { AccessionNumber, Modality } = entry.values;
      if (outcome !== 'known')
        events.emit('instance.stored', { ...identifiers, isNewStudy, AccessionNumber, Modality });
      return { ...identifiers, size, status: outcome === 'known' ? 'AlreadyStored' : 'Success' };
    });
  }

  /* First the file, whole and safe under its final name, then its row: a row never names a file that is not there. */
  async function keep({ isLarge, lastBytes }: Arrival, path: string, entry: CatalogueEntry): Promise<AddOutcome> {
    const kept = places.pathOf(entry.place);
    const outcome = isLarge
      ? await keepLarge(path, lastBytes, kept, entry)
      : await catalogue.keep({ entry, path: kept, bytes: lastBytes });
    if (outcome.discard) await discard(outcome.discard);
    return outcome;
  }

  async function keepLarge(
    path: string,
    lastBytes: Uint8Array<SharedArrayBuffer>,
    kept: string,
    entry: CatalogueEntry,
  ): Promise<AddOutcome> {
    try {
      await disk.finish(path, lastBytes, kept);
      return await catalogue.add(entry);
    } catch (error) {
      await unlink(kept).catch(() => undefined);
      throw error;
    }
  }

  /* What is not removed now is noted in the catalogue and removed at the next start. */
  async function discard(place: Place): Promise<void> {
    try {
      await unlink(places.pathOf(place));
      await catalogue.swept([place]);
    } catch (error) {
      options.log(`A replaced file could not be removed: ${String(error)}`);
    }
  }

  async function refuse(error: PacsError, origin: Origin): Promise<void> {
    const at = Date.now();
    const { code, message } = error;
    await catalogue
      .refuse({ at, origin, code, message })
      .catch((cause: unknown) => options.log(`A refusal could not be noted: ${String(cause)}`));
    events.emit('instance.refused', { at: new Date(at).toISOString(), origin, error: { code, message } });
  }

  async function receiveOrRefuse(
    stream: AsyncIterable<Uint8Array>,
    origin: Origin,
    claim?: Partial<Identifiers>,
  ): Promise<Receipt> {
    try {
      return await receive(stream, origin, claim);
    } catch (thrown) {
      const error = toPacsError(thrown);
      if (error.code === 'internal') options.log(`An image could not be kept: ${String(error.cause ?? error)}`);
      await refuse(error, origin);
      throw error;
    }
  }

  return {
    events,
    catalogueVersion: catalogue.version,
    receive: (stream, origin, claim) => {
      const work = receiveOrRefuse(stream, origin, claim);
      running.add(work);
      work.catch(() => undefined).finally(() => running.delete(work));
      return work;
    },
    find: async (query) => catalogue.find(checkedQuery(query)),
    findEach: (query, signal) => findEach(catalogue, checkedQuery(query), signal),
    count: async (query) => catalogue.count(checkedQuery(query)),
    lookup: (publicId) => catalogue.lookup(publicId),
    verify: async ({ path, ...identifiers }) => {
      const kept = await catalogue.digestOf(identifiers);
      return kept !== undefined && places.pathOf(kept.place) === path && disk.hasDigest(path, kept.digest);
    },
    files: async (scope) =>
      (await catalogue.files(scope)).map(({ place, ...file }) => ({ ...file, path: places.pathOf(place) })),
    refuse,
    statistics: (): Promise<Statistics> => catalogue.totals(),
    refusals: (limit) => catalogue.refusals(limit),
    close: async () => {
      closed = true;
      await Promise.allSettled(running);
      await disk.close();
      await catalogue.close();
      unlock();
    },
  };
}
