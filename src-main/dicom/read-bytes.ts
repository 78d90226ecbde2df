/** Numbers out of bytes, in both byte orders, without a DataView for each. */

/** True when the bytes from `from` to before `to` are zero. */
export function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false;
  return true;
}

/** An unsigned number of two bytes. */
export const readShort = (bytes: Uint8Array, at: number, littleEndian: boolean): number =>
  littleEndian ? bytes[at]! | (bytes[at + 1]! << 8) : (bytes[at]! << 8) | bytes[at + 1]!;

/** An unsigned number of four bytes. */
export const readLength = (bytes: Uint8Array, at: number, littleEndian: boolean): number =>
  littleEndian
    ? readShort(bytes, at, true) + readShort(bytes, at + 2, true) * 65_536
    : readShort(bytes, at, false) * 65_536 + readShort(bytes, at + 2, false);

/** A tag as group * 65536 + element. */
export const readTag = (bytes: Uint8Array, at: number, littleEndian: boolean): number =>
  readShort(bytes, at, littleEndian) * 65_536 + readShort(bytes, at + 2, littleEndian);
