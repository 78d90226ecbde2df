/** Takes one stream in: header read and digest taken from the same pass, bytes to disk as they come, memory bounded. */
import { createHash } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { PacsError, toPacsError } from '#shared/errors.ts';
import type { Header } from '../dicom/data-set.ts';
import { createHeaderReader } from '../dicom/header-reader.ts';
import { isLargest, type Block, type Blocks } from './blocks.ts';
import type { Disk } from './disk.ts';

/** A stream that came to its end: what it was, and its last bytes, which are not on disk yet. */
export interface Arrival {
  readonly size: number;
  /** SHA-256 of the bytes. */
  readonly digest: Buffer;
  readonly header: Header;
  /** Good until `finish` is done. */
  readonly lastBytes: Block;
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
  const gathering = new Gathering(intake, path);
  try {
    return await finish(await arrive(intake, stream, gathering));
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw toPacsError(error);
  } finally {
    gathering.close();
  }
}

/** The bytes of one stream on their way to disk: a block in memory, and the file to which full blocks go. */
class Gathering {
  readonly #intake: Intake;
  readonly #path: string;
  #block: Block;
  #filled = 0;

  constructor(intake: Intake, path: string) {
    this.#intake = intake;
    this.#path = path;
    this.#block = intake.blocks.take('small');
  }

  /** What is not on disk yet. */
  get lastBytes(): Block {
    return this.#block.subarray(0, this.#filled);
  }

  async add(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0;) {
      const part = rest.subarray(0, this.#block.length - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      rest = rest.subarray(part.length);
      if (this.#filled === this.#block.length) await this.#makeRoom();
    }
  }

  close(): void {
    this.#intake.blocks.giveBack(this.#block);
  }

  async #makeRoom(): Promise<void> {
    if (isLargest(this.#block)) {
      await this.#intake.disk.append(this.#path, this.#block);
      this.#filled = 0;
      return;
    }
    const larger = this.#intake.blocks.take('large');
    larger.set(this.#block);
    this.#intake.blocks.giveBack(this.#block);
    this.#block = larger;
  }
}

async function arrive(
  { maximumBytes }: Intake,
  stream: AsyncIterable<Uint8Array>,
  gathering: Gathering,
): Promise<Arrival> {
  const hash = createHash('sha256');
  const reader = createHeaderReader();
  let size = 0;
  for await (const chunk of abortable(stream)) {
    size += chunk.length;
    if (size > maximumBytes)
      throw new PacsError('too-large', `The file is larger than ${Math.round(maximumBytes / 1024 ** 2)} MB.`);
    hash.update(chunk);
    reader.write(chunk);
    if (reader.fault) throw reader.fault;
    await gathering.add(chunk);
  }
  const { lastBytes } = gathering;
  return { size, digest: hash.digest(), header: reader.end(), lastBytes, isLarge: size > lastBytes.length };
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
