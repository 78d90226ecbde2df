/** Where a re-encoded data set goes: memory while it is small, a file once it is not. Synchronous, for threads. */
import { closeSync, openSync, writeSync } from 'node:fs';

/** What became of a data set: all its bytes, or the file that holds them. */
export type Written = { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly path: string; readonly size: number };

/* Several images wait in memory at once, each for a peer that takes its time. */
const keptBytes = 2 * 1024 * 1024;
const gatheredBytes = 512 * 1024;

/** Takes bytes in order; some may be put right at the end. */
export class TranscodeSink {
  readonly #path: string;
  readonly #patches: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  #parts: Uint8Array[] = [];
  #held = 0;
  #file: number | undefined;
  /** Bytes that were written. */
  size = 0;

  /** `path` names the file that is made where it is needed. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Takes bytes, which must not change afterwards. */
  write(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#held += bytes.length;
    this.size += bytes.length;
    if (this.size > keptBytes && this.#held >= gatheredBytes) this.#flush();
  }

  /** Replaces bytes that were written before, once all are there. */
  patch(at: number, bytes: Uint8Array): void {
    this.#patches.push({ at, bytes });
  }

  #flush(): void {
    this.#file ??= openSync(this.#path, 'wx');
    for (const part of this.#parts) writeAll(this.#file, part, undefined);
    this.#parts = [];
    this.#held = 0;
  }

  /** All is written. */
  finish(): Written {
    if (this.#file === undefined) return { bytes: this.#joined() };
    this.#flush();
    for (const { at, bytes } of this.#patches) writeAll(this.#file, bytes, at);
    this.close();
    return { path: this.#path, size: this.size };
  }

  #joined(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.size);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    for (const patch of this.#patches) bytes.set(patch.bytes, patch.at);
    return bytes;
  }

  /** Closes the file if there is one; it stays. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function writeAll(file: number, bytes: Uint8Array, position: number | undefined): void {
  for (let done = 0; done < bytes.length;)
    done += writeSync(file, bytes, done, bytes.length - done, position === undefined ? null : position + done);
}
