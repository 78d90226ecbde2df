/** Rebuilds the catalogue from the files alone. */
import type { Overwrite } from './catalogue.ts';
import { lockArchive } from './lock.ts';
import { openPlaces } from './places.ts';
import { recover, type Recovery } from './recover.ts';
import { openSqliteCatalogue, putAside } from './sqlite/sqlite-catalogue.ts';

/**
 * Puts the old catalogue aside (as `.old`) and catalogues every file anew. A rebuild that is interrupted is finished by the
 * next start of the program.
 * @throws PacsError `busy` while the archive is open.
 */
export async function reindex(
  folders: { storage: string; index: string },
  overwrite: Overwrite,
  tell: (files: number) => void = () => undefined,
): Promise<Recovery> {
  const unlock = lockArchive(folders.storage, folders.index);
  try {
    const places = await openPlaces(folders.storage);
    await putAside(folders.index);
    const catalogue = await openSqliteCatalogue(folders.index, overwrite);
    try {
      return await recover(places, catalogue, overwrite, tell);
    } finally {
      await catalogue.close();
    }
  } finally {
    unlock();
  }
}
