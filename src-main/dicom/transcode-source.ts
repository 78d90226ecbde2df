/** A file whose transfer syntax is to be changed: its elements before and behind the pixel data, and all its bytes at hand. Synchronous, for threads. */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { PacsError } from '#shared/errors.ts';
import { ByteWindow } from './byte-window.ts';
import type { DataSet, Header } from './data-set.ts';
import { DataSetWalker } from './data-set-walker.ts';
import { readHeader } from './header-reader.ts';
import { isDeflatedSyntax } from './header-syntax.ts';
import { createInflateStream } from './inflate-stream.ts';
import { readLength, readTag } from './read-bytes.ts';
import { itemTag, sequenceEnd, undefinedLength } from './walk-frame.ts';

/** An open file. */
export interface TranscodeSource {
  /** The file that offsets count in: a deflated one is inflated into another. */
  readonly path: string;
  readonly header: Header;
  /** The transfer syntax that the file is kept in, deflated or not. */
  readonly TransferSyntaxUID: string;
  /** Elements behind the pixel data, such as raw data of a scanner; their offsets count from `trailerOffset`. */
  readonly trailer: DataSet;
  readonly trailerOffset: number;
  /** Bytes of that file. */
  readonly size: number;
  /** True where that file stays. */
  readonly isKept: boolean;
  /** Exactly these bytes. @throws PacsError damaged where the file ends before */
  read(offset: number, length: number): Buffer;
  close(): void;
}

const pieceLength = 256 * 1024;
const limits = { maximumHeaderBytes: 16 * 1024 * 1024, maximumValueBytes: 64 * 1024, maximumDepth: 100 };

const ended = (): PacsError => new PacsError('damaged', 'The file ends before its data do.');

/** Opens a file; a deflated one is inflated to `inflatedPath`. @throws PacsError */
export async function openSource(path: string, inflatedPath: string): Promise<TranscodeSource> {
  const kept = await readHeader(path);
  const { TransferSyntaxUID } = kept;
  const isDeflated = isDeflatedSyntax(TransferSyntaxUID);
  if (isDeflated) inflate(path, kept.dataSetOffset, inflatedPath);
  const used = isDeflated ? inflatedPath : path;
  const header = isDeflated ? await readHeader(used) : kept;
  const file = openSync(used, 'r');
  const read = (offset: number, length: number): Buffer => {
    const bytes = Buffer.allocUnsafeSlow(length);
    if (readFully(file, bytes, offset) < length) throw ended();
    return bytes;
  };
  const { size } = fstatSync(file);
  const trailerOffset = header.pixelData ? Math.min(size, endOfPixelData(header, read, size)) : size;
  return {
    path: used,
    header,
    TransferSyntaxUID,
    trailer: readTrailer(file, header, trailerOffset, size),
    trailerOffset,
    size,
    isKept: !isDeflated,
    read,
    close: () => closeSync(file),
  };
}

function readFully(file: number, bytes: Uint8Array, offset: number): number {
  let done = 0;
  while (done < bytes.length) {
    const count = readSync(file, bytes, done, bytes.length - done, offset + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

function inflate(path: string, offset: number, inflatedPath: string): void {
  const [from, to] = [openSync(path, 'r'), openSync(inflatedPath, 'wx')];
  try {
    const take = (bytes: Uint8Array): void => {
      for (let done = 0; done < bytes.length;) done += writeSync(to, bytes, done);
    };
    const piece = Buffer.allocUnsafe(pieceLength);
    let stream: ReturnType<typeof createInflateStream> | undefined;
    for (let at = offset; ;) {
      const count = readSync(from, piece, 0, pieceLength, at);
      if (count === 0) break;
      stream ??= createInflateStream(piece, take);
      stream.push(piece.subarray(0, count));
      at += count;
    }
    if (!stream?.finish()) throw ended();
  } finally {
    closeSync(from);
    closeSync(to);
  }
}

function endOfPixelData(
  { pixelData, littleEndian }: Header,
  read: (offset: number, length: number) => Buffer,
  size: number,
): number {
  const { offset, length } = pixelData!;
  if (length >= 0) return offset + length;
  for (let at = offset; at + 8 <= size;) {
    const head = read(at, 8);
    const tag = readTag(head, 0, littleEndian);
    const itemLength = readLength(head, 4, littleEndian);
    if (tag === sequenceEnd) return at + 8;
    if (tag !== itemTag || itemLength === undefinedLength) return size;
    at += 8 + itemLength;
  }
  return size;
}

/* What is no element ends it: rubbish behind the pixel data was never looked at before. */
function readTrailer(file: number, { explicitVR, littleEndian }: Header, offset: number, size: number): DataSet {
  const window = new ByteWindow();
  window.need = 8;
  const walker = new DataSetWalker(window, limits, { explicitVR, littleEndian });
  const piece = Buffer.allocUnsafe(Math.max(1, Math.min(65_536, size - offset)));
  try {
    for (let at = offset; at < size && walker.state === 'elements';) {
      const count = readSync(file, piece, 0, piece.length, at);
      if (count === 0) break;
      window.feed(piece.subarray(0, count), () => walker.step());
      at += count + window.toSkip;
      if (at > size) break;
      window.seen += window.toSkip;
      window.toSkip = 0;
    }
  } catch (error) {
    if (!(error instanceof PacsError) || error.code === 'too-large') throw error;
  }
  const lies = (end: number): boolean => offset + end <= size;
  return new Map(
    [...walker.elements].filter(([, element]) => element.length < 0 || lies(element.offset + element.length)),
  );
}
