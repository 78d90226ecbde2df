/** Watches the free space of the archive's disk, so that it is never filled to the last byte. */
import { statfs } from 'node:fs/promises';
import { PacsError } from '#shared/errors.ts';

const freshMilliseconds = 1000;

/** Free bytes of the disk that holds a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** A check that throws `storage-full` when less than `minimumBytes` are free; looks at the disk once a second at most. */
export function createSpaceCheck(folder: string, minimumBytes: number): () => Promise<void> {
  let [checkedAt, free] = [0, Infinity];
  return async () => {
    if (Date.now() - checkedAt >= freshMilliseconds) [free, checkedAt] = [await freeBytes(folder), Date.now()];
    if (free < minimumBytes)
      throw new PacsError(
        'storage-full',
        'The disk of the archive is nearly full. Nothing new is taken until there is space.',
      );
  };
}
