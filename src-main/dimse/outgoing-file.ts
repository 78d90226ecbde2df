/** The data set of a kept file, without preamble and meta information, as it lies. */
import { closeSync, fstat, open as openFile } from 'node:fs';
import { promisify } from 'node:util';
import { PacsError } from '#shared/errors.ts';
import { dataSetStart } from '../dicom/data-set-start.ts';
import { readHeader } from '../dicom/header-reader.ts';
import { ChunkReader } from '../dicom/transcode-chunks.ts';

/** The bytes of a data set; see OutgoingInstance for how long its chunks are good. */
export interface StoredDataSet {
  readonly size: number;
  readonly dataSet: AsyncIterable<Uint8Array>;
  close(mayReuse: boolean): Promise<void>;
}

/* Plain descriptors, since closing one needs no trip to Node's threads. */
const open = promisify(openFile);
const stat = promisify(fstat);

/** Opens a kept file of so many bytes and reads its first block. @throws PacsError damaged where it is gone or shorter. */
export async function openStoredDataSet(path: string, fileSize: number): Promise<StoredDataSet> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new PacsError('damaged', 'A kept file cannot be opened.', { cause });
  });
  const reader = new ChunkReader([{ file, offset: 0, length: fileSize }]);
  let closing: Promise<void> | undefined;
  const close = (mayReuse: boolean): Promise<void> => (closing ??= reader.close(mayReuse).then(() => closeSync(file)));
  try {
    const first = (await reader.next()) ?? new Uint8Array(0);
    /* What lacks its end would be found out only when most of it is sent. */
    if (first.length < fileSize && (await stat(file)).size < fileSize)
      throw new PacsError('damaged', 'A kept file is shorter than it was when it came.');
    const start = dataSetStart(first) ?? (await readHeader(path)).dataSetOffset;
    return { size: fileSize - start, dataSet: from(reader, first, start), close };
  } catch (error) {
    await close(true);
    throw error;
  }
}

async function* from(reader: ChunkReader, first: Uint8Array, start: number): AsyncGenerator<Uint8Array> {
  let toSkip = start;
  for await (const chunk of reader.chunks(first)) {
    const skipped = Math.min(toSkip, chunk.length);
    toSkip -= skipped;
    if (skipped < chunk.length) yield chunk.subarray(skipped);
  }
}
