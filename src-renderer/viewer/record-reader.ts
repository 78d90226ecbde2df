/** Reads the records of a series' pixel body as they come, straight into the memory where they will stay. */
import { decodeRecordHead, recordHeadLength } from '#shared/pixel-stream.ts';
import type { RecordHead } from '#shared/pixel-stream.ts';
import { ViewerError } from './viewer-error.ts';

/** Where records go: `place` hands out `head.length` bytes of memory, `done` hears that they are filled. */
export interface RecordTarget {
  place(head: RecordHead): Uint8Array;
  done(head: RecordHead, bytes: Uint8Array): void;
}

/** Reads all records of `body`. @throws ViewerError `transferEnded` within a record, `transferDamaged` where it is none. */
export async function readRecords(body: ReadableStream<Uint8Array>, target: RecordTarget): Promise<void> {
  const filler = createFiller(target);
  const reader = body.getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) filler.take(chunk.value);
  } catch (error) {
    await reader.cancel(error).catch(() => undefined);
    throw error;
  }
  if (!filler.isAtBoundary()) throw new ViewerError('transferEnded');
}

function createFiller(target: RecordTarget) {
  const headBytes = new Uint8Array(recordHeadLength);
  let head: RecordHead | undefined;
  let into: Uint8Array = headBytes;
  let filled = 0;

  const next = () => {
    if (!head) {
      head = readHead(headBytes);
      into = placeFor(head, target);
    } else {
      target.done(head, into);
      [head, into] = [undefined, headBytes];
    }
    filled = 0;
  };

  return {
    take: (chunk: Uint8Array) => {
      for (let offset = 0; offset < chunk.length;) {
        const part = chunk.subarray(offset, offset + into.length - filled);
        into.set(part, filled);
        filled += part.length;
        offset += part.length;
        // An empty body is complete as soon as its head is.
        while (filled === into.length) next();
      }
    },
    isAtBoundary: () => head === undefined && filled === 0,
  };
}

function readHead(bytes: Uint8Array): RecordHead {
  try {
    return decodeRecordHead(bytes);
  } catch (cause) {
    throw new ViewerError('transferDamaged', { cause });
  }
}

function placeFor(head: RecordHead, target: RecordTarget): Uint8Array {
  const bytes = target.place(head);
  if (bytes.length !== head.length) throw new ViewerError('transferDamaged');
  return bytes;
}
