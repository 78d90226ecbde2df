/** Keeps a second program from opening the same archive. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { PacsError } from '#shared/errors.ts';

/**
 * Locks an archive's folder for the life of this process: an exclusive transaction that is never committed, so that the
 * operating system releases it however the process ends.
 * @throws PacsError `busy` where another program has it.
 */
export function lockArchive(folder: string): () => void {
  const database = new Database(join(folder, 'lock.sqlite'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new PacsError('busy', `The archive in ${folder} is in use by another running Chairside.`, { cause });
  }
  return () => database.close();
}
