/** The door of the small durable tables: what cannot be rebuilt from the files (jobs, worklist, nodes, commitments). */

/** A value of a column. */
export type RecordValue = string | number | null | Uint8Array;

/** A statement and the values of its `?`s. */
export interface Statement {
  readonly sql: string;
  readonly values?: readonly RecordValue[];
}

/** A room's tables: each step is applied once, in order, and never changed afterwards. */
export interface RecordsSchema {
  /** Prefix of the tables, and name under which the steps are counted. */
  readonly room: string;
  readonly steps: readonly string[];
}

/** The tables. */
export interface Records {
  /** Rows of one reading statement, columns by name. */
  all<T>(sql: string, values?: readonly RecordValue[]): Promise<T[]>;
  /**
   * Runs statements in one transaction; resolves when it is on disk (synced). The answer has the rows of each statement
   * (RETURNING), none for those that give none. @throws PacsError `storage-full`, else `internal`; then nothing is changed.
   */
  change(...statements: readonly Statement[]): Promise<readonly (readonly Record<string, RecordValue>[])[]>;
  close(): Promise<void>;
}
