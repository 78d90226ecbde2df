/** What storage commitment and retrieval ask of the archive: whole files, labels that survive a rebuild, entities by Orthanc ID. */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { fileMetaInformation } from '#main/dicom/part10.ts';
import { orthancDigest, orthancId } from '#main/store/orthanc-id.ts';
import { reindex } from '#main/store/reindex.ts';
import type { Store, StoredFile } from '#main/store/store.ts';
import type { IndexedKeyword } from '#shared/attributes.ts';
import { inPieces, smallInstance, temporaryFolder } from '../support/instances.ts';
import { collected, openArchive, scanner } from './support.ts';

const labelOf = (receivingAET: string) => (receivingAET === 'SECOND' ? 'two' : undefined);
const uids = { PatientID: 'P', StudyInstanceUID: '1.5', SeriesInstanceUID: '1.5.1', SOPInstanceUID: '1.5.1.1' };

/** A small instance as it came under one of our titles. */
function receivedUnder(receivingAET: string, values: Partial<Record<IndexedKeyword, string>>): Uint8Array {
  const bare = Buffer.from(smallInstance(values));
  const dataSet = bare.subarray(144 + bare.readUInt32LE(140));
  const SOPInstanceUID = values.SOPInstanceUID ?? '';
  const meta = { TransferSyntaxUID: '1.2.840.10008.1.2.1', SOPClassUID: '1.2.840.10008.5.1.4.1.1.7', SOPInstanceUID };
  return Buffer.concat([fileMetaInformation({ ...meta, receivingAET }), dataSet]);
}

let folder: ReturnType<typeof temporaryFolder>;
let store: Store;
const open = async () => (store = await openArchive(folder.path, { labelOf, overwrite: 'Always' }));
beforeEach(async () => {
  folder = temporaryFolder();
  await open();
});
afterEach(async () => {
  await store.close();
  folder.remove();
});
const receive = (bytes: Uint8Array) => store.receive(inPieces(bytes), scanner);
const onlyFile = async (): Promise<StoredFile> => (await store.files({}))[0] as StoredFile;

describe('verify', () => {
  it('confirms a file as it came, large ones too', async () => {
    await receive(smallInstance(uids, new Uint8Array(3_000_000).fill(7)));
    expect(await store.verify(await onlyFile())).toBe(true);
  });
  it('does not confirm a file that was changed, cut, lengthened or is gone', async () => {
    await receive(smallInstance(uids));
    const file = await onlyFile();
    const bytes = readFileSync(file.path);
    writeFileSync(file.path, bytes.subarray(0, -1));
    expect(await store.verify(file)).toBe(false);
    writeFileSync(file.path, bytes);
    expect(await store.verify(file)).toBe(true);
    appendFileSync(file.path, 'x');
    expect(await store.verify(file)).toBe(false);
    writeFileSync(file.path, Buffer.from(bytes).fill(1, bytes.length - 1));
    expect(await store.verify(file)).toBe(false);
    rmSync(file.path);
    expect(await store.verify(file)).toBe(false);
    writeFileSync(file.path, bytes);
  });
  it('does not confirm what was replaced or never was', async () => {
    await receive(smallInstance(uids));
    const old = await onlyFile();
    await receive(smallInstance({ ...uids, PatientName: 'Other' }));
    expect(await store.verify(old)).toBe(false);
    expect(await store.verify(await onlyFile())).toBe(true);
    expect(await store.verify({ ...old, SOPInstanceUID: '1.2.3' })).toBe(false);
  });
});

describe('labels', () => {
  const studiesOf = async (label?: string) =>
    (await store.find({ level: 'STUDY', keys: {}, ...(label ? { label } : {}) })).map((row) => row.StudyInstanceUID);

  it('come with the title that the image was sent to, and again after a rebuild', async () => {
    await receive(receivedUnder('SECOND', { ...uids, StudyInstanceUID: '1.5' }));
    await receive(receivedUnder('FIRST', { ...uids, StudyInstanceUID: '1.6' }));
    expect([await studiesOf('two'), await studiesOf('one')]).toEqual([['1.5'], []]);
    await store.close();
    await reindex({ storage: folder.path, index: folder.path }, 'Always', () => undefined, labelOf);
    await open();
    expect([await studiesOf('two'), (await studiesOf()).length]).toEqual([['1.5'], 2]);
    expect(await store.files({ label: 'two' })).toHaveLength(1);
  });

  it('go with their study', async () => {
    await receive(receivedUnder('SECOND', uids));
    await receive(receivedUnder('FIRST', { ...uids, StudyDescription: 'sent again to the first title' }));
    expect([await studiesOf('two'), await studiesOf()]).toEqual([[], ['1.5']]);
  });
});

describe('a catalogue of version 2', () => {
  it('is rebuilt from the files at the start', async () => {
    await receive(receivedUnder('SECOND', { ...uids, PatientName: 'Rebuilt^Anna' }));
    await store.close();
    const database = new Database(join(folder.path, 'catalogue.sqlite'));
    database.exec('DROP TABLE grams; DROP TABLE labels; PRAGMA user_version = 2');
    database.close();
    await open();
    expect(store.catalogueVersion).toBe(3);
    const keys = { PatientName: { kind: 'wildcard', pattern: '*built*' } } as const;
    expect(await store.find({ level: 'STUDY', keys, label: 'two' })).toHaveLength(1);
  });
});

describe('a study that is replaced', () => {
  it('is found by its new texts only, its patient too', async () => {
    const other = { ...uids, StudyInstanceUID: '1.6', SeriesInstanceUID: '1.6.1', SOPInstanceUID: '1.6.1.1' };
    await receive(smallInstance({ ...uids, PatientName: 'Wrongname^A' }));
    await receive(smallInstance({ ...other, PatientName: 'Second^A' }));
    await receive(smallInstance({ ...uids, PatientName: 'Rightname^A' }));
    for (const level of ['PATIENT', 'STUDY'] as const) {
      const named = (pattern: string) =>
        collected(store, { level, keys: { PatientName: { kind: 'wildcard', pattern } } });
      expect(await named('*rongn*')).toEqual([]);
      expect(await named('Second^*')).toHaveLength(1);
      expect(await named('*ghtna*')).toHaveLength(level === 'STUDY' ? 1 : 0);
    }
  });
});

describe('lookup', () => {
  it('knows the entities of all levels by their Orthanc IDs', async () => {
    await receive(smallInstance(uids));
    const of = (level: 'PATIENT' | 'STUDY' | 'SERIES' | 'IMAGE') => store.lookup(orthancId(orthancDigest(level, uids)));
    const { PatientID, StudyInstanceUID, SeriesInstanceUID } = uids;
    expect(await of('PATIENT')).toEqual({ level: 'PATIENT', identifiers: { PatientID } });
    expect(await of('STUDY')).toEqual({ level: 'STUDY', identifiers: { PatientID, StudyInstanceUID } });
    expect(await of('SERIES')).toEqual({
      level: 'SERIES',
      identifiers: { PatientID, StudyInstanceUID, SeriesInstanceUID },
    });
    expect(await of('IMAGE')).toEqual({ level: 'IMAGE', identifiers: uids });
    expect(await store.lookup('00000000-00000000-00000000-00000000-00000000')).toBeUndefined();
    expect(await store.lookup("x' OR 1")).toBeUndefined();
  });
});
