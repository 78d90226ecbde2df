/** Inflates the stream of a deflated data set piece by piece, synchronously and within a bound, PS3.5 A.5. */
import { Inflate, Z_SYNC_FLUSH } from 'pako';
import { PacsError } from '#shared/errors.ts';

// So much may come out whatever came in, and beyond it so much a byte: blank images reach a ratio of some hundred.
const freeBytes = 64 * 1024 * 1024;
const ratio = 200;

// Each turn of the inflater has its price: crumbs are gathered first.
const gathered = 16_384;

/** A stream that is being inflated. */
export interface InflateStream {
  /** @throws PacsError damaged, too-large */
  push(chunk: Uint8Array): void;
  /** Inflates what was still gathered; true when the deflated stream has come to its end (what follows it is padding). */
  finish(): boolean;
}

/** Hands what comes out to `take` in pieces of at most 64 KB; `first` is the stream's first bytes (some writers use zlib's wrapper). */
export function createInflateStream(first: Uint8Array, take: (bytes: Uint8Array) => void): InflateStream {
  const inflate = new Inflate({ windowBits: hasZlibHeader(first) ? 15 : -15, chunkSize: 65_536 });
  const crumbs = new Uint8Array(gathered);
  let held = 0;
  let bytesIn = 0;
  let bytesOut = 0;
  inflate.onData = (bytes) => {
    bytesOut += bytes.length;
    if (bytesOut > freeBytes + ratio * bytesIn)
      throw new PacsError('too-large', 'The compressed file would become far too large.');
    take(bytes);
  };
  const run = (bytes: Uint8Array) => {
    if (inflate.ended || bytes.length === 0) return;
    bytesIn += bytes.length;
    inflate.push(bytes, Z_SYNC_FLUSH);
    if (inflate.err) throw new PacsError('damaged', 'The file is damaged: its compressed part cannot be read.');
  };
  const runHeld = () => {
    run(crumbs.subarray(0, held));
    held = 0;
  };
  return {
    push: (chunk) => {
      if (held + chunk.length > gathered) runHeld();
      if (chunk.length >= gathered) return run(chunk);
      crumbs.set(chunk, held);
      held += chunk.length;
    },
    finish: () => {
      runHeld();
      return inflate.ended;
    },
  };
}

// RFC 1950 2.2; a deflate stream that begins so would be a stored block, whose length is written twice.
const hasZlibHeader = ([a = 0, b = 0]: Uint8Array): boolean => a === 0x78 && (a * 256 + b) % 31 === 0;
