/** Gives received files their final place, bucket by bucket, and knows which buckets are settled beyond any crash. */
import { randomBytes } from 'node:crypto';
import { rename } from 'node:fs/promises';
import type { Place } from './catalogue.ts';
import { bucketSize, createFolderSync, type Places } from './places.ts';

interface Bucket {
  readonly number: number;
  readonly sync: () => Promise<void>;
  files: number;
  /** Files that lie here but are not yet catalogued. */
  open: number;
}

/** Where files get their final names. */
export interface Shelf {
  /**
   * Renames a synced file to its final name and syncs the name. `catalogue` runs beside that sync; when both are done the file is kept.
   */
  keep<R>(from: string, SOPInstanceUID: string, catalogue: (place: Place) => Promise<R>): Promise<R>;
}

/** The shelf; `first` is the bucket to begin with, `filled` what lies there; `settle` is told of each bucket that is complete. */
export async function openShelf(
  places: Places,
  first: number,
  filled: number,
  settle: (bucket: number) => Promise<void>,
): Promise<Shelf> {
  const makeBucket = async (number: number, files = 0): Promise<Bucket> => {
    await places.makeBucket(number);
    return { number, files, open: 0, sync: createFolderSync(places.bucketPath(number)) };
  };
  const closing: Bucket[] = [];
  let current = Promise.resolve(await makeBucket(first, filled));

  /* Takes a slot; the one who takes the last makes the next bucket, others wait for it. */
  const takeSlot = async (): Promise<Bucket> => {
    const bucket = await current;
    if (bucket.files < bucketSize) {
      bucket.files++;
      bucket.open++;
      return bucket;
    }
    if (closing.at(-1) !== bucket) {
      closing.push(bucket);
      current = makeBucket(bucket.number + 1);
      /* A folder that cannot be made now may be made later: the next caller tries again. */
      current.catch(() => {
        closing.pop();
        current = Promise.resolve(bucket);
      });
    }
    return takeSlot();
  };

  const settleClosed = async (): Promise<void> => {
    let last: number | undefined;
    while (closing[0]?.open === 0) last = closing.shift()?.number;
    if (last !== undefined) await settle(last);
  };

  return {
    async keep(from, SOPInstanceUID, catalogue) {
      const bucket = await takeSlot();
      try {
        const place = { bucket: bucket.number, name: `${SOPInstanceUID}.${randomBytes(4).toString('hex')}.dcm` };
        await rename(from, places.pathOf(place));
        const [result] = await Promise.all([catalogue(place), bucket.sync()]);
        return result;
      } finally {
        bucket.open--;
        if (bucket.open === 0) await settleClosed();
      }
    },
  };
}
