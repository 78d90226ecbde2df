/** Reads a bare data set that is all in memory: what DIMSE messages carry besides images. */
import { PacsError, toPacsError } from '#shared/errors.ts';
import { ByteWindow } from './byte-window.ts';
import type { Element, Header } from './data-set.ts';
import { DataSetWalker } from './data-set-walker.ts';
import { isDeflatedSyntax } from './header-syntax.ts';
import { createInflateStream } from './inflate-stream.ts';
import { isZero, readLength, readShort } from './read-bytes.ts';
import { vrOfCode } from './value-representations.ts';
import type { Encoding, WalkLimits } from './walk-frame.ts';

// What a message of DIMSE-N or a query can hold is far below; a hostile one costs no more than this.
const maximumBytes = 4 * 1024 * 1024;
const limits: WalkLimits = { maximumHeaderBytes: 32 * 1024 * 1024, maximumValueBytes: maximumBytes, maximumDepth: 32 };

const damaged = (what: string): PacsError => new PacsError('damaged', `The data set cannot be read: ${what}`);

function inflated(bytes: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const inflate = createInflateStream(bytes, (piece) => {
    length += piece.length;
    if (length > maximumBytes) throw new PacsError('too-large', 'it is too large.');
    pieces.push(piece);
  });
  inflate.push(bytes);
  if (!inflate.finish()) throw new PacsError('truncated', 'it ends too early.');
  return Buffer.concat(pieces);
}

const implicitLittleEndian = '1.2.840.10008.1.2';
const explicitLittleEndian = '1.2.840.10008.1.2.1';
const explicitBigEndian = '1.2.840.10008.1.2.2';

type Syntax = Encoding & Pick<Header, 'TransferSyntaxUID'>;

/* Some send explicit VR where implicit was agreed: then a VR stands in the place of a length that would be far too long. */
function syntaxOf(bytes: Uint8Array, declared: string): Syntax {
  const littleEndian = declared !== explicitBigEndian;
  if (declared !== implicitLittleEndian) return { littleEndian, explicitVR: true, TransferSyntaxUID: declared };
  const hasVR =
    bytes.length >= 8 && vrOfCode(readShort(bytes, 4, false)) && 8 + readLength(bytes, 4, true) > bytes.length;
  return hasVR
    ? { littleEndian, explicitVR: true, TransferSyntaxUID: explicitLittleEndian }
    : { littleEndian, explicitVR: false, TransferSyntaxUID: declared };
}

function walk(bytes: Uint8Array, declared: string, bounds: Partial<WalkLimits>): Header {
  const plain = isDeflatedSyntax(declared) && bytes.length > 0 ? inflated(bytes) : bytes;
  const syntax = syntaxOf(plain, declared);
  const window = new ByteWindow();
  const walker = new DataSetWalker(window, { ...limits, ...bounds }, syntax);
  window.feed(plain, () => {
    walker.step();
    if (walker.state !== 'elements') window.closed = true;
  });
  if (walker.state === 'elements') checkEnd(window, walker);
  const { elements: dataSet, pixelData } = walker;
  const rest = { meta: new Map<string, Element>(), dataSetOffset: 0, size: bytes.length };
  return { ...syntax, ...rest, dataSet, ...(pixelData ? { pixelData } : {}) };
}

/* Some senders fill up with zeros. */
function checkEnd({ bytes, at, available, toSkip }: ByteWindow, walker: DataSetWalker): void {
  const isPadded = available < 8 && isZero(bytes, at, at + available);
  // What has the length of its sequence ends only with the step after its last byte.
  walker.step();
  if (!walker.isAtTop || toSkip > 0 || !isPadded) throw new PacsError('truncated', 'it ends too early.');
}

/**
 * The elements of a data set without preamble and meta information, up to its pixel data; values are copies. Explicit VR where
 * implicit was said is seen and taken. At most 4 MB, also when inflated; sequences nested 32 deep; `bounds` may be tighter.
 * @throws PacsError damaged
 */
export function readDataSet(bytes: Uint8Array, TransferSyntaxUID: string, bounds: Partial<WalkLimits> = {}): Header {
  if (bytes.length > maximumBytes) throw damaged('it is too large.');
  try {
    return walk(bytes, TransferSyntaxUID, bounds);
  } catch (thrown) {
    const { code, message, cause } = toPacsError(thrown);
    if (code === 'internal') throw thrown;
    throw new PacsError('damaged', `The data set cannot be read: ${message.replace('The file is damaged: ', '')}`, {
      cause,
    });
  }
}
