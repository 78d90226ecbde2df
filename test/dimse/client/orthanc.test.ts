/** Orthanc of Debian as the other node: tests, sends, queries and fetches, and what comes back is what was sent. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findTransferSyntax } from '#shared/transfer-syntaxes.ts';
import { readHeader } from '#main/dicom/header-reader.ts';
import { echo } from '#main/dimse/client/echo.ts';
import { find } from '#main/dimse/client/find.ts';
import { get } from '#main/dimse/client/get.ts';
import { move } from '#main/dimse/client/move.ts';
import { store } from '#main/dimse/client/store.ts';
import type { StoredFile } from '#main/store/store.ts';
import { hasOrthanc, orthancNote, startOrthanc } from '../../jobs/orthanc.ts';
import { hasSharedData, sharedDataNote } from '../../support/shared-data.ts';
import { fileStore, filesIn, startServer } from '../support.ts';
import { clientContext, corpusFiles, nodeAt } from './support.ts';

describe.skipIf(!hasOrthanc || !hasSharedData)(`Orthanc${orthancNote}${sharedDataNote}`, () => {
  test('keeps what we send, answers, and gives it back, compressed images as they were', async () => {
    const orthanc = await startOrthanc();
    const node = nodeAt(orthanc.dicomPort, { AET: 'ORTHANC', LocalAet: 'CHAIRSIDE' });
    const [target, context] = [await fileStore(), clientContext()];
    const server = await startServer(target);
    await orthanc.rest('PUT', '/modalities/chairside', { AET: 'CHAIRSIDE', Host: '127.0.0.1', Port: server.port });

    expect((await echo(node, context, { checkFind: true })).milliseconds).toBeLessThan(5000);
    const files = await corpusFiles(({ path }) => /^(charsets\/chrH|transfer-syntaxes)/.test(path));
    const results = await store(node, files, context);
    const kept = results.filter(({ outcome }) => outcome !== 'failed').map(({ file }) => file);
    expect(kept.length).toBeGreaterThan(25);
    expect(new Set(kept.map(({ TransferSyntaxUID }) => TransferSyntaxUID)).size).toBeGreaterThan(8);
    const statistics = await orthanc.rest<{ CountInstances: number }>('GET', '/statistics');
    expect(statistics.CountInstances).toBe(kept.length);

    const studies = Map.groupBy(kept, ({ StudyInstanceUID }) => StudyInstanceUID);
    const { rows } = await find(node, { level: 'STUDY', typed: {} }, context);
    expect(new Set(rows.map((row) => row['StudyInstanceUID']))).toEqual(new Set(studies.keys()));
    const { rows: named } = await find(node, { level: 'PATIENT', keys: { PatientName: '*山田*' } }, context);
    expect(named.length).toBeGreaterThan(0);

    /* One image of each transfer syntax, with all of its study. */
    const each = new Map(kept.map((file) => [file.TransferSyntaxUID, file]));
    const wanted = new Set([...each.values()].map(({ StudyInstanceUID }) => StudyInstanceUID));
    for (const StudyInstanceUID of wanted)
      await get(node, { level: 'STUDY', keys: { StudyInstanceUID } }, { ...context, store: target });
    const fetched = kept.filter(({ StudyInstanceUID }) => wanted.has(StudyInstanceUID));
    expect(await filesIn(target.folder)).toEqual(fetched.map(({ SOPInstanceUID }) => SOPInstanceUID).toSorted());
    for (const file of fetched) await expectSame(file, join(target.folder, file.SOPInstanceUID));

    const [one] = [...studies.values()].toSorted((a, b) => b.length - a.length)[0] as [StoredFile];
    const { StudyInstanceUID } = one;
    const before = target.origins.length;
    const moved = await move(node, { level: 'STUDY', keys: { StudyInstanceUID } }, context);
    expect(moved).toMatchObject({ failed: 0, remaining: 0 });
    expect(target.origins.length - before).toBe(studies.get(StudyInstanceUID)?.length);
    expect(target.origins.at(-1)).toMatchObject({ callingAET: 'ORTHANC', calledAET: 'CHAIRSIDE' });
  }, 90_000);
});

/* Orthanc writes elements before the pixel data anew, but leaves the pixel data and their transfer syntax. */
async function expectSame(file: StoredFile, gotPath: string): Promise<void> {
  const [sent, got] = [await readHeader(file.path), await readHeader(gotPath)];
  expect(got.TransferSyntaxUID, file.path).toBe(sent.TransferSyntaxUID);
  expect([...got.dataSet.keys()].filter(isKept)).toEqual([...sent.dataSet.keys()].filter(isKept));
  if (!sent.pixelData || findTransferSyntax(sent.TransferSyntaxUID)?.deflated) return;
  const { offset, length } = sent.pixelData;
  const pixels = (await readFile(file.path)).subarray(offset, offset + (length < 0 ? 5000 : length));
  const start = got.pixelData?.offset ?? 0;
  expect((await readFile(gotPath)).subarray(start, start + pixels.length).equals(pixels), file.path).toBe(true);
}

/* Group lengths are of no use and left out. */
const isKept = (tag: string): boolean => !tag.endsWith('0000');
