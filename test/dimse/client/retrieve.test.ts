/** Fetching from other nodes with C-MOVE and C-GET: what comes is what was kept there, counts are told, cancelling works, and rubbish is refused. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { settingsSchema } from '#shared/settings.ts';
import { transferSyntaxes } from '#shared/transfer-syntaxes.ts';
import { PacsError } from '#shared/errors.ts';
import { readHeader } from '#main/dicom/header-reader.ts';
import { get } from '#main/dimse/client/get.ts';
import { getContexts } from '#main/dimse/client/get-contexts.ts';
import { move } from '#main/dimse/client/move.ts';
import type { RetrieveCounts } from '#main/dimse/client/retrieve-identifier.ts';
import { store } from '#main/dimse/client/store.ts';
import { createGetService } from '#main/dimse/c-get.ts';
import type { StoredFile } from '#main/store/store.ts';
import {
  ctImageStorage,
  explicitLittleEndian,
  makeCommand,
  makeStore,
  pdu,
  type RawAssociation,
} from '../../support/raw-association.ts';
import { hasSharedData, sharedDataNote } from '../../support/shared-data.ts';
import {
  dataSetOf,
  dcmtkNote,
  fileStore,
  filesIn,
  hasDcmtk,
  headerOf,
  makeDataSet,
  receipt,
  startServer,
  storeOf,
} from '../support.ts';
import {
  clientContext,
  corpusFiles,
  dataPdu,
  nodeAt,
  startAcceptingPeer,
  startArchive,
  testFolder,
  writeLargeInstance,
} from './support.ts';

const run = promisify(execFile);

/** An archive with some files of the corpus, all of one study or all of one patient as they come. */
async function filledArchive(
  matches: (path: string) => boolean,
  movesTo: Record<string, number> = {},
  ...args: readonly string[]
): Promise<{ port: number; kept: readonly StoredFile[]; output: () => string }> {
  const { port, output } = await startArchive(movesTo, ...args);
  const files = await corpusFiles(({ path }) => matches(path));
  const results = await store(nodeAt(port), files, clientContext());
  return { port, output, kept: results.filter(({ outcome }) => outcome === 'stored').map(({ file }) => file) };
}

/** The pixel data of a file in native form. */
async function pixelsOf(path: string): Promise<Buffer> {
  const { pixelData } = await readHeader(path);
  const { offset, length } = pixelData as NonNullable<typeof pixelData>;
  expect(length).toBeGreaterThan(0);
  return (await readFile(path)).subarray(offset, offset + length);
}

/** The study with most images of one kind. */
function largestStudy(files: readonly StoredFile[]): readonly StoredFile[] {
  const studies = Map.groupBy(files, ({ StudyInstanceUID }) => StudyInstanceUID);
  return [...studies.values()].toSorted((a, b) => b.length - a.length)[0] ?? [];
}

describe.skipIf(!hasDcmtk || !hasSharedData)(`dcmqrscp${dcmtkNote}${sharedDataNote}`, () => {
  test('sends a study, a series and an image to us by C-MOVE, and counts', async () => {
    const target = await fileStore();
    const server = await startServer(target);
    const { port, kept } = await filledArchive((path) => path.startsWith('media-dicomdir/'), {
      CHAIRSIDE: server.port,
    });
    const [node, context] = [nodeAt(port), clientContext()];
    const study = largestStudy(kept);
    const [one] = study as [StoredFile];
    expect(study.length).toBeGreaterThan(5);
    const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } = one;

    const image = { level: 'IMAGE', keys: { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } } as const;
    expect(await move(node, image, context)).toMatchObject({ completed: 1, failed: 0, remaining: 0 });
    expect(await filesIn(target.folder)).toEqual([SOPInstanceUID]);
    /* The archive writes its files anew, but not their pixels. */
    expect((await pixelsOf(join(target.folder, SOPInstanceUID))).equals(await pixelsOf(one.path))).toBe(true);

    const counts: RetrieveCounts[] = [];
    const request = { level: 'STUDY', keys: { StudyInstanceUID } } as const;
    const result = await move(node, request, context, { onProgress: (each) => counts.push(each) });
    expect(result).toMatchObject({ completed: study.length, failed: 0, warning: 0, failedInstances: [] });
    expect(counts.map(({ completed }) => completed)).toEqual(
      [...counts.keys()].map((at) => Math.min(at + 1, study.length)),
    );
    expect(await filesIn(target.folder)).toEqual(study.map((file) => file.SOPInstanceUID).toSorted());
  });

  test('does not know every destination, and not every image', async () => {
    const { port, kept } = await filledArchive((path) => path.startsWith('media-dicomdir/'));
    const [{ StudyInstanceUID }] = kept as [StoredFile];
    const request = { level: 'STUDY', keys: { StudyInstanceUID }, destination: 'NOBODY' } as const;
    await expect(move(nodeAt(port), request, clientContext())).rejects.toMatchObject({
      code: 'not-found',
      message: 'Fetching: KLINIKPACS does not know the node to send to (status A801).',
    });
    const nothing = await get(
      nodeAt(port),
      { level: 'STUDY', keys: { StudyInstanceUID: '1.2.3.4.5.6' } },
      {
        ...clientContext(),
        store: await fileStore(),
      },
    );
    expect(nothing).toMatchObject({ received: 0, completed: 0, failed: 0 });
  });

  test('gives a study and a patient to us by C-GET', async () => {
    const { port, kept } = await filledArchive((path) => path.startsWith('media-dicomdir/'));
    const study = largestStudy(kept);
    const [{ StudyInstanceUID, PatientID }] = study as [StoredFile];
    const target = await fileStore();
    const context = { ...clientContext(), store: target };
    const counts: RetrieveCounts[] = [];
    const request = { level: 'STUDY', keys: { StudyInstanceUID } } as const;
    const result = await get(nodeAt(port), request, context, { onProgress: (each) => counts.push(each) });
    expect(result).toMatchObject({ received: study.length, completed: study.length, failed: 0, refused: [] });
    expect(counts.length).toBeGreaterThan(1);
    expect(await filesIn(target.folder)).toEqual(study.map((file) => file.SOPInstanceUID).toSorted());
    expect(target.origins[0]).toEqual({
      kind: 'dimse',
      remoteAddress: '127.0.0.1',
      callingAET: 'KLINIKPACS',
      calledAET: 'CHAIRSIDE',
    });
    for (const file of study.slice(0, 3)) {
      expect((await pixelsOf(join(target.folder, file.SOPInstanceUID))).equals(await pixelsOf(file.path))).toBe(true);
    }
    const patient = await get(nodeAt(port), { level: 'PATIENT', keys: { PatientID } }, context);
    expect(patient.received).toBeGreaterThanOrEqual(study.length);
  });

  test('names the images that it cannot send over the contexts that it chose', async () => {
    const { port, kept } = await filledArchive((path) => path.startsWith('transfer-syntaxes/'), {}, '+xs');
    const lossless = kept.find(({ TransferSyntaxUID }) => TransferSyntaxUID === '1.2.840.10008.1.2.4.70') as StoredFile;
    const { StudyInstanceUID, SOPInstanceUID } = lossless;
    const request = { level: 'STUDY', keys: { StudyInstanceUID } } as const;
    const result = await get(nodeAt(port), request, { ...clientContext(), store: await fileStore() });
    expect(result.failedInstances).toEqual([SOPInstanceUID]);
    expect(result).toMatchObject({ failed: 1, received: result.completed });
  });

  test('is told which images our archive does not keep, and why', async () => {
    const { port, kept } = await filledArchive((path) => path.startsWith('media-dicomdir/'));
    const study = largestStudy(kept);
    const [{ StudyInstanceUID }] = study as [StoredFile];
    const full = storeOf(async (stream) => {
      for await (const chunk of stream) void chunk;
      throw new PacsError('storage-full', 'The disk is full.');
    });
    const request = { level: 'STUDY', keys: { StudyInstanceUID } } as const;
    const outcome = await get(nodeAt(port), request, { ...clientContext(), store: full }).catch(
      (error: unknown) => error,
    );
    if (outcome instanceof PacsError) return expect(outcome.message).toContain('KLINIKPACS');
    expect(outcome).toMatchObject({ received: 0, failed: study.length });
    expect((outcome as Awaited<ReturnType<typeof get>>).refused.length).toBe(study.length);
  });
});

const missing = { level: 'SERIES', keys: { StudyInstanceUID: '1.2.3' } } as const;

test('What is to be fetched must be known, and there must be a place for it', async () => {
  await expect(move(nodeAt(1), missing, clientContext())).rejects.toMatchObject({
    code: 'bad-request',
    message: 'What is to be fetched is not known: SeriesInstanceUID is missing.',
  });
  const context = { ...clientContext(), store: await fileStore() };
  await expect(get(nodeAt(1), missing, context)).rejects.toMatchObject({ code: 'bad-request' });
  await expect(get(nodeAt(1), missing, clientContext())).rejects.toMatchObject({ code: 'unsupported' });
});

describe('The contexts of a C-GET', () => {
  const settings = settingsSchema.parse({});

  test('give every syntax a context of its own where few kinds of images may come', () => {
    const contexts = getContexts([ctImageStorage, '1.2.840.10008.5.1.4.1.1.7'], settings);
    expect(contexts.length).toBeLessThanOrEqual(127);
    const ct = contexts.filter(({ abstractSyntax }) => abstractSyntax === ctImageStorage);
    expect(ct.length).toBe(transferSyntaxes.length);
    expect(new Set(ct.flatMap((each) => each.transferSyntaxes)).size).toBe(transferSyntaxes.length);
    expect(ct.every(({ role }) => role?.scp === true && !role.scu)).toBe(true);
  });

  test('fit one association where all may come, and leave out what is not taken here', () => {
    const contexts = getContexts([], settings);
    expect(contexts.length).toBeLessThanOrEqual(127);
    expect(contexts.length).toBeGreaterThan(60);
    expect(contexts[0]?.transferSyntaxes).toEqual([explicitLittleEndian]);
    const many = Array.from({ length: 300 }, (_, at) => `1.2.840.10008.5.1.4.1.1.${at}`);
    expect(getContexts(many, settingsSchema.parse({ UnknownSopClassAccepted: true })).length).toBe(127);
    const none = settingsSchema.parse({ RejectedSopClasses: [ctImageStorage] });
    expect(
      getContexts([ctImageStorage, '1.2.840.10008.5.1.4.1.1.7'], none).some(
        (each) => each.abstractSyntax === ctImageStorage,
      ),
    ).toBe(false);
  });
});

const retrieveResponse = (field: number, status: number, counts: Record<number, number> = {}): Buffer =>
  dataPdu(1, 'command', makeCommand({ 0x0100: field, 0x0120: 1, 0x0800: 0x0101, 0x0900: status, ...counts }));

async function request(association: RawAssociation): Promise<void> {
  await association.nextPdu();
  await association.nextPdu();
}

async function released(association: RawAssociation): Promise<void> {
  while ((await association.nextPdu())?.type === pdu.data);
  association.sendPdu(pdu.released, Buffer.alloc(4));
}

describe('A node that', () => {
  const study = { level: 'STUDY', keys: { StudyInstanceUID: '1.2.3' } } as const;

  test('is asked to stop a C-MOVE hears the C-CANCEL', async () => {
    let cancel: Buffer | undefined;
    const port = await startAcceptingPeer(async (association) => {
      await request(association);
      association.sendRaw(retrieveResponse(0x8021, 0xff00, { 0x1020: 9, 0x1021: 1, 0x1022: 0, 0x1023: 0 }));
      cancel = (await association.nextPdu())?.body;
      association.sendRaw(retrieveResponse(0x8021, 0xfe00, { 0x1020: 8, 0x1021: 2 }));
      await released(association);
    });
    const controller = new AbortController();
    const moving = move(nodeAt(port), study, clientContext(), {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(moving).rejects.toMatchObject({ code: 'aborted', message: 'It was cancelled.' });
    expect(cancel?.includes(Buffer.from([0, 0, 0, 1, 2, 0, 0, 0, 0xff, 0x0f]))).toBe(true);
  });

  test('names the images that it could not send is believed', async () => {
    const port = await startAcceptingPeer(async (association) => {
      await request(association);
      const counts = { 0x1021: 3, 0x1022: 2, 0x1023: 0 };
      const final = makeCommand({ 0x0100: 0x8021, 0x0120: 1, 0x0800: 1, 0x0900: 0xb000, ...counts });
      const failed = Buffer.concat([Buffer.from([8, 0, 0x58, 0, 0x55, 0x49, 8, 0]), Buffer.from('1.2\\1.3\0')]);
      association.sendRaw(Buffer.concat([dataPdu(1, 'command', final), dataPdu(1, 'data set', failed)]));
      await released(association);
    });
    expect(await move(nodeAt(port), study, clientContext())).toEqual({
      remaining: 0,
      completed: 3,
      failed: 2,
      warning: 0,
      isCounted: true,
      failedInstances: ['1.2', '1.3'],
    });
  });

  test('does not count what it sends is believed', async () => {
    const port = await startAcceptingPeer(async (association) => {
      await request(association);
      const final = makeCommand({ 0x0100: 0x8021, 0x0120: 1, 0x0800: 0x0101, 0x0900: 0 });
      association.sendRaw(dataPdu(1, 'command', final));
      await released(association);
    });
    expect(await move(nodeAt(port), study, clientContext())).toMatchObject({ completed: 0, isCounted: false });
  });

  /** A peer that refuses queries (it closes) and serves a C-GET with what `serve` sends; contexts of CT begin at ID 3. */
  async function startGetPeer(
    serve: (association: RawAssociation, ctContext: number) => Promise<void>,
  ): Promise<number> {
    return startAcceptingPeer(async (association, socket, body) => {
      if (!body.includes(Buffer.from('1.2.840.10008.5.1.4.1.2.2.3'))) return void socket.destroy();
      const at = body.indexOf(
        Buffer.concat([Buffer.from([0x30, 0, 0, ctImageStorage.length]), Buffer.from(ctImageStorage)]),
      );
      await request(association);
      await serve(association, body[at - 4] as number);
    });
  }

  const image = (ctContext: number, uid: string, dataSet: Buffer, messageId = 1): Buffer =>
    Buffer.concat(
      makeStore({
        SOPClassUID: ctImageStorage,
        SOPInstanceUID: uid,
        dataSet,
        contextId: ctContext,
        pduLength: 65_000,
        messageId,
      }),
    );

  test('gives images over the C-GET, and their message IDs are its own', async () => {
    const port = await startGetPeer(async (association, ctContext) => {
      for (const [at, uid] of ['1.2.3.4.1', '1.2.3.4.2'].entries()) {
        association.sendRaw(image(ctContext, uid, makeDataSet(uid, 200_000), at + 40));
        const response = await association.nextResponse();
        expect(response).toMatchObject({
          CommandField: 0x8001,
          Status: 0,
          MessageIDBeingRespondedTo: at + 40,
          AffectedSOPInstanceUID: uid,
        });
      }
      association.sendRaw(retrieveResponse(0x8010, 0, { 0x1021: 2 }));
      await released(association);
    });
    const target = await fileStore();
    const result = await get(nodeAt(port), study, { ...clientContext(), store: target });
    expect(result).toMatchObject({ received: 2, completed: 2, failed: 0 });
    expect(dataSetOf(await target.fileOf('1.2.3.4.2')).equals(makeDataSet('1.2.3.4.2', 200_000))).toBe(true);
  });

  test('breaks off in the middle of an image leaves nothing behind, and says so', async () => {
    const port = await startGetPeer(async (association, ctContext) => {
      association.sendRaw(image(ctContext, '1.2.3.4.1', makeDataSet('1.2.3.4.1', 200_000)).subarray(0, 100_000));
      association.socket.end();
    });
    const target = await fileStore();
    const getting = get(nodeAt(port), study, { ...clientContext(), store: target });
    await expect(getting).rejects.toMatchObject({ code: 'aborted', message: 'KLINIKPACS closed the connection.' });
    expect(await filesIn(target.folder)).toEqual([]);
  });

  test('sends rubbish in a C-GET gets statuses for it', async () => {
    const statuses: number[] = [];
    const port = await startGetPeer(async (association, ctContext) => {
      association.sendRaw(image(ctContext, 'not a uid', makeDataSet('1.2', 2000), 1));
      statuses.push((await association.nextResponse()).Status);
      const without = { 0x0002: ctImageStorage, 0x0100: 1, 0x0110: 2, 0x0800: 0x0101, 0x1000: '1.2.3' };
      association.sendRaw(dataPdu(ctContext, 'command', makeCommand(without)));
      statuses.push((await association.nextResponse()).Status);
      const echo = { 0x0002: '1.2.840.10008.1.1', 0x0100: 0x30, 0x0110: 3, 0x0800: 0x0101 };
      association.sendRaw(dataPdu(ctContext, 'command', makeCommand(echo)));
      statuses.push((await association.nextResponse()).Status);
      association.sendRaw(retrieveResponse(0x8010, 0xb000, { 0x1021: 0, 0x1022: 2 }));
      await released(association);
    });
    const result = await get(nodeAt(port), study, { ...clientContext(), store: await fileStore() });
    expect(statuses).toEqual([0xc003, 0xc004, 0x0211]);
    expect(result).toMatchObject({ received: 0, failed: 2 });
    expect(result.refused.map(({ error }) => error.code)).toEqual(['missing-identifier', 'bad-request']);
  });

  test('is asked to stop a C-GET may finish its image first', async () => {
    const controller = new AbortController();
    const port = await startGetPeer(async (association, ctContext) => {
      const bytes = image(ctContext, '1.2.3.4.1', makeDataSet('1.2.3.4.1', 200_000));
      association.sendRaw(bytes.subarray(0, 100_000));
      setTimeout(() => controller.abort(), 30);
      await association.nextPdu();
      association.sendRaw(bytes.subarray(100_000));
      await association.nextPdu();
      association.sendRaw(retrieveResponse(0x8010, 0xfe00, { 0x1021: 1 }));
      await released(association);
    });
    const target = await fileStore();
    const getting = get(nodeAt(port), study, { ...clientContext(), store: target }, { signal: controller.signal });
    await expect(getting).rejects.toMatchObject({ code: 'aborted', message: 'It was cancelled.' });
    expect(await filesIn(target.folder)).toEqual(['1.2.3.4.1']);
  });

  test('asks on a context that was not accepted is told off', async () => {
    const port = await startGetPeer(async (association) => {
      association.sendRaw(image(255, '1.2.3.4.1', makeDataSet('1.2.3.4.1', 2000)));
      const told = await association.nextPdu();
      expect(told?.type).toBe(pdu.abort);
    });
    const getting = get(nodeAt(port), study, { ...clientContext(), store: await fileStore() });
    await expect(getting).rejects.toMatchObject({ code: 'aborted' });
  });
});

test('Two C-GETs at once of a clip of 400 MB take a fraction of that in memory', async () => {
  const file = await writeLargeInstance(await testFolder(), '1.2.12', 400_000_000);
  const store = { ...storeOf(async () => receipt()), files: async () => [file] };
  const { port } = await startServer(store, { DicomAlwaysAllowGet: true }, 2, (settings, peers) => [
    createGetService({ store, peers, settings, log: () => undefined }),
  ]);
  const script = join(import.meta.dirname, 'client-process.ts');
  const { stdout } = await run(process.execPath, [script, 'get', String(port), '1.2.3.1', '2'], { timeout: 60_000 });
  const { taken, outcomes } = JSON.parse(stdout) as { taken: number; outcomes: unknown[] };
  const bytes = file.size - headerOf('1.2.12', 'FILE').length;
  expect(outcomes).toEqual([
    { received: 1, bytes },
    { received: 1, bytes },
  ]);
  expect(taken).toBeLessThan(200_000_000);
}, 90_000);
