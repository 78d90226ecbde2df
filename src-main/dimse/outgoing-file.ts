/** The data set of a kept file, without preamble and meta information, read ahead into memory that is used again. */
import { closeSync, open as openFile, read as readFile } from 'node:fs';
import { promisify } from 'node:util';
import { PacsError } from '#shared/errors.ts';
import { dataSetStart } from '../dicom/data-set-start.ts';
import { readHeader } from '../dicom/header-reader.ts';

/* Plain descriptors: each trip to Node's threads costs as much as the reading itself, and closing needs none. */
const open = promisify(openFile);
const read = promisify(readFile);

/** The bytes of a data set; see OutgoingInstance for how long its chunks are good. */
export interface StoredDataSet {
  readonly size: number;
  readonly dataSet: AsyncIterable<Uint8Array>;
  close(mayReuse: boolean): Promise<void>;
}

/* Most images lie in one block. What still waits to be sent when the next chunk is asked for (what SocketReader lets be written
   ahead, and a PDU that is not full) fits into two of them. */
const blockLength = 1024 * 1024;
const ringLength = 4;
const keptBlocks = 16;
const blocks: Buffer[] = [];

/* Fresh blocks for every image would cost a full garbage collection for some 32 MB of them. */
const lend = (): Buffer => blocks.pop() ?? Buffer.allocUnsafeSlow(blockLength);
const giveBack = (lent: readonly Buffer[]): void => {
  for (const block of lent) if (blocks.length < keptBlocks) blocks.push(block);
};

const shorter = (): PacsError => new PacsError('damaged', 'A kept file is shorter than it was when it came.');

/** One file that is being read through a ring of four blocks: one is being sent, two may still be on their way, one is being read into. */
class BlockReader {
  readonly #file: number;
  readonly #size: number;
  readonly #ring: Buffer[] = [];
  #turn = 0;
  #position = 0;

  constructor(file: number, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /** The next bytes; undefined at the end. @throws PacsError damaged where the file has become shorter. */
  async next(): Promise<Buffer | undefined> {
    const length = Math.min(blockLength, this.#size - this.#position);
    if (length <= 0) return undefined;
    const block = (this.#ring[this.#turn++ % ringLength] ??= lend());
    for (let done = 0; done < length;) {
      const { bytesRead } = await read(this.#file, block, done, length - done, this.#position);
      if (bytesRead === 0) throw shorter();
      done += bytesRead;
      this.#position += bytesRead;
    }
    return block.subarray(0, length);
  }

  close(mayReuse: boolean): void {
    const lent = this.#ring.splice(0);
    if (mayReuse) giveBack(lent);
    closeSync(this.#file);
  }
}

/** Opens a kept file of so many bytes and reads its first block. @throws PacsError damaged where it is gone or shorter. */
export async function openStoredDataSet(path: string, fileSize: number): Promise<StoredDataSet> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new PacsError('damaged', 'A kept file cannot be opened.', { cause });
  });
  const reader = new BlockReader(file, fileSize);
  try {
    const first = await reader.next();
    if (!first) throw shorter();
    const start = dataSetStart(first) ?? (await readHeader(path)).dataSetOffset;
    let closing: Promise<void> | undefined;
    let reading: Promise<unknown> | undefined;
    return {
      size: fileSize - start,
      dataSet: chunks(reader, first, start, (next) => (reading = next)),
      /* A block that is being read into is not given back before. */
      close: (mayReuse) => (closing ??= Promise.resolve(reading).then(() => reader.close(mayReuse))),
    };
  } catch (error) {
    reader.close(true);
    throw error;
  }
}

/* The next block is read while the one before it is being sent. */
async function* chunks(
  reader: BlockReader,
  first: Buffer,
  start: number,
  reads: (next: Promise<unknown>) => void,
): AsyncGenerator<Uint8Array> {
  let chunk: Buffer | undefined = first;
  for (let toSkip = start; chunk;) {
    const next = reader.next();
    reads(next.catch(() => undefined));
    const skipped = Math.min(toSkip, chunk.length);
    toSkip -= skipped;
    if (skipped < chunk.length) yield chunk.subarray(skipped);
    chunk = await next;
  }
}
