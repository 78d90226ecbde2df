/** Where the frames of a file lie, and the encoded bytes of one of them, without reading the others. */
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { PacsError } from '#shared/errors.ts';
import type { Header } from './data-set.ts';
import { readDeflated } from './frames-deflated.ts';
import type { ByteRange } from './frames-encapsulated.ts';
import { encapsulatedFrames } from './frames-encapsulated.ts';
import { LruCache } from './pixel-cache.ts';
import { describePixels, maximumFrameBytes } from './pixel-description.ts';

/** One frame: byte ranges of the file (of the inflated data set when deflated), and the bit at which it begins. */
interface FrameLocation {
  readonly ranges: readonly ByteRange[];
  /** Bits to leave out at the start; not 0 only for frames of single bits, which follow each other without padding. */
  readonly skipBits: number;
  /** Bits of the frame; undefined where the codestream knows. */
  readonly bits?: number;
}

/** The frames of one file; `at` throws PacsError not-found past the last and damaged for a missing one. */
export interface FrameLocations {
  readonly count: number;
  at(frame: number): FrameLocation;
}

const isDeflated = (header: Header): boolean => header.TransferSyntaxUID === '1.2.840.10008.1.2.1.99';

const indexes = new LruCache<FrameLocations>(32);

/** Finds the frames of an open file by its offset tables and item headers, PS3.5 A.4; the 32 latest indexes are kept. */
export async function frameLocations(file: FileHandle, header: Header, path?: string): Promise<FrameLocations> {
  const { size, mtimeMs } = await file.stat();
  const key = `${path ?? file.fd}\0${size}\0${mtimeMs}`;
  const known = path === undefined ? undefined : indexes.get(key);
  if (known) return known;
  const isEncapsulated = header.pixelData !== undefined && header.pixelData.length < 0;
  const found = isEncapsulated
    ? await encapsulated(file, header, size)
    : nativeFrames(header, isDeflated(header) ? Infinity : size);
  if (path !== undefined) indexes.set(key, found);
  return found;
}

/**
 * The encoded bytes of one frame, counted from 0: for native data exactly its bytes (swapped to their order in the stream
 * of samples where a big endian OW holds bytes), for encapsulated data its fragments joined.
 * @throws PacsError not-found past the last frame, damaged where bytes are missing, too-large past the bound of a frame
 */
export async function readFrame(path: string, header: Header, frame: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const location = (await frameLocations(file, header, path)).at(frame);
    const total = location.ranges.reduce((sum, range) => sum + range.length, 0);
    if (total > maximumFrameBytes) throw new PacsError('too-large', 'The image is too large to be shown.');
    const bytes = isDeflated(header)
      ? await readDeflated(file, header, location.ranges[0]!)
      : await readRanges(file, location.ranges, total);
    return trim(swapWords(bytes, header), location, header);
  } finally {
    await file.close();
  }
}

async function readRanges(file: FileHandle, ranges: readonly ByteRange[], total: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const range of ranges) {
    const { bytesRead } = await file.read(bytes, at, range.length, range.offset);
    if (bytesRead !== range.length) throw missing();
    at += range.length;
  }
  return bytes;
}

const missing = (): PacsError => new PacsError('damaged', 'The file ends before this image does.');
const noSuchFrame = (): PacsError => new PacsError('not-found', 'There is no such image in the file.');

function nativeFrames(header: Header, size: number): FrameLocations {
  const { frameBits, NumberOfFrames } = describePixels(header);
  const { offset, length } = header.pixelData!;
  const alignment = isSwapped(header) ? 16 : 8;
  return {
    count: NumberOfFrames,
    at: (frame) => {
      if (!Number.isInteger(frame) || frame < 0 || frame >= NumberOfFrames) throw noSuchFrame();
      const skipBits = (frame * frameBits) % alignment;
      const start = (frame * frameBits - skipBits) / 8;
      const end = Math.ceil((frame * frameBits + frameBits) / alignment) * (alignment / 8);
      if (start + Math.ceil((skipBits + frameBits) / 8) > length || offset + start >= size) throw missing();
      const room = Math.min(end, length, size - offset) - start;
      if (room * 8 < skipBits + frameBits) throw missing();
      return { ranges: [{ offset: offset + start, length: room }], skipBits, bits: frameBits };
    },
  };
}

async function encapsulated(file: FileHandle, header: Header, size: number): Promise<FrameLocations> {
  const { NumberOfFrames } = describePixels(header);
  const frames = await encapsulatedFrames(file, header, size, NumberOfFrames);
  return {
    count: NumberOfFrames,
    at: (frame) => {
      if (!Number.isInteger(frame) || frame < 0 || frame >= NumberOfFrames) throw noSuchFrame();
      const ranges = frames.rangesOf(frame);
      if (ranges.length === 0) throw new PacsError('damaged', 'This image is missing in the file.');
      return { ranges, skipBits: 0 };
    },
  };
}

/** Bytes in a big endian OW come in swapped pairs, PS3.5 8.1.1. */
const isSwapped = (header: Header): boolean =>
  !header.littleEndian && header.pixelData?.vr === 'OW' && describePixels(header).BitsAllocated <= 8;

function swapWords(bytes: Uint8Array, header: Header): Uint8Array {
  if (!isSwapped(header)) return bytes;
  for (let at = 0; at + 1 < bytes.length; at += 2) [bytes[at], bytes[at + 1]] = [bytes[at + 1]!, bytes[at]!];
  return bytes;
}

function trim(bytes: Uint8Array, { skipBits, bits }: FrameLocation, header: Header): Uint8Array {
  if (bits === undefined) return bytes;
  if (header.pixelData!.length < 0) return bytes;
  const from = bytes.subarray(Math.floor(skipBits / 8));
  const shift = skipBits % 8;
  const length = Math.ceil(bits / 8);
  if (shift === 0) return from.subarray(0, length);
  return Uint8Array.from({ length }, (_, at) => ((from[at]! | ((from[at + 1] ?? 0) << 8)) >>> shift) & 0xff);
}
