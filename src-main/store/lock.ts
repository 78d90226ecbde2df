/** Keeps a second program from opening the same archive. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { PacsError } from '#shared/errors.ts';

/**
 * Locks the folders of an archive for the life of this process: an exclusive transaction in each that is never committed, so
 * that the operating system releases it however the process ends.
 * @throws PacsError `busy` where another program has one of them; the system's error where a folder cannot be written
 */
export function lockArchive(...folders: readonly string[]): () => void {
  const locks: Database.Database[] = [];
  const unlock = (): void => locks.forEach((lock) => lock.close());
  try {
    for (const folder of new Set(folders)) locks.push(lockFolder(folder));
    return unlock;
  } catch (error) {
    unlock();
    throw error;
  }
}

function lockFolder(folder: string): Database.Database {
  const database = new Database(join(folder, 'lock.sqlite'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (cause) {
    database.close();
    if ((cause as { code?: string }).code !== 'SQLITE_BUSY') throw cause;
    throw new PacsError('busy', `The archive in ${folder} is in use by another running Chairside.`, { cause });
  }
}
