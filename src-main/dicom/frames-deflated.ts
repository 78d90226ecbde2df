/** A range of a deflated data set: inflated piece by piece, only the range is kept, PS3.5 A.5. */
import type { FileHandle } from 'node:fs/promises';
import { PacsError } from '#shared/errors.ts';
import type { Header } from './data-set.ts';
import type { ByteRange } from './frames-encapsulated.ts';
import { createInflateStream } from './inflate-stream.ts';

const chunkLength = 256 * 1024;

/** The bytes of a range of the inflated data set. @throws PacsError damaged, too-large */
export async function readDeflated(file: FileHandle, header: Header, range: ByteRange): Promise<Uint8Array> {
  const wanted = new Uint8Array(range.length);
  const end = range.offset + range.length;
  let seen = 0;
  const take = (bytes: Uint8Array): void => {
    const from = Math.max(range.offset, seen);
    const to = Math.min(end, seen + bytes.length);
    if (from < to) wanted.set(bytes.subarray(from - seen, to - seen), from - range.offset);
    seen += bytes.length;
  };
  const chunk = new Uint8Array(chunkLength);
  let at = header.dataSetOffset;
  let stream: ReturnType<typeof createInflateStream> | undefined;
  while (seen < end) {
    const { bytesRead } = await file.read(chunk, 0, chunkLength, at);
    if (bytesRead === 0) break;
    stream ??= createInflateStream(chunk, take);
    stream.push(chunk.subarray(0, bytesRead));
    at += bytesRead;
  }
  if (seen < end) stream?.finish();
  if (seen < end) throw new PacsError('damaged', 'The file ends before this image does.');
  return wanted;
}
