/** A window over a stream of bytes: holds what a parser still needs, skips what it does not, copies each byte at most once or twice. */

const arenaLength = 16_384;

/**
 * Bytes are appended to an arena that is never overwritten, so views of it may be kept as values; a full arena is left to
 * those views and a new one begins with the unread rest.
 */
export class ByteWindow {
  bytes = new Uint8Array(0);
  /** Index in `bytes` of the next unread byte. */
  at = 0;
  /** The parser's step is called once so many unread bytes are there. */
  need = 1;
  /** True when nothing of the rest of the stream matters; it is only counted. */
  closed = false;
  /** Bytes that are still to come before the next unread one. */
  toSkip = 0;
  /** Bytes that came, kept or not. */
  seen = 0;
  /** Takes all that is still to come instead of the window, where the rest is for somebody else. */
  tap: ((chunk: Uint8Array) => void) | undefined;
  #filled = 0;
  #start = 0;
  #scratch = false;

  /** Unread bytes that are there. */
  get available(): number {
    return this.#filled - this.at;
  }

  /** Offset in the stream of the next unread byte (of the byte after the skipped ones while skipping). */
  get offset(): number {
    return this.#start + this.at;
  }

  /** True when `count` unread bytes are there; else asks for them. */
  has(count: number): boolean {
    if (this.#filled - this.at >= count) return true;
    this.need = count;
    return false;
  }

  /** Passes over bytes, also over such as have not come yet. */
  skip(count: number): void {
    const here = Math.min(count, this.available);
    this.at += here;
    this.toSkip = count - here;
    this.#start += this.toSkip;
  }

  /** From here on nothing is kept: a small buffer is used again and again. */
  keepNothing(): void {
    const rest = this.bytes.slice(this.at, this.#filled);
    this.#start += this.at;
    this.bytes = rest.length < 32 ? new Uint8Array(32) : rest;
    this.bytes.set(rest);
    this.at = 0;
    this.#filled = rest.length;
    this.#scratch = true;
  }

  /** Takes a chunk and calls `step` whenever enough is there; `step` reads, skips, closes or asks for more than there is. */
  feed(chunk: Uint8Array, step: () => void): void {
    this.seen += chunk.length;
    let from = 0;
    while (from < chunk.length && !this.closed) {
      const skipped = Math.min(this.toSkip, chunk.length - from);
      this.toSkip -= skipped;
      from += skipped;
      if (from === chunk.length) return;
      if (this.tap) return this.tap(chunk.subarray(from));
      from += this.#append(chunk, from);
      if (this.available >= this.need) step();
    }
  }

  #append(chunk: Uint8Array, from: number): number {
    if (this.#scratch && this.at === this.#filled) this.#rewind();
    if (this.bytes.length - this.at < this.need || this.#filled === this.bytes.length) this.#renew();
    const room = this.#scratch ? this.need - this.available : this.bytes.length - this.#filled;
    const count = Math.min(room, chunk.length - from);
    this.bytes.set(chunk.subarray(from, from + count), this.#filled);
    this.#filled += count;
    return count;
  }

  #rewind(): void {
    this.#start += this.at;
    this.at = 0;
    this.#filled = 0;
  }

  #renew(): void {
    const rest = this.bytes.subarray(this.at, this.#filled);
    const arena = new Uint8Array(Math.max(arenaLength, this.need));
    arena.set(rest);
    this.#start += this.at;
    this.bytes = arena;
    this.at = 0;
    this.#filled = rest.length;
  }
}
