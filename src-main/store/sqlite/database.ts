/** Opens the catalogue's SQLite file with the settings that durability and speed need. */
import Database from 'better-sqlite3';
import { matchesName } from './name-match.ts';
import { createStatements, schemaVersion } from './schema.ts';

/** An open SQLite connection. */
export type Connection = Database.Database;

/** Codes of a catalogue that is rebuilt from the files: made by an older program, or damaged. */
export const rebuiltCodes: ReadonlySet<string> = new Set(['CATALOGUE_OLD', 'SQLITE_CORRUPT', 'SQLITE_NOTADB']);

/**
 * Opens (and if empty creates) the catalogue for writing. WAL with synchronous NORMAL: a power cut may take the last
 * commits from the catalogue, never from the files, and the start finds those files again (recover.ts).
 * @throws an error with the code CATALOGUE_OLD or CATALOGUE_NEW where another program made it, else SQLite's
 */
export function openForWriting(path: string): Connection {
  const database = new Database(path);
  try {
    for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL', 'cache_size = -131072', 'temp_store = MEMORY'])
      database.pragma(pragma);
    const version = database.pragma('user_version', { simple: true }) as number;
    if (version === 0) database.transaction(() => createStatements.forEach((statement) => database.exec(statement)))();
    else if (version !== schemaVersion) throw otherVersion(version);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

const otherVersion = (version: number): Error =>
  version < schemaVersion
    ? Object.assign(new Error('It was made by an older Chairside.'), { code: 'CATALOGUE_OLD' })
    : Object.assign(new Error('The catalogue was made by a newer Chairside. Please start that one.'), {
        code: 'CATALOGUE_NEW',
      });

/** Opens the catalogue for reading beside the writer. */
export function openForReading(path: string): Connection {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  database.pragma('cache_size = -32768');
  /* Address space only: rows are read from the system's cache without a copy, however large the file. */
  database.pragma('mmap_size = 17179869184');
  database.function(
    'matches_name',
    { deterministic: true },
    (name: unknown, pattern: unknown, caseSensitive: unknown) =>
      typeof name === 'string' && matchesName(name, String(pattern), caseSensitive === 1) ? 1 : 0,
  );
  return database;
}
