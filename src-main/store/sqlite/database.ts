/** Opens the catalogue's SQLite file with the settings that durability and speed need. */
import Database from 'better-sqlite3';
import { PacsError } from '#shared/errors.ts';
import { createStatements, schemaVersion } from './schema.ts';

/** An open SQLite connection. */
export type Connection = Database.Database;

/**
 * Opens (and if empty creates) the catalogue for writing. WAL with synchronous NORMAL: a power cut may take the last
 * commits from the catalogue, never from the files, and the start finds those files again (recover.ts).
 * @throws PacsError `internal` where the file is of another version or damaged; it is then rebuilt from the files.
 */
export function openForWriting(path: string): Connection {
  const database = new Database(path);
  for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL', 'cache_size = -131072', 'temp_store = MEMORY'])
    database.pragma(pragma);
  const version = database.pragma('user_version', { simple: true });
  if (version === 0) database.transaction(() => createStatements.forEach((statement) => database.exec(statement)))();
  else if (version !== schemaVersion) {
    database.close();
    throw new PacsError(
      'internal',
      `The catalogue has version ${String(version)}, this program needs ${schemaVersion}.`,
    );
  }
  return database;
}

/** Opens the catalogue for reading beside the writer. */
export function openForReading(path: string): Connection {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  database.pragma('cache_size = -65536');
  database.pragma('mmap_size = 1073741824');
  return database;
}
