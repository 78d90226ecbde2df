/** Memory in which images are gathered: shared with the threads, so that nothing is copied to them, and used again. */

/** Bytes of a block: an image up to this size goes to disk in one write. */
const blockSize = 1024 * 1024;

/* Enough for the scanners of a clinic at work at once; more are made where needed and then dropped. */
const blocksKept = 16;

/** Lends blocks. */
export interface Blocks {
  take(): Uint8Array<SharedArrayBuffer>;
  giveBack(block: Uint8Array<SharedArrayBuffer>): void;
}

/** A supply of blocks. */
export function createBlocks(): Blocks {
  const kept: Uint8Array<SharedArrayBuffer>[] = [];
  return {
    take: () => kept.pop() ?? new Uint8Array(new SharedArrayBuffer(blockSize)),
    giveBack: (block) => {
      if (kept.length < blocksKept) kept.push(block);
    },
  };
}
