/** Where a re-encoded data set goes: memory while it is small, a file once it is not; what stays as it lies is only pointed to. Synchronous, for threads. */
import { closeSync, openSync, writeSync } from 'node:fs';

/** Bytes of a file. */
interface FilePart {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  /** True for a file that was made for this and goes with it. */
  readonly isMade: boolean;
}

/** A piece of a data set: in memory or in a file. */
export type TranscodePart = Uint8Array<ArrayBuffer> | FilePart;

/** A data set in its parts, in their order. */
export interface Written {
  readonly size: number;
  readonly parts: readonly TranscodePart[];
}

/* Several images wait in memory at once, each for a peer that takes its time. */
const keptBytes = 2 * 1024 * 1024;
const gatheredBytes = 512 * 1024;
/* Less is read again sooner than pointed to. */
const leastReferred = 64 * 1024;

/** Takes bytes in order; some may be put right at the end. */
export class TranscodeSink {
  readonly #path: string;
  readonly #parts: TranscodePart[] = [];
  #gathered: Uint8Array[] = [];
  #held = 0;
  #inMemory = 0;
  #inFile = 0;
  #file: number | undefined;
  /** Bytes that were written. */
  size = 0;

  /** `path` names the file that is made where it is needed. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Takes bytes, which must not change afterwards. */
  write(bytes: Uint8Array): void {
    this.#gathered.push(bytes);
    this.#held += bytes.length;
    this.size += bytes.length;
    if (this.#held >= gatheredBytes) this.#flush();
  }

  /** Takes a range of a file that stays; false where it is too short for that. */
  refer(path: string, offset: number, length: number): boolean {
    if (length < leastReferred) return false;
    this.#flush();
    this.#parts.push({ path, offset, length, isMade: false });
    this.size += length;
    return true;
  }

  /** Replaces bytes that were written before. */
  patch(at: number, bytes: Uint8Array): void {
    this.#flush();
    let start = 0;
    for (const part of this.#parts) {
      const [from, to] = [Math.max(at, start), Math.min(at + bytes.length, start + part.length)];
      if (from < to) this.#patchPart(part, from - start, bytes.subarray(from - at, to - at));
      start += part.length;
    }
  }

  #patchPart(part: TranscodePart, at: number, bytes: Uint8Array): void {
    if (part instanceof Uint8Array) part.set(bytes, at);
    else writeAll(this.#file!, bytes, part.offset + at);
  }

  #flush(): void {
    if (this.#held === 0) return;
    if (this.#inMemory + this.#held > keptBytes) this.#toFile();
    else this.#toMemory();
    this.#gathered = [];
    this.#held = 0;
  }

  #toMemory(): void {
    const bytes = new Uint8Array(this.#held);
    let at = 0;
    for (const each of this.#gathered) {
      bytes.set(each, at);
      at += each.length;
    }
    this.#parts.push(bytes);
    this.#inMemory += this.#held;
  }

  #toFile(): void {
    this.#file ??= openSync(this.#path, 'wx');
    let offset = this.#inFile;
    for (const bytes of this.#gathered) {
      writeAll(this.#file, bytes, offset);
      offset += bytes.length;
    }
    const last = this.#parts.at(-1);
    const isNext = last && !(last instanceof Uint8Array) && last.isMade;
    const begin = isNext ? last.offset : this.#inFile;
    if (isNext) this.#parts.pop();
    this.#parts.push({ path: this.#path, offset: begin, length: offset - begin, isMade: true });
    this.#inFile = offset;
  }

  /** All is written. */
  finish(): Written {
    this.#flush();
    this.close();
    return { size: this.size, parts: this.#parts };
  }

  /** Closes the file if there is one; it stays. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, position + done);
}
