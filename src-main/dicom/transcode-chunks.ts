/** The bytes of files on their way out: read ahead in large pieces, into memory that is used again. */
import { read as readFile } from 'node:fs';
import { promisify } from 'node:util';
import { PacsError } from '#shared/errors.ts';

/** Bytes of an open file. */
export interface FileRange {
  readonly file: number;
  readonly offset: number;
  readonly length: number;
}

/** A piece of what goes out. */
export type OutgoingPart = Uint8Array | FileRange;

/* Plain descriptors: each trip to Node's threads costs as much as the reading itself. */
const read = promisify(readFile);

/* Most images lie in one block. */
const blockLength = 1024 * 1024;
/* What may still wait to be sent when the next chunk is asked for: what a connection lets be written ahead, and a PDU that is not full. */
const mayWait = 2 * 1024 * 1024;
const keptBlocks = 16;
const blocks: Buffer[] = [];

/** Reads parts in their order. A chunk is good until 2 MB behind it were given out and the next chunk is asked for, the last ones until `close`. */
export class ChunkReader {
  readonly #parts: readonly OutgoingPart[];
  /** Blocks in use with the position behind their last byte, in their order. */
  readonly #lent: { readonly block: Buffer; readonly end: number }[] = [];
  #part = 0;
  #offset = 0;
  #position = 0;
  /** Position behind the chunk before the latest one. */
  #given = 0;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(parts: readonly OutgoingPart[]) {
    this.#parts = parts;
  }

  /** The next bytes; undefined at the end. One call at a time. @throws PacsError damaged where a file has become shorter */
  next(): Promise<Uint8Array | undefined> {
    const reading = this.#next();
    this.#reading = reading.catch(() => undefined);
    return reading;
  }

  async #next(): Promise<Uint8Array | undefined> {
    const part = this.#parts[this.#part];
    if (!part) return undefined;
    const length = Math.min(blockLength, part.length - this.#offset);
    const chunk =
      part instanceof Uint8Array ? part.subarray(this.#offset, this.#offset + length) : await this.#read(part, length);
    this.#offset += length;
    this.#given = this.#position;
    this.#position += length;
    if (this.#offset < part.length) return chunk;
    this.#part++;
    this.#offset = 0;
    return chunk;
  }

  async #read({ file, offset }: FileRange, length: number): Promise<Uint8Array> {
    const block = this.#block();
    this.#lent.push({ block, end: this.#position + length });
    for (let done = 0; done < length;) {
      const { bytesRead } = await read(file, block, done, length - done, offset + this.#offset + done);
      if (bytesRead === 0) throw new PacsError('damaged', 'A kept file is shorter than it was when it came.');
      done += bytesRead;
    }
    return block.subarray(0, length);
  }

  /* Fresh blocks for every image would cost a full garbage collection for some 32 MB of them. */
  #block(): Buffer {
    const [oldest] = this.#lent;
    if (oldest && this.#given - oldest.end >= mayWait) return this.#lent.shift()!.block;
    return blocks.pop() ?? Buffer.allocUnsafeSlow(blockLength);
  }

  /** The rest, behind `first` if that was read before; the next chunk is read while the one before it is used. */
  async *chunks(first?: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let chunk = first ?? (await this.next()); chunk;) {
      const next = this.next();
      next.catch(() => undefined);
      if (chunk.length > 0) yield chunk;
      chunk = await next;
    }
  }

  /** Waits for what is being read. `mayReuse`: nobody uses a chunk any more, so that its memory may be used again. */
  async close(mayReuse: boolean): Promise<void> {
    await this.#reading;
    for (const { block } of this.#lent.splice(0)) if (mayReuse && blocks.length < keptBlocks) blocks.push(block);
  }
}
