/** Takes one stream in: header read and digest taken from the same pass, bytes to disk as they come, memory bounded. */
import { createHash } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { PacsError, toPacsError } from '#shared/errors.ts';
import type { Header } from '../dicom/data-set.ts';
import { createHeaderReader } from '../dicom/header-reader.ts';
import type { Blocks } from './blocks.ts';
import type { Disk } from './disk.ts';

/** A stream that came to its end: what it was, and its last bytes, which are not on disk yet. */
export interface Arrival {
  readonly size: number;
  /** SHA-256 of the bytes. */
  readonly digest: Buffer;
  readonly header: Header;
  /** Good until `finish` is done. */
  readonly lastBytes: Uint8Array<SharedArrayBuffer>;
  /** True where the bytes before them are on disk already. */
  readonly isLarge: boolean;
}

/** Where a stream goes. */
export interface Intake {
  readonly disk: Disk;
  readonly blocks: Blocks;
  readonly maximumBytes: number;
}

/**
 * Takes in a stream; all but its last bytes go to the file at `path`. `finish` then decides and writes the rest. On any
 * fault, in `finish` too, nothing is left at `path`.
 * @throws PacsError: `aborted` when the stream fails, `storage-full`, `too-large`, and what the header reader says.
 */
export async function takeIn<R>(
  intake: Intake,
  stream: AsyncIterable<Uint8Array>,
  path: string,
  finish: (arrival: Arrival) => Promise<R>,
): Promise<R> {
  const block = intake.blocks.take();
  try {
    return await finish(await arrive(intake, stream, path, block));
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw toPacsError(error);
  } finally {
    intake.blocks.giveBack(block);
  }
}

async function arrive(
  { disk, maximumBytes }: Intake,
  stream: AsyncIterable<Uint8Array>,
  path: string,
  block: Uint8Array<SharedArrayBuffer>,
): Promise<Arrival> {
  const hash = createHash('sha256');
  const reader = createHeaderReader();
  let [size, filled] = [0, 0];
  for await (const chunk of abortable(stream)) {
    size += chunk.length;
    if (size > maximumBytes)
      throw new PacsError('too-large', `The file is larger than ${Math.round(maximumBytes / 1024 ** 2)} MB.`);
    hash.update(chunk);
    reader.write(chunk);
    if (reader.fault) throw reader.fault;
    for (let rest = chunk; rest.length > 0;) {
      const part = rest.subarray(0, block.length - filled);
      block.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
      if (filled < block.length) continue;
      await disk.append(path, block);
      filled = 0;
    }
  }
  return {
    size,
    digest: hash.digest(),
    header: reader.end(),
    lastBytes: block.subarray(0, filled),
    isLarge: size > filled,
  };
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
