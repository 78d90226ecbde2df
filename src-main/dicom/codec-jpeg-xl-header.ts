/** Size and depth out of a JPEG XL codestream's first bits, ISO/IEC 18181-1 Annex D, in a container or bare. */
import { PacsError } from '#shared/errors.ts';
import { damagedCodestream } from './codec-samples.ts';

/** What the image header says. */
export interface JpegXlHeader {
  readonly rows: number;
  readonly columns: number;
  readonly precision: number;
  readonly isFloat: boolean;
}

const containerStart = 0x0000_000c;
/** Width to height, by the three bits that may stand for a width. */
const ratios = [undefined, [1, 1], [12, 10], [4, 3], [3, 2], [16, 9], [5, 4], [2, 1]] as const;

type Bits = (count: number) => number;

/** @throws PacsError damaged, unsupported (animations and previews) */
export function readJpegXlHeader(bytes: Uint8Array): JpegXlHeader {
  const codestream = findCodestream(bytes);
  if (codestream[0] !== 0xff || codestream[1] !== 0x0a) throw damagedCodestream();
  const bits = createBits(codestream.subarray(2));
  const size = readSize(bits);
  if (bits(1) === 1) return { ...size, precision: 8, isFloat: false };
  if (bits(1) === 1) readExtraFields(bits);
  const isFloat = bits(1) === 1;
  const depth = isFloat ? [32, 16, 24] : [8, 10, 12];
  const choice = bits(2);
  return { ...size, precision: depth[choice] ?? 1 + bits(6), isFloat };
}

function readExtraFields(bits: Bits): void {
  bits(3); // orientation
  if (bits(1) === 1) readSize(bits);
  if (bits(1) === 1 || bits(1) === 1) throw new PacsError('unsupported', 'Animated JPEG XL cannot be shown.');
}

function readSize(bits: Bits): { rows: number; columns: number } {
  const isSmall = bits(1) === 1;
  const side = (): number => (isSmall ? 8 * (1 + bits(5)) : 1 + bits([9, 13, 18, 30][bits(2)]!));
  const rows = side();
  const ratio = ratios[bits(3)];
  return { rows, columns: ratio ? Math.floor((rows * ratio[0]) / ratio[1]) : side() };
}

/** Bits from the least significant one of each byte on. */
function createBits(bytes: Uint8Array): Bits {
  let at = 0;
  return (count) => {
    let value = 0;
    for (let index = 0; index < count; index++, at++) {
      if (at >>> 3 >= bytes.length) throw damagedCodestream();
      value += ((bytes[at >>> 3]! >>> (at & 7)) & 1) * 2 ** index;
    }
    return value;
  };
}

/** The codestream box, or the first of its parts (whose first four bytes are a number). */
function findCodestream(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0) !== containerStart) return bytes;
  for (let at = 0; at + 20 <= bytes.length;) {
    const type = view.getUint32(at + 4);
    const length = view.getUint32(at);
    const head = length === 1 ? 16 : 8;
    if (type === 0x6a78_6c63) return bytes.subarray(at + head);
    if (type === 0x6a78_6c70) return bytes.subarray(at + head + 4);
    const total = length === 1 ? Number(view.getBigUint64(at + 8)) : length;
    if (total < head) break;
    at += total;
  }
  throw damagedCodestream();
}
