/** Opens archives in temporary folders for tests. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Origin, Row } from '#shared/model.ts';
import type { Query } from '#shared/query.ts';
import { openStore, type StoreOptions } from '#main/store/open-store.ts';
import type { Store } from '#main/store/store.ts';

/** An origin as a scanner has it. */
export const scanner: Origin = {
  kind: 'dimse',
  remoteAddress: '127.0.0.1',
  callingAET: 'SCANNER',
  calledAET: 'CHAIRSIDE',
};

/** Opens an archive with small bounds. */
export const openArchive = (folder: string, more: Partial<StoreOptions> = {}): Promise<Store> =>
  openStore({
    storage: folder,
    index: folder,
    overwrite: 'Never',
    maximumInstanceBytes: 4 * 1024 ** 3,
    minimumFreeBytes: 0,
    log: () => undefined,
    ...more,
  });

/** Relative paths of all files under a folder of the archive. */
export const filesUnder = (folder: string, part: 'dicom' | 'incoming'): string[] =>
  readdirSync(join(folder, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** What `findEach` gives, in one list. */
export async function collected(store: Store, query: Query, signal?: AbortSignal): Promise<Row[]> {
  const all: Row[] = [];
  for await (const rows of store.findEach(query, signal)) all.push(...rows);
  return all;
}
