/** The catalogue as the archive sees it: asynchronous, so that another engine can stand behind it. */
import type { IndexedKeyword, Level } from '#shared/attributes.ts';
import type { PacsErrorCode } from '#shared/errors.ts';
import type { Identifiers, Origin, Refusal, Row } from '#shared/model.ts';
import type { Query } from '#shared/query.ts';

/** Where a file lies: its bucket (a numbered folder) and its name there. */
export interface Place {
  readonly bucket: number;
  readonly name: string;
}

/** One received file, ready to be catalogued. */
export interface CatalogueEntry {
  readonly identifiers: Identifiers;
  readonly values: Partial<Record<IndexedKeyword, string>>;
  readonly place: Place;
  readonly size: number;
  /** SHA-256 of the file's bytes. */
  readonly digest: Uint8Array;
  readonly TransferSyntaxUID: string;
  /** Frames that there are to show, whatever the data set claims; 0 without pixel data. */
  readonly NumberOfFrames: number;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly origin: Origin;
  /** Put on the study. */
  readonly label?: string | undefined;
}

/** What happens to an instance that is there already. */
export type Overwrite = 'Never' | 'Always' | 'IfChanged';

/** What the catalogue did with an entry; `discard` is the file that no row names now. */
export interface AddOutcome {
  readonly outcome: 'added' | 'known' | 'replaced';
  readonly isNewStudy: boolean;
  readonly discard?: Place;
}

/** An image that is all in memory: its row, where its file goes, and its bytes. */
interface NewImage {
  readonly entry: CatalogueEntry;
  readonly path: string;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
}

/** A catalogued file. */
export interface CataloguedFile extends Identifiers {
  readonly place: Place;
  readonly size: number;
  readonly TransferSyntaxUID: string;
  readonly NumberOfFrames: number;
}

/**
 * Which instances are meant; what is absent matches all, of a list one must match. A StudyInstanceUID alone may name the
 * studies of two patients. With `label` only instances of studies that have it.
 */
export type Scope = {
  readonly [K in 'PatientID' | 'StudyInstanceUID' | 'SeriesInstanceUID' | 'SOPInstanceUID']?:
    | string
    | readonly string[]
    | undefined;
} & { readonly label?: string | undefined };

/** A part of a query's rows; `next` is where the rest begins and means something to the engine only. */
export interface Slice {
  readonly rows: readonly Row[];
  readonly next?: unknown;
}

/** An entity by its level and the DICOM identifiers down to it. */
export interface Entity {
  readonly level: Level;
  readonly identifiers: Partial<Identifiers>;
}

/** The row of an instance: where its file is and since when it is there. */
export interface CataloguedRow extends Place {
  readonly row: number;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** What the start needs to know of the last run. */
export interface OpenEnds {
  /** Every file in this bucket and below is catalogued beyond any crash. */
  readonly durableBucket: number;
  /** Rows that name files of later buckets. */
  readonly recent: readonly (Place & { readonly row: number })[];
  readonly discarded: readonly Place[];
  /** False while the catalogue is being rebuilt from the files. */
  readonly isComplete: boolean;
}

/** What the engine counts. */
export interface Totals {
  readonly patients: number;
  readonly studies: number;
  readonly series: number;
  readonly instances: number;
  readonly diskSize: number;
  readonly refused: number;
}

/** The operations of an engine; what comes while a transaction runs may share the next one. */
export interface Catalogue {
  /** Version of the engine's schema. */
  readonly version: number;
  /** Notes a file that is kept. */
  add(entry: CatalogueEntry): Promise<AddOutcome>;
  /** Keeps a file and its row: the file first, synced, then the row. On any fault neither is left. */
  keep(image: NewImage): Promise<AddOutcome>;
  refuse(refusal: { at: number; origin: Origin; code: PacsErrorCode; message: string }): Promise<void>;
  /** All before is on disk for good; files of `bucket` and below need no look at the next start. */
  settle(bucket: number): Promise<void>;
  openEnds(): Promise<OpenEnds>;
  /** The row of an instance, if it has one. */
  rowOf(identifiers: Identifiers): Promise<CataloguedRow | undefined>;
  /** Every file on disk is catalogued now. */
  completed(): Promise<void>;
  /** Forgets rows whose file is not there; the answer counts them. */
  forget(rows: readonly number[]): Promise<number>;
  /** The discarded files are gone. */
  swept(places: readonly Place[]): Promise<void>;
  find(query: Query): Promise<readonly Row[]>;
  count(query: Query): Promise<number>;
  /** The next rows of a query, bounded in number and in time; perhaps none although there are more. */
  slice(query: Query, from?: unknown): Promise<Slice>;
  /** The entity of an Orthanc ID, if there is one. */
  lookup(publicId: string): Promise<Entity | undefined>;
  /** Where the file of an instance is and the SHA-256 of its bytes when it came, if it has a row. */
  digestOf(identifiers: Identifiers): Promise<{ readonly place: Place; readonly digest: Uint8Array } | undefined>;
  files(scope: Scope): Promise<readonly CataloguedFile[]>;
  totals(): Promise<Totals>;
  refusals(limit: number): Promise<readonly Refusal[]>;
  close(): Promise<void>;
}
