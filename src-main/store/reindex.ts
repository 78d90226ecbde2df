/** Rebuilds the catalogue from the files alone. */
import type { Overwrite } from './catalogue.ts';
import type { LabelOf } from './entry.ts';
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
  labelOf?: LabelOf,
): Promise<Recovery> {
  const unlock = lockArchive(folders.storage, folders.index);
  try {
    const places = await openPlaces(folders.storage);
    await putAside(folders.index);
    const catalogue = await openSqliteCatalogue(folders.index, overwrite);
    try {
      return await recover(places, catalogue, overwrite, { tell, labelOf });
    } finally {
      await catalogue.close();
    }
  } finally {
    unlock();
  }
}
