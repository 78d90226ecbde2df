/** Rebuilds the catalogue from the files alone. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { lockArchive } from './lock.ts';
import { openPlaces } from './places.ts';
import { recover, type Recovery } from './recover.ts';
import { catalogueFile, openSqliteCatalogue } from './sqlite/sqlite-catalogue.ts';

/**
 * Puts the old catalogue aside (as `.old`) and catalogues every file anew. A rebuild that is interrupted is finished by the
 * next start of the program.
 * @throws PacsError `busy` while the archive is open.
 */
export async function reindex(
  folders: { storage: string; index: string },
  tell: (files: number) => void = () => undefined,
): Promise<Recovery> {
  const unlock = lockArchive(folders.index);
  try {
    const places = await openPlaces(folders.storage);
    await putAside(join(folders.index, catalogueFile));
    const catalogue = await openSqliteCatalogue(folders.index, 'Never');
    const recovery = await recover(places, catalogue, tell);
    await catalogue.close();
    return recovery;
  } finally {
    unlock();
  }
}

async function putAside(path: string): Promise<void> {
  for (const end of ['', '-wal', '-shm'])
    await rename(`${path}${end}`, `${path}.old${end}`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
}
