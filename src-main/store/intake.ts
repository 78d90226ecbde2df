/** Takes one stream in: header read and digest taken from the same pass, bytes to disk as they come, memory bounded. */
import { createHash } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { PacsError, toPacsError } from '#shared/errors.ts';
import type { Header } from '../dicom/data-set.ts';
import { createHeaderReader } from '../dicom/header-reader.ts';
import type { Disk } from './disk.ts';

/* Chunks are gathered up to this many bytes before they are written: most images go to disk in one write. */
const gatherBytes = 1024 * 1024;

/** A stream that came to its end: what it was, and its last bytes, which are not on disk yet. */
export interface Arrival {
  readonly size: number;
  /** SHA-256 of the bytes. */
  readonly digest: Buffer;
  readonly header: Header;
  readonly lastChunks: readonly Uint8Array[];
  /** True where the bytes before them are on disk already: the image is large. */
  readonly isLarge: boolean;
}

/**
 * Takes in a stream; all but its last bytes go to the file at `path`. `finish` then decides and writes the rest. On any
 * fault, in `finish` too, nothing is left at `path`.
 * @throws PacsError: `aborted` when the stream fails, `storage-full`, `too-large`, and what the header reader says.
 */
export async function takeIn<R>(
  disk: Disk,
  stream: AsyncIterable<Uint8Array>,
  path: string,
  maximumBytes: number,
  finish: (arrival: Arrival) => Promise<R>,
): Promise<R> {
  try {
    return await finish(await arrive(disk, stream, path, maximumBytes));
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw toPacsError(error);
  }
}

async function arrive(
  disk: Disk,
  stream: AsyncIterable<Uint8Array>,
  path: string,
  maximumBytes: number,
): Promise<Arrival> {
  const hash = createHash('sha256');
  const reader = createHeaderReader();
  let [size, gathered, chunks] = [0, 0, [] as Uint8Array[]];
  for await (const chunk of abortable(stream)) {
    size += chunk.length;
    if (size > maximumBytes)
      throw new PacsError('too-large', `The file is larger than ${Math.round(maximumBytes / 1024 ** 2)} MB.`);
    hash.update(chunk);
    reader.write(chunk);
    if (reader.fault) throw reader.fault;
    chunks.push(chunk);
    gathered += chunk.length;
    if (gathered < gatherBytes) continue;
    await disk.append(path, chunks);
    [gathered, chunks] = [0, []];
  }
  return { size, digest: hash.digest(), header: reader.end(), lastChunks: chunks, isLarge: size > gathered };
}

/* A stream that breaks off is the sender's doing, whatever it throws. */
async function* abortable(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    if (error instanceof PacsError) throw error;
    throw new PacsError('aborted', 'The sender broke off before the image was complete.', { cause: error });
  }
}
