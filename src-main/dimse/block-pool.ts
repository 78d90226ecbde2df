/** Blocks of memory that are used again: fresh ones for every read would cost a full garbage collection each 32 MB received. */

/** Bytes of a block: what one read can bring at most. */
export const blockSize = 256 * 1024;

/** Lends blocks; one that is not given back is left to the garbage collector. */
export interface BlockPool {
  lend(): Buffer;
  giveBack(blocks: Iterable<Buffer>): void;
}

/** A pool that keeps so many blocks for the next borrower. */
export function createBlockPool(maximumKept: number): BlockPool {
  const kept: Buffer[] = [];
  return {
    lend: () => kept.pop() ?? Buffer.allocUnsafeSlow(blockSize),
    giveBack: (blocks) => {
      for (const block of blocks) if (kept.length < maximumKept) kept.push(block);
    },
  };
}
