/** Samples of native pixel data: containers of 1 to 32 bits in either byte order, PS3.5 8.1. */
import type { PixelDescription } from './pixel-description.ts';

/** One frame's stored values, before sign and depth are applied. */
export type RawSamples = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** Reads `count` samples. The bytes must hold them; `readFrame` sees to that. */
export function readSamples(
  bytes: Uint8Array,
  count: number,
  image: PixelDescription,
  littleEndian: boolean,
): RawSamples {
  const { BitsAllocated: bits, format } = image;
  if (bits % 8 !== 0 || bits === 24) return readBits(bytes, count, bits);
  if (bits === 8) return bytes.subarray(0, count);
  const size = bits / 8;
  const { buffer } = littleEndian ? copied(bytes, count * size) : reversed(bytes, count, size);
  if (format === 'float') return new Float32Array(buffer, 0, count);
  if (format === 'double') return new Float64Array(buffer, 0, count);
  return bits === 16 ? new Uint16Array(buffer, 0, count) : new Uint32Array(buffer, 0, count);
}

/** A buffer of its own: the slice of a Node Buffer would share one, and views need an even offset. */
function copied(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(length);
  copy.set(bytes.subarray(0, length));
  return copy;
}

function reversed(bytes: Uint8Array, count: number, size: number): Uint8Array<ArrayBuffer> {
  const swapped = new Uint8Array(count * size);
  for (let at = 0; at < swapped.length; at += size)
    for (let byte = 0; byte < size; byte++) swapped[at + byte] = bytes[at + size - 1 - byte]!;
  return swapped;
}

/** Cells that follow each other without padding, the least significant bit first, PS3.5 Annex D. */
function readBits(bytes: Uint8Array, count: number, bits: number): RawSamples {
  const samples = bits <= 8 ? new Uint8Array(count) : bits <= 16 ? new Uint16Array(count) : new Uint32Array(count);
  for (let index = 0; index < count; index++) {
    let value = 0;
    for (let done = 0; done < bits;) {
      const bit = index * bits + done;
      const taken = Math.min(bits - done, 8 - (bit & 7));
      value += ((bytes[bit >>> 3]! >>> (bit & 7)) & ((1 << taken) - 1)) * 2 ** done;
      done += taken;
    }
    samples[index] = value;
  }
  return samples;
}
