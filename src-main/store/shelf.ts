/** Gives received files their final place, bucket by bucket, and knows which buckets are settled beyond any crash. */
import type { Place } from './catalogue.ts';
import { fileName } from './file-name.ts';
import { bucketSize, type Places } from './places.ts';

interface Bucket {
  readonly number: number;
  files: number;
  /** Files that are on their way into this bucket or not yet catalogued. */
  open: number;
}

/** Where files get their final names. */
export interface Shelf {
  /** Runs `work` with a new place; the bucket is not settled before the work is done. */
  place<R>(SOPInstanceUID: string, digest: Uint8Array, work: (place: Place) => Promise<R>): Promise<R>;
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
    return { number, files, open: 0 };
  };
  const closing: Bucket[] = [];
  let current = Promise.resolve(await makeBucket(first, filled));

  const startNext = (full: Bucket): void => {
    closing.push(full);
    current = makeBucket(full.number + 1);
    /* A folder that cannot be made now may be made later: the next caller tries again. */
    current.catch(() => {
      closing.pop();
      current = Promise.resolve(full);
    });
  };

  /* Takes a slot; the one who finds the bucket full makes the next, others wait for it. */
  const takeSlot = async (): Promise<Bucket> => {
    const bucket = await current;
    if (bucket.files < bucketSize) {
      bucket.files++;
      bucket.open++;
      return bucket;
    }
    if (closing.at(-1) !== bucket) startNext(bucket);
    return takeSlot();
  };

  const settleClosed = async (): Promise<void> => {
    let last: number | undefined;
    while (closing[0]?.open === 0) last = closing.shift()?.number;
    if (last !== undefined) await settle(last);
  };

  return {
    async place(SOPInstanceUID, digest, work) {
      const bucket = await takeSlot();
      try {
        return await work({ bucket: bucket.number, name: fileName(SOPInstanceUID, digest) });
      } finally {
        bucket.open--;
        if (bucket.open === 0) await settleClosed();
      }
    },
  };
}
