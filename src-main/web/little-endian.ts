/** Bulk data leave in little endian, whatever they are kept in, PS3.18 8.7.3.3.1. */

/** Bytes of a number of a VR that is written as a run of numbers; 1 where there is nothing to turn round. */
export const numberLength = (vr: string): number =>
  ({ OW: 2, US: 2, SS: 2, AT: 2, OF: 4, OL: 4, FL: 4, SL: 4, UL: 4, OD: 8, OV: 8, FD: 8, SV: 8, UV: 8 })[vr] ?? 1;

/** A copy with the bytes of each number turned round; a rest shorter than a number stays as it is. */
export function swapped(bytes: Uint8Array, length: number): Uint8Array {
  const copy = Buffer.from(bytes);
  const whole = copy.subarray(0, copy.length - (copy.length % length));
  if (length === 2) whole.swap16();
  if (length === 4) whole.swap32();
  if (length === 8) whole.swap64();
  return copy;
}

/** The same over chunks whose borders lie anywhere. */
export async function* swappedChunks(chunks: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const whole = bytes.length - (bytes.length % length);
    rest = bytes.subarray(whole);
    yield swapped(bytes.subarray(0, whole), length);
  }
  if (rest.length > 0) yield rest;
}
