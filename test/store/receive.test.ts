/** What goes into the archive comes out of it, byte for byte, or is refused and leaves nothing behind. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { orthancDigest, orthancId } from '#main/store/orthanc-id.ts';
import type { Store } from '#main/store/store.ts';
import { PacsError } from '#shared/errors.ts';
import type { Refusal } from '#shared/model.ts';
import { inPieces, sha256, smallInstance, temporaryFolder } from '../support/instances.ts';
import { filesUnder, openArchive, scanner } from './support.ts';

const folder = { path: '', remove: () => undefined as void };
let store: Store;
beforeEach(async () => {
  Object.assign(folder, temporaryFolder());
  store = await openArchive(folder.path);
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

const give = (bytes: Uint8Array, pieces?: number) => store.receive(inPieces(bytes, pieces), scanner);

describe('what is kept', () => {
  it.each([1, 7, 4096, 1 << 20])('is what came, in pieces of %i bytes', async (pieces) => {
    const bytes = smallInstance({ PatientName: 'Müller^Anna' }, new Uint8Array(5000).fill(7));
    const receipt = await give(bytes, pieces);
    expect(receipt).toMatchObject({ status: 'Success', SOPInstanceUID: '1.2.3.4.3', size: bytes.length });
    const [file] = await store.files({ SOPInstanceUID: '1.2.3.4.3' });
    expect(sha256(readFileSync(file?.path as string))).toBe(sha256(bytes));
    expect(file).toMatchObject({ TransferSyntaxUID: '1.2.840.10008.1.2.1', NumberOfFrames: 1 });
  });

  it('is found with its parents and counts', async () => {
    for (const [at, series] of ['1.9.1', '1.9.1', '1.9.2'].entries())
      await give(
        smallInstance({
          SOPInstanceUID: `1.9.9.${at}`,
          SeriesInstanceUID: series,
          Modality: series === '1.9.1' ? 'US' : 'SR',
        }),
      );
    const [study] = await store.find({ level: 'STUDY', keys: {} });
    expect(study).toMatchObject({
      NumberOfStudyRelatedInstances: '3',
      NumberOfStudyRelatedSeries: '2',
      ModalitiesInStudy: 'US\\SR',
      PatientName: 'Test^Patient',
    });
    expect(await store.statistics()).toMatchObject({ patients: 1, studies: 1, series: 2, instances: 3, refused: 0 });
  });

  it('tells of a new study once', async () => {
    const told: boolean[] = [];
    store.events.on('instance.stored', ({ isNewStudy }) => told.push(isNewStudy));
    for (const uid of ['1.1', '1.2', '1.2']) await give(smallInstance({ SOPInstanceUID: uid }));
    expect(told).toEqual([true, false]);
  });
});

describe('an instance that comes again', () => {
  const first = smallInstance({}, new Uint8Array(10).fill(1));
  const other = smallInstance({}, new Uint8Array(20).fill(2));
  const keptBytes = async () => readFileSync((await store.files({}))[0]?.path as string);
  const reopen = async (overwrite: 'Never' | 'Always' | 'IfChanged') => {
    await store.close();
    store = await openArchive(folder.path, { overwrite });
  };

  it.each([
    ['Never', 'AlreadyStored', first],
    ['Always', 'Success', other],
    ['IfChanged', 'Success', other],
  ] as const)('is handled as OverwriteInstances %s says', async (overwrite, status, kept) => {
    await reopen(overwrite);
    await give(first);
    expect((await give(other)).status).toBe(status);
    expect(sha256(await keptBytes())).toBe(sha256(kept));
    expect(filesUnder(folder.path, 'dicom')).toHaveLength(1);
    expect(await store.statistics()).toMatchObject({ instances: 1, series: 1, diskSize: kept.length });
    expect(await store.find({ level: 'STUDY', keys: {} })).toMatchObject([
      { NumberOfStudyRelatedSeries: '1', NumberOfStudyRelatedInstances: '1' },
    ]);
  });

  it('with corrected texts shows them, where the study holds nothing else', async () => {
    await reopen('Always');
    await give(smallInstance({ PatientName: 'Wrong^Name' }));
    await give(smallInstance({ PatientName: 'Right^Name' }));
    expect(await store.find({ level: 'STUDY', keys: {}, text: 'right' })).toMatchObject([
      { PatientName: 'Right^Name', NumberOfStudyRelatedInstances: '1' },
    ]);
    expect(await store.find({ level: 'STUDY', keys: {}, text: 'wrong' })).toEqual([]);
  });

  it('unchanged is not written again with IfChanged', async () => {
    await reopen('IfChanged');
    await give(first);
    expect((await give(first)).status).toBe('AlreadyStored');
  });

  it('at the same moment over several doors is kept once', async () => {
    const receipts = await Promise.all(Array.from({ length: 12 }, () => give(first)));
    expect(receipts.filter(({ status }) => status === 'Success')).toHaveLength(1);
    expect(filesUnder(folder.path, 'dicom')).toHaveLength(1);
  });
});

describe('what is refused', () => {
  const refused = async (stream: AsyncIterable<Uint8Array>, claim = {}): Promise<PacsError> => {
    const told: Refusal[] = [];
    const stop = store.events.on('instance.refused', (refusal) => told.push(refusal));
    const error = await store.receive(stream, scanner, claim).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    stop();
    expect(error).toBeInstanceOf(PacsError);
    expect(told).toMatchObject([{ origin: scanner, error: { code: (error as PacsError).code } }]);
    return error as PacsError;
  };
  afterEach(() => {
    expect(filesUnder(folder.path, 'incoming')).toEqual([]);
    expect(filesUnder(folder.path, 'dicom')).toEqual([]);
  });

  it('garbage', async () => {
    expect((await refused(inPieces(Buffer.from('no image at all, only words'.repeat(40))))).code).toBe('not-dicom');
  });
  it('nothing', async () => {
    expect(['not-dicom', 'truncated']).toContain((await refused(inPieces(new Uint8Array(0)))).code);
  });
  it('a truncated image', async () => {
    const bytes = smallInstance({}, new Uint8Array(1000));
    expect((await refused(inPieces(bytes.subarray(0, bytes.length - 300)))).code).toBe('truncated');
  });
  it('an image without SOPInstanceUID', async () => {
    const error = await refused(inPieces(smallInstance({ SOPInstanceUID: '' })));
    expect(error.code).toBe('missing-identifier');
    expect(error.message).toMatch(/\w+ \w+/);
  });
  it('an image other than announced', async () => {
    expect((await refused(inPieces(smallInstance()), { SOPInstanceUID: '1.2.3' })).code).toBe('mismatch');
  });
  it('a stream that breaks off', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield smallInstance().subarray(0, 300);
      throw new Error('connection reset');
    }
    expect((await refused(broken())).code).toBe('aborted');
  });
  it('more than the bound', async () => {
    await store.close();
    store = await openArchive(folder.path, { maximumInstanceBytes: 1000 });
    expect((await refused(inPieces(smallInstance({}, new Uint8Array(2000)), 100))).code).toBe('too-large');
  });
  it('anything when the disk is nearly full', async () => {
    await store.close();
    store = await openArchive(folder.path, { minimumFreeBytes: Number.MAX_SAFE_INTEGER });
    expect((await refused(inPieces(smallInstance()))).code).toBe('storage-full');
  });
  it('is counted and listed, newest first', async () => {
    await refused(inPieces(Buffer.from('x'.repeat(500))));
    await refused(inPieces(smallInstance({ StudyInstanceUID: '' })));
    expect((await store.statistics()).refused).toBe(2);
    expect((await store.refusals(10)).map(({ error }) => error.code)).toEqual(['missing-identifier', 'not-dicom']);
  });
});

describe('a very large image', () => {
  it('of 2 GB passes through with less than 100 MB of memory', async () => {
    const block = new Uint8Array(1024 * 1024);
    const blocks = 2048;
    const whole = smallInstance({ Rows: '' }, new Uint8Array(0));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(blocks * block.length);
    const head = Buffer.concat([whole.subarray(0, whole.length - 4), length]);
    async function* stream(): AsyncGenerator<Uint8Array> {
      yield head;
      for (let at = 0; at < blocks; at++) yield block;
    }
    global.gc?.();
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
    const { size } = await store.receive(stream(), scanner);
    clearInterval(watch);
    expect(size).toBe(head.length + blocks * block.length);
    expect((peak - before) / 1024 ** 2).toBeLessThan(100);
  }, 120_000);
});

describe('identifiers', () => {
  it("are Orthanc's", () => {
    expect(orthancId(orthancDigest('PATIENT', { PatientID: '' }))).toBe('da39a3ee-5e6b4b0d-3255bfef-95601890-afd80709');
    /* printf '%s' 'T-1|1.2.3.4.1' | sha1sum */
    expect(orthancId(orthancDigest('STUDY', { PatientID: ' T-1 ', StudyInstanceUID: '1.2.3.4.1' }))).toBe(
      orthancId(orthancDigest('STUDY', { PatientID: 'T-1', StudyInstanceUID: '1.2.3.4.1' })),
    );
  });
});
