/** Writes to the catalogue: adds received files, counts refusals, keeps track of what a crash could have left open. */
import { findAttribute } from '#shared/attributes.ts';
import { fold } from '#shared/query.ts';
import type { Identifiers } from '#shared/model.ts';
import type { AddOutcome, CatalogueEntry, CataloguedRow, OpenEnds, Overwrite, Place } from '../catalogue.ts';
import { orthancDigest } from '../orthanc-id.ts';
import { clear, remember, type Caches } from './caches.ts';
import { createCounter } from './counter.ts';
import type { Connection } from './database.ts';
import { gramKeywords, piecesOf } from './grams.ts';
import { createForgetter } from './forgetter.ts';
import { createInserter } from './inserter.ts';
import { foldedValue, tableOf } from './schema.ts';

/** The writing half of the SQLite catalogue; every method is one transaction, called from one thread. */
export interface Writer {
  /** True where the instance is there already and stays as it is. */
  isKept(entry: CatalogueEntry, overwrite: Overwrite): boolean;
  add(entries: readonly CatalogueEntry[], overwrite: Overwrite): AddOutcome[];
  refuse(refusal: { at: number; origin: unknown; code: string; message: string }): void;
  settle(bucket: number): void;
  openEnds(): OpenEnds;
  rowOf(identifiers: Identifiers): CataloguedRow | undefined;
  completed(): void;
  forget(rows: readonly number[]): number;
  swept(places: readonly Place[]): void;
}

const refusalsKept = 10_000;
const searchable = [
  'PatientName',
  'PatientID',
  'AccessionNumber',
  'StudyDescription',
  'StudyID',
  'PatientBirthDate',
] as const;

/** The writer on an open connection. */
export function createWriter(database: Connection): Writer {
  const caches: Caches = { PATIENT: new Map(), STUDY: new Map(), SERIES: new Map(), gathered: new Map() };
  const add = createAdder(database, caches);
  const refuse = database.prepare('INSERT INTO refusals (at, origin, code, message) VALUES (?, ?, ?, ?)');
  const trim = database.prepare('DELETE FROM refusals WHERE id <= ?');
  const countRefused = database.prepare('UPDATE totals SET refused = refused + 1');
  const forget = createForgetter(database);
  /* What a transaction put into the caches is not true if it failed. */
  const guarded = <A extends unknown[], R>(work: (...input: A) => R) => {
    const transaction = database.transaction(work);
    return (...input: A): R => {
      try {
        return transaction(...input);
      } catch (error) {
        clear(caches);
        throw error;
      }
    };
  };
  const existing = findExisting(database);
  return {
    isKept: (entry, overwrite) => {
      const old = existing(orthancDigest('IMAGE', entry.identifiers));
      return old !== undefined && keeps(old.digest, entry, overwrite);
    },
    add: guarded((entries: readonly CatalogueEntry[], overwrite: Overwrite) =>
      entries.map((entry) => add(entry, overwrite)),
    ),
    refuse: database.transaction(({ at, origin, code, message }) => {
      const { lastInsertRowid } = refuse.run(at, JSON.stringify(origin), code, message);
      trim.run(Number(lastInsertRowid) - refusalsKept);
      countRefused.run();
    }),
    settle: (bucket) => settle(database, bucket),
    openEnds: () => readOpenEnds(database),
    rowOf: (identifiers) => {
      const row = existing(orthancDigest('IMAGE', identifiers));
      return row && { row: row.id, bucket: row.bucket, name: row.name, receivedAt: row.receivedAt };
    },
    completed: () => void database.prepare('UPDATE totals SET isComplete = 1').run(),
    forget: guarded((rows: readonly number[]) => {
      clear(caches);
      return rows.filter(forget).length;
    }),
    swept: database.transaction((places: readonly Place[]) => {
      const gone = database.prepare('DELETE FROM discarded WHERE bucket = ? AND name = ?');
      for (const { bucket, name } of places) gone.run(bucket, name);
    }),
  };
}

/* One commit with a synced write-ahead log puts every commit before it on disk as well. */
function settle(database: Connection, bucket: number): void {
  database.pragma('synchronous = FULL');
  database.prepare('UPDATE totals SET durableBucket = ?').run(bucket);
  database.pragma('synchronous = NORMAL');
}

function readOpenEnds(database: Connection): OpenEnds {
  const totals = database.prepare('SELECT durableBucket, isComplete FROM totals').get() as Record<
    'durableBucket' | 'isComplete',
    number
  >;
  const recent = database
    .prepare('SELECT id AS row, bucket, name FROM instances WHERE bucket > ?')
    .all(totals.durableBucket);
  const discarded = database.prepare('SELECT bucket, name FROM discarded').all();
  return {
    durableBucket: totals.durableBucket,
    recent: recent as OpenEnds['recent'],
    discarded: discarded as Place[],
    isComplete: totals.isComplete === 1,
  };
}

type Maker = (publicId: Buffer, entry: CatalogueEntry, ...rest: number[]) => number;

/** Finds the entity of a level that an entry belongs to, or makes it. */
function createEntityFinder(database: Connection, caches: Caches, level: 'PATIENT' | 'STUDY' | 'SERIES', make: Maker) {
  const known = caches[level];
  const select = database.prepare(`SELECT id FROM ${tableOf[level]} WHERE publicId = ?`).pluck();
  return (entry: CatalogueEntry, ...rest: number[]): { id: number; isNew: boolean } => {
    const publicId = orthancDigest(level, entry.identifiers);
    const key = publicId.toString('latin1');
    const cached = known.get(key);
    if (cached !== undefined) return { id: cached, isNew: false };
    const found = select.get(publicId) as number | undefined;
    const id = found ?? make(publicId, entry, ...rest);
    remember(known, key, id);
    return { id, isNew: found === undefined };
  };
}

interface Existing extends Place {
  readonly id: number;
  readonly size: number;
  readonly digest: Buffer;
  readonly receivedAt: number;
}

/** Finds the row of an instance. */
function findExisting(database: Connection) {
  const select = database.prepare(
    'SELECT id, bucket, name, size, digest, ReceivedAt AS receivedAt FROM instances WHERE publicId = ?',
  );
  return (publicId: Buffer): Existing | undefined => select.get(publicId) as Existing | undefined;
}

/** Adds one entry: parents first, then the instance, then the counts. */
function createAdder(database: Connection, caches: Caches) {
  const insertPatient = createInserter(database, 'PATIENT');
  const insertStudy = createInserter(database, 'STUDY', 'patient', 'search', 'LastReceivedAt');
  const insertSeries = createInserter(database, 'SERIES', 'study');
  const insertInstance = createInserter(
    database,
    'IMAGE',
    'series',
    'bucket',
    'name',
    'size',
    'digest',
    'TransferSyntaxUID',
    'origin',
    'frames',
  );
  const patientOf = createEntityFinder(database, caches, 'PATIENT', insertPatient);
  const insertPieces = database.prepare('INSERT INTO grams (rowid, pieces) VALUES (?, ?)');
  const studyOf = createEntityFinder(database, caches, 'STUDY', (publicId, entry, patient) => {
    const study = insertStudy(publicId, entry, patient, searchText(entry), entry.receivedAt);
    insertPieces.run(study, piecesOf(foldedTexts(entry)));
    return study;
  });
  const seriesOf = createEntityFinder(database, caches, 'SERIES', (publicId, entry, study) =>
    insertSeries(publicId, entry, study),
  );
  const existing = findExisting(database);
  const replace = createReplacer(database, caches);
  const count = createCounter(database, caches);

  return (entry: CatalogueEntry, overwrite: Overwrite): AddOutcome => {
    const publicId = orthancDigest('IMAGE', entry.identifiers);
    const old = existing(publicId);
    /* A file is never given up that a row names. */
    if (old && old.bucket === entry.place.bucket && old.name === entry.place.name)
      return { outcome: 'known', isNewStudy: false };
    if (old && keeps(old.digest, entry, overwrite))
      return { outcome: 'known', isNewStudy: false, discard: entry.place };
    if (old) replace(old);
    const patient = patientOf(entry);
    const study = studyOf(entry, patient.id);
    const series = seriesOf(entry, study.id);
    const { place, size, digest, TransferSyntaxUID, NumberOfFrames, origin } = entry;
    insertInstance(
      publicId,
      entry,
      series.id,
      place.bucket,
      place.name,
      size,
      digest,
      TransferSyntaxUID,
      JSON.stringify(origin),
      NumberOfFrames,
    );
    count(entry, study.id, series);
    if (!old) return { outcome: 'added', isNewStudy: study.isNew };
    return { outcome: 'replaced', isNewStudy: false, discard: { bucket: old.bucket, name: old.name } };
  };
}

/**
 * Makes room for a newer file of the same instance; parents that held nothing else go with it, so that they take the newer
 * texts. The old file is noted so that no crash can leave it lying about.
 */
function createReplacer(database: Connection, caches: Caches) {
  const forget = createForgetter(database);
  const discard = database.prepare('INSERT INTO discarded VALUES (?, ?)');
  return (old: Existing): void => {
    forget(old.id);
    clear(caches);
    discard.run(old.bucket, old.name);
  };
}

const keeps = (digest: Buffer, entry: CatalogueEntry, overwrite: Overwrite): boolean =>
  overwrite === 'Never' || (overwrite === 'IfChanged' && digest.equals(entry.digest));

/** What the quick search looks into, folded. */
const searchText = ({ values }: CatalogueEntry): string =>
  ` ${searchable.map((keyword) => fold((values[keyword] ?? '').replaceAll('\\', ' '))).join(' ')} `;

const foldedTexts = ({ values }: CatalogueEntry): string[] =>
  gramKeywords.flatMap((keyword) => {
    const [attribute, value] = [findAttribute(keyword), values[keyword]];
    return attribute && value ? [foldedValue(attribute, value)] : [];
  });
