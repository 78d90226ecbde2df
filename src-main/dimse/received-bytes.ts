/** The bytes of one connection that have come and are not yet taken, in blocks into which the socket reads. */
import { blockSize, type BlockPool } from './block-pool.ts';

/* A block with less room than this is not read into any more: small reads cost as much as large ones. */
const smallestRead = 16 * 1024;
/* Blocks kept for the end of a message; what a larger message brings beyond is left to the garbage collector. */
const maximumSpent = 16;

interface Piece {
  readonly block: Buffer;
  start: number;
  end: number;
}

/** A queue of bytes; what it hands out are views into blocks, good until `recycle`. */
export class ReceivedBytes {
  readonly #pool: BlockPool;
  readonly #pieces: Piece[] = [];
  #spent: Buffer[] = [];
  #block: Buffer;
  #used = 0;
  #length = 0;

  constructor(pool: BlockPool) {
    this.#pool = pool;
    this.#block = pool.lend();
  }

  /** Bytes in the queue. */
  get length(): number {
    return this.#length;
  }

  /** Where the next read goes. */
  room(): Buffer {
    if (blockSize - this.#used < smallestRead) {
      this.#spendIfTaken();
      this.#block = this.#pool.lend();
      this.#used = 0;
    }
    return this.#block.subarray(this.#used);
  }

  /** Says that a read has put so many bytes there. */
  received(count: number): void {
    const last = this.#pieces.at(-1);
    if (last?.block === this.#block) last.end += count;
    else this.#pieces.push({ block: this.#block, start: this.#used, end: this.#used + count });
    this.#used += count;
    this.#length += count;
  }

  /** The next `count` bytes in one piece, copied only where they lie in two blocks. @throws RangeError where there are fewer. */
  take(count: number): Buffer {
    const views = this.slices(count);
    return views.length === 1 ? (views[0] as Buffer) : Buffer.concat(views, count);
  }

  /** The next `count` bytes as views, in order. @throws RangeError where there are fewer. */
  slices(count: number): Buffer[] {
    if (count > this.#length) throw new RangeError('Fewer bytes have come.');
    this.#length -= count;
    const views: Buffer[] = [];
    for (let left = count; left > 0;) {
      const piece = this.#pieces[0] as Piece;
      const end = Math.min(piece.end, piece.start + left);
      views.push(piece.block.subarray(piece.start, end));
      left -= end - piece.start;
      piece.start = end;
      if (piece.start === piece.end) this.#drop(piece);
    }
    return views;
  }

  /** Nobody uses the views that were handed out any more: their blocks may be written again. */
  recycle(): void {
    this.#pool.giveBack(this.#spent);
    this.#spent = [];
  }

  /** The connection is closed: all memory may be used again. */
  giveBack(): void {
    this.#pool.giveBack(new Set([...this.#spent, ...this.#pieces.map(({ block }) => block), this.#block]));
    this.#pieces.length = 0;
    this.#length = 0;
    this.#spent = [];
  }

  #drop({ block }: Piece): void {
    this.#pieces.shift();
    if (block !== this.#block) this.#spend(block);
  }

  /* A block that is full and already taken to its last byte has no piece left that would spend it. */
  #spendIfTaken(): void {
    if (this.#pieces.at(-1)?.block !== this.#block) this.#spend(this.#block);
  }

  #spend(block: Buffer): void {
    if (this.#spent.length < maximumSpent) this.#spent.push(block);
  }
}
