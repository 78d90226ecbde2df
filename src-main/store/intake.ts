/** Brings one stream to disk as a file on its way in: header read and digest taken from the same pass, memory bounded. */
import { createHash } from 'node:crypto';
import { close, fdatasync, open, unlink, writev } from 'node:fs';
import { promisify } from 'node:util';
import { PacsError, toPacsError } from '#shared/errors.ts';
import type { Header } from '../dicom/data-set.ts';
import { createHeaderReader } from '../dicom/header-reader.ts';

/* The callback forms: a file handle's promises cost a third more per image. */
const openFile = promisify(open);
const writeFile = promisify(writev);
const syncFile = promisify(fdatasync);
const closeFile = promisify(close);
const removeFile = promisify(unlink);

/* Chunks are gathered up to this many bytes before they are written: few large writes, bounded memory. */
const gatherBytes = 1024 * 1024;

/** A file that is whole and synced, but not yet under its final name. */
export interface Staged {
  readonly path: string;
  readonly size: number;
  /** SHA-256 of the bytes. */
  readonly digest: Buffer;
  readonly header: Header;
}

/** What a stream may not exceed. */
export interface IntakeLimits {
  /** Bytes of one instance. */
  readonly maximumBytes: number;
}

/**
 * Writes a stream to `path`, synced. On any fault nothing is left there.
 * @throws PacsError: `aborted` when the stream fails, `storage-full`, `too-large`, and what the header reader says.
 */
export async function stage(stream: AsyncIterable<Uint8Array>, path: string, limits: IntakeLimits): Promise<Staged> {
  const file = await openFile(path, 'wx').catch(fail);
  let staged: Staged;
  try {
    staged = await writeStream(stream, file, path, limits);
  } catch (error) {
    await closeFile(file).catch(() => undefined);
    await removeFile(path).catch(() => undefined);
    throw toPacsError(error);
  }
  await closeFile(file);
  return staged;
}

async function writeStream(
  stream: AsyncIterable<Uint8Array>,
  file: number,
  path: string,
  limits: IntakeLimits,
): Promise<Staged> {
  const hash = createHash('sha256');
  const reader = createHeaderReader();
  let [size, gathered, chunks] = [0, 0, [] as Uint8Array[]];
  for await (const chunk of abortable(stream)) {
    size += chunk.length;
    if (size > limits.maximumBytes)
      throw new PacsError('too-large', `The file is larger than ${Math.round(limits.maximumBytes / 1024 ** 2)} MB.`);
    hash.update(chunk);
    reader.write(chunk);
    if (reader.fault) throw reader.fault;
    chunks.push(chunk);
    gathered += chunk.length;
    if (gathered < gatherBytes) continue;
    await writeAll(file, chunks, gathered);
    [gathered, chunks] = [0, []];
  }
  const header = reader.end();
  await writeAll(file, chunks, gathered);
  await syncFile(file);
  return { path, size, digest: hash.digest(), header };
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

async function writeAll(file: number, chunks: Uint8Array[], total: number): Promise<void> {
  if (total === 0) return;
  const { bytesWritten } = await writeFile(file, chunks);
  if (bytesWritten === total) return;
  /* A short write means a disk at its end: what is left is tried again and then fails with its reason. */
  const rest = Buffer.concat(chunks).subarray(bytesWritten);
  await writeAll(file, [rest], rest.length);
}

const fail = (error: unknown): never => {
  throw toPacsError(error);
};
