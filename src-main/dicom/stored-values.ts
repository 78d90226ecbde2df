/** Stored values out of raw samples: BitsStored, HighBit and PixelRepresentation, PS3.5 8.1.1. */
import type { RawSamples } from './decode-native.ts';
import type { PixelDescription } from './pixel-description.ts';

/** Stored values in the smallest type that holds them. */
export type StoredValues = RawSamples | Int8Array | Int16Array | Int32Array;

/** Takes `bits` bits below HighBit and extends their sign; what lies around them (old overlays) is left out. */
export function applyDepth(samples: RawSamples, image: PixelDescription, bits: number): StoredValues {
  if (image.format !== 'integer') return samples;
  const width = samples.BYTES_PER_ELEMENT * 8;
  const drop = Math.max(0, image.HighBit - bits + 1);
  if (!image.isSigned) return bits === width ? samples : masked(samples, drop, bits);
  const signed = asSigned(samples);
  // Up to the top and down again: JavaScript shifts 32 bits, so smaller ones are brought there first.
  const up = 32 - bits - drop;
  if (bits < width) for (let at = 0; at < signed.length; at++) signed[at] = (samples[at]! << up) >> (32 - bits);
  return signed;
}

function masked(samples: RawSamples, drop: number, bits: number): RawSamples {
  const mask = bits === 32 ? 0xffff_ffff : 2 ** bits - 1;
  const output = samples.slice();
  for (let at = 0; at < output.length; at++) output[at] = ((output[at]! >>> drop) & mask) >>> 0;
  return output;
}

function asSigned(samples: RawSamples): Int8Array | Int16Array | Int32Array {
  const { buffer } = samples.slice();
  if (samples.BYTES_PER_ELEMENT === 1) return new Int8Array(buffer);
  return samples.BYTES_PER_ELEMENT === 2 ? new Int16Array(buffer) : new Int32Array(buffer);
}
