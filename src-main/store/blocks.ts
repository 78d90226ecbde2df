/** Memory in which images are gathered: shared with the threads, so that nothing is copied to them, and used again. */

/** Memory shared with the threads. */
export type Block = Uint8Array<SharedArrayBuffer>;

/*
 * Every image begins in a small block; one that fills it goes on in a large one, up to whose size an image goes to disk in one
 * write. So fifty scanners at work with small images hold 3 MB, not 50. What is kept is enough for a clinic's scanners at once;
 * more are made where needed and then dropped.
 */
const kinds = {
  small: { size: 64 * 1024, kept: 128 },
  large: { size: 1024 * 1024, kept: 24 },
} as const;

/** The sizes of blocks. */
type BlockKind = keyof typeof kinds;

/** Lends blocks. */
export interface Blocks {
  take(kind: BlockKind): Block;
  giveBack(block: Block): void;
}

/** Whether a full block is the largest there is. */
export const isLargest = (block: Block): boolean => block.length === kinds.large.size;

/** A supply of blocks. */
export function createBlocks(): Blocks {
  const kept: Readonly<Record<BlockKind, Block[]>> = { small: [], large: [] };
  return {
    take: (kind) => kept[kind].pop() ?? new Uint8Array(new SharedArrayBuffer(kinds[kind].size)),
    giveBack: (block) => {
      const kind = isLargest(block) ? 'large' : 'small';
      if (kept[kind].length < kinds[kind].kept) kept[kind].push(block);
    },
  };
}
