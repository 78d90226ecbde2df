/** Kept files on their way out: where the data set begins, which syntax it goes in, memory that is used again, files that are gone. */
import { appendFileSync, readdirSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dataSetStart } from '#main/dicom/data-set-start.ts';
import { fileMetaInformation } from '#main/dicom/part10.ts';
import { createTranscoder } from '#main/dicom/transcoder.ts';
import { openOutgoing } from '#main/dimse/outgoing-instance.ts';
import type { StoredFile } from '#main/store/store.ts';
import { ctImageStorage, explicitLittleEndian, implicitLittleEndian } from '../support/raw-association.ts';
import { testFolder } from './retrieve-support.ts';
import { headerOf, makeDataSet } from './support.ts';

async function kept(bytes: Uint8Array, TransferSyntaxUID = explicitLittleEndian): Promise<StoredFile> {
  const path = join(await testFolder(), 'kept.dcm');
  writeFileSync(path, bytes);
  const uids = { PatientID: 'T1', StudyInstanceUID: '1.2.3.1', SeriesInstanceUID: '1.2.3.1.1' };
  return {
    ...uids,
    SOPInstanceUID: '1.2.3',
    SOPClassUID: ctImageStorage,
    path,
    size: bytes.length,
    TransferSyntaxUID,
    NumberOfFrames: 1,
  };
}

const copied = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(Uint8Array.from(chunk));
  return Buffer.concat(parts);
};

const dataSet = makeDataSet('1.2.3', 5_000_000);
const heads: readonly (readonly [string, Buffer])[] = [
  ['with its head', headerOf('1.2.3', 'X')],
  ['bare', Buffer.alloc(0)],
  ['whose group length is wrong', wrongLength(headerOf('1.2.3', 'X'))],
  ['whose meta information names another syntax', headerOf('1.2.3', 'X', implicitLittleEndian)],
];

function wrongLength(head: Buffer): Buffer {
  head.writeUInt32LE(7, 140);
  return head;
}

test.each(heads)('a file %s goes out without it', async (_, head) => {
  const outgoing = await openOutgoing(await kept(Buffer.concat([head, dataSet])), [explicitLittleEndian], undefined);
  expect(outgoing.TransferSyntaxUID).toBe(explicitLittleEndian);
  expect(outgoing.size).toBe(dataSet.length);
  expect((await copied(outgoing.dataSet)).equals(dataSet)).toBe(true);
  await outgoing.close(true);
});

test('a chunk is good until 2 MB behind it were given out', async () => {
  const file = await kept(dataSet);
  const outgoing = await openOutgoing(file, [explicitLittleEndian], undefined);
  const held: { at: number; chunk: Uint8Array }[] = [];
  let at = 0;
  for await (const chunk of outgoing.dataSet) {
    held.push({ at, chunk });
    at += chunk.length;
    for (const each of held.filter((one) => at - one.at - one.chunk.length < 2 * 1024 * 1024))
      expect(dataSet.subarray(each.at, each.at + each.chunk.length).equals(each.chunk)).toBe(true);
  }
  expect(held.length).toBeGreaterThan(4);
  await outgoing.close(true);
});

test('what is not read to its end, or not at all, is closed', async () => {
  const file = await kept(dataSet);
  const descriptors = (): number => readdirSync('/proc/self/fd').length;
  const before = process.platform === 'linux' ? descriptors() : 0;
  for (let time = 0; time < 20; time++) {
    const outgoing = await openOutgoing(file, [explicitLittleEndian], undefined);
    if (time % 2) for await (const chunk of outgoing.dataSet) if (chunk.length > 0) break;
    await outgoing.close(time % 3 === 0);
    await outgoing.close(true);
  }
  if (process.platform === 'linux') expect(descriptors()).toBeLessThan(before + 10);
});

test('a file that is gone, empty or shorter is found out', async () => {
  const file = await kept(Buffer.concat([headerOf('1.2.3', 'X'), dataSet]));
  const outgoing = await openOutgoing(file, [explicitLittleEndian], undefined);
  truncateSync(file.path, 3_000_000);
  await expect(copied(outgoing.dataSet)).rejects.toMatchObject({ code: 'damaged' });
  await outgoing.close(false);
  await expect(openOutgoing(file, [explicitLittleEndian], undefined)).rejects.toMatchObject({ code: 'damaged' });
  const transcoder = createTranscoder({ threads: 1 });
  onTestFinished(() => transcoder.close());
  await expect(openOutgoing(file, [implicitLittleEndian], transcoder)).rejects.toMatchObject({
    code: expect.stringMatching(/damaged|truncated/),
  });
  truncateSync(file.path, 0);
  await expect(openOutgoing(file, [explicitLittleEndian], undefined)).rejects.toMatchObject({ code: 'damaged' });
  unlinkSync(file.path);
  await expect(openOutgoing(file, [explicitLittleEndian], undefined)).rejects.toMatchObject({ code: 'damaged' });
});

test('what came after the image was catalogued is not sent', async () => {
  const file = await kept(dataSet);
  appendFileSync(file.path, 'more');
  const outgoing = await openOutgoing(file, [explicitLittleEndian], undefined);
  expect((await copied(outgoing.dataSet)).equals(dataSet)).toBe(true);
  await outgoing.close(true);
});

test('another syntax needs a transcoder; a lossy one is never chosen', async () => {
  const transcoder = createTranscoder({ threads: 1 });
  onTestFinished(() => transcoder.close());
  const file = await kept(makeDataSet('1.2.3', 131_072));
  const jpegBaseline = '1.2.840.10008.1.2.4.50';
  const refused = { code: 'refused-transfer-syntax' };
  await expect(openOutgoing(file, [implicitLittleEndian], undefined)).rejects.toMatchObject(refused);
  await expect(openOutgoing(file, [jpegBaseline], transcoder)).rejects.toMatchObject(refused);
  const outgoing = await openOutgoing(file, [jpegBaseline, implicitLittleEndian], transcoder);
  expect(outgoing.TransferSyntaxUID).toBe(implicitLittleEndian);
  expect((await copied(outgoing.dataSet)).length).toBe(outgoing.size);
  await outgoing.close(true);
  const jpegLs = '1.2.840.10008.1.2.4.80';
  const preferred = await openOutgoing(file, [implicitLittleEndian, jpegLs], transcoder, { preferred: jpegLs });
  expect(preferred.TransferSyntaxUID).toBe(jpegLs);
  await preferred.close(true);
  const stopped = AbortSignal.abort();
  const aborted = openOutgoing(file, [implicitLittleEndian], transcoder, { signal: stopped });
  await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
});

test('the quick look at a head agrees with the careful one, or leaves it to that', () => {
  const head = fileMetaInformation({
    TransferSyntaxUID: explicitLittleEndian,
    SOPClassUID: ctImageStorage,
    SOPInstanceUID: '1.2.3',
    sourceAET: 'SOMEBODY',
  });
  expect(dataSetStart(Buffer.concat([head, dataSet]))).toBe(head.length);
  for (const bytes of [dataSet, Buffer.alloc(400), Buffer.from('DICM'), head, Buffer.concat([head, head])])
    expect(dataSetStart(bytes)).toBeUndefined();
});
