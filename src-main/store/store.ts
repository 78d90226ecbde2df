/** The door of the archive: what we keep, and the one entrance through which everything comes. */
import type { Emitter } from '#shared/emitter.ts';
import type { PacsError } from '#shared/errors.ts';
import type { Identifiers, Origin, Receipt, Refusal, Row, Statistics } from '#shared/model.ts';
import type { Query } from '#shared/query.ts';
import type { Entity, Scope } from './catalogue.ts';

export type { Scope } from './catalogue.ts';

/** One kept file, with what is needed to read its frames without opening it. */
export interface StoredFile extends Identifiers {
  /** Absolute path of a DICOM Part 10 file (or the bytes that were uploaded). */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly TransferSyntaxUID: string;
  /** Frames that there are to show, whatever the data set claims; 0 without pixel data. */
  readonly NumberOfFrames: number;
}

/** What the archive tells. */
export interface StoreEvents {
  'instance.stored': Identifiers & {
    readonly isNewStudy: boolean;
    readonly AccessionNumber?: string | undefined;
    readonly Modality?: string | undefined;
  };
  'instance.refused': Refusal;
}

/** The archive. */
export interface Store {
  readonly events: Emitter<StoreEvents>;
  /** Version of the catalogue's schema. */
  readonly catalogueVersion: number;
  /**
   * Keeps one DICOM Part 10 file (or bare data set) byte for byte. Resolves only when the file is on disk under its final
   * name, synced, and the catalogue has it or will have it after any crash. `claim` is what the envelope said (C-STORE
   * command, STOW path); a data set that differs is refused with `mismatch`.
   * Chunks are good only until the promise settles: the doors write into their memory again.
   * @throws PacsError; nothing is left behind, and the refusal is counted and told. A stream that throws counts as `aborted`.
   */
  receive(stream: AsyncIterable<Uint8Array>, origin: Origin, claim?: Partial<Identifiers>): Promise<Receipt>;
  /** Rows of the query's level, in its order. */
  find(query: Query): Promise<readonly Row[]>;
  /**
   * Rows of the query's level in batches, each looked for when it is asked for, in no promised order (`order` and `offset` do
   * not count). Ends at once when `signal` is aborted. However many rows: few are in memory, and others are not held up.
   */
  findEach(query: Query, signal?: AbortSignal): AsyncGenerator<readonly Row[], void, undefined>;
  /** How many rows the query has without limit and offset. */
  count(query: Query): Promise<number>;
  /** Files of the scope, series by series in the order of InstanceNumber, then SOPInstanceUID. */
  files(scope: Scope): Promise<readonly StoredFile[]>;
  /** The patient, study, series or instance of an Orthanc ID (five groups of eight hexadecimal digits), if there is one. */
  lookup(publicId: string): Promise<Entity | undefined>;
  /** True where the file is there, is the one that the catalogue names, and its bytes are those that came (SHA-256). */
  verify(file: StoredFile): Promise<boolean>;
  statistics(): Promise<Statistics>;
  /** Notes and tells a refusal that happened at a door, before there was an image. */
  refuse(error: PacsError, origin: Origin): Promise<void>;
  /** The latest refusals, newest first. */
  refusals(limit: number): Promise<readonly Refusal[]>;
  close(): Promise<void>;
}
