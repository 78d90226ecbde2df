/** Reads headers: from a stream of chunks on their way to disk, or from a file no further than its pixel data. */
import { open } from 'node:fs/promises';
import type { PacsError } from '#shared/errors.ts';
import type { Header } from './data-set.ts';
import type { WalkLimits } from './walk-frame.ts';
import { HeaderParser } from './header-parser.ts';

/** Bounds of what a header may hold; those of PS3.5 are far below. */
export type HeaderLimits = Partial<WalkLimits>;

/** A header that is being read from chunks of any size. */
export interface HeaderReader {
  /** Takes the next bytes, which may be overwritten afterwards. Never throws: a fault is kept, and what follows is passed over. */
  write(chunk: Uint8Array): void;
  /** The fault as soon as one is found, so that a transfer can be broken off. */
  readonly fault: PacsError | undefined;
  /** The header, once all bytes came. @throws PacsError not-dicom, truncated, damaged, too-large */
  end(): Header;
}

const defaults: WalkLimits = {
  maximumHeaderBytes: 64 * 1024 * 1024,
  // Lookup tables (128 KB) and extended offset tables are kept, documents and private blobs are not.
  maximumValueBytes: 256 * 1024,
  maximumDepth: 100,
};

/** A reader for one file (or bare data set); memory is bounded by the limits, whatever comes. */
export function createHeaderReader(limits: HeaderLimits = {}): HeaderReader {
  return new HeaderParser({ ...defaults, ...limits });
}

const pieceLength = 65_536;

/** The header of a file; reads up to the pixel data, passes over long values without reading them. @throws PacsError as `end` */
export async function readHeader(path: string): Promise<Header> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const parser = new HeaderParser(defaults);
    const piece = new Uint8Array(Math.min(pieceLength, size));
    for (let position = 0; position < size && !parser.hasPixelData && !parser.fault;) {
      const { bytesRead } = await file.read(piece, 0, piece.length, position);
      if (bytesRead === 0) break;
      parser.write(piece.subarray(0, bytesRead));
      position += bytesRead + parser.toSkip;
      if (position <= size) parser.skipped();
    }
    return parser.end(size);
  } finally {
    await file.close();
  }
}
