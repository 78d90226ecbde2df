/** A queue of bytes: what comes in large pieces is never copied, what comes in crumbs is gathered, so that pieces stay few. */

/* A piece below this many bytes is copied into a shared block: a sender of single bytes would else cost an object a byte. */
const crumb = 2048;
const blockSize = 8192;

/** Bytes in order; all methods are synchronous, and what is handed out are views of the pieces that came. */
export class ByteQueue {
  #pieces: Buffer[] = [];
  #length = 0;
  #block: Buffer | undefined;
  #used = 0;

  /** Bytes in the queue. */
  get length(): number {
    return this.#length;
  }

  /** Adds bytes at the end; large pieces are kept as they are and must not be written to any more. */
  push(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#length += bytes.length;
    if (bytes.length < crumb) return this.#gather(bytes);
    this.#pieces.push(bytes);
    this.#block = undefined;
  }

  /** The next `count` bytes in one piece; a copy only where they lie in several. @throws RangeError where there are fewer. */
  take(count: number): Buffer {
    const pieces = this.slices(count);
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces, count);
  }

  /** The next `count` bytes as views, in order. @throws RangeError where there are fewer. */
  slices(count: number): Buffer[] {
    if (count > this.#length) throw new RangeError('The queue holds fewer bytes.');
    this.#length -= count;
    const taken: Buffer[] = [];
    for (let left = count; left > 0;) {
      const first = this.#pieces[0] as Buffer;
      if (first.length > left) {
        taken.push(first.subarray(0, left));
        this.#pieces[0] = first.subarray(left);
        return taken;
      }
      taken.push(first);
      this.#pieces.shift();
      left -= first.length;
    }
    return taken;
  }

  #gather(bytes: Buffer): void {
    if (!this.#block || this.#used + bytes.length > blockSize) {
      this.#block = Buffer.allocUnsafeSlow(blockSize);
      this.#used = 0;
    }
    const start = this.#used;
    this.#block.set(bytes, start);
    this.#used += bytes.length;
    const last = this.#pieces.at(-1);
    const isContinued = last?.buffer === this.#block.buffer && last.byteOffset + last.length === start;
    if (isContinued) this.#pieces[this.#pieces.length - 1] = this.#block.subarray(last.byteOffset, this.#used);
    else this.#pieces.push(this.#block.subarray(start, this.#used));
  }
}
