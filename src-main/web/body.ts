/** Bodies that flow: bytes of files and generated chunks as streams that read only as fast as the client takes them. */
import { open } from 'node:fs/promises';
import { ReadableStream } from 'node:stream/web';

const chunkLength = 1 << 20;

/** A body of chunks; nothing runs before the first read, and a client that goes away ends the generator. */
export const streamed = (chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> => ReadableStream.from(chunks);

/** The bytes of a file from `start` for `length`, in chunks of at most 1 MiB; a file that has become shorter throws. */
export async function* fileChunks(path: string, length: number, start = 0): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    for (let done = 0; done < length;) {
      const chunk = Buffer.allocUnsafeSlow(Math.min(chunkLength, length - done));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, start + done);
      if (bytesRead === 0) throw new Error('a kept file is shorter than the catalogue says');
      yield bytesRead === chunk.length ? chunk : chunk.subarray(0, bytesRead);
      done += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** The same chunks, with the next one already being made while the caller is busy with this one. */
export async function* readAhead(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = iterator.next();
      next.catch(() => undefined); // thrown where it is awaited
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
