/** Colour to RGB of 8 bits: YBR in its kinds, deeper RGB, PS3.3 C.7.6.3.1.2. */
import { PacsError } from '#shared/errors.ts';
import type { StoredFrame } from './decode-frame.ts';
import { paletteToRgb } from './palette.ts';
import type { ValueSource } from './values.ts';

/** True for frames that are shown in colour. */
export const isColour = (photometric: string): boolean => !photometric.startsWith('MONOCHROME');

/** The frame as interleaved RGB of 8 bits. @throws PacsError unsupported for other colour models, damaged palettes */
export function toRgb(frame: StoredFrame, source: ValueSource): Uint8Array {
  const { photometric, image, values } = frame;
  if (photometric === 'PALETTE COLOR') return paletteToRgb(values, source, image.isSigned);
  if (image.SamplesPerPixel !== 3) throw new PacsError('unsupported', 'This colour model cannot be shown.');
  const bytes = toBytes(values, image.BitsStored);
  if (photometric === 'RGB') return bytes;
  if (photometric === 'YBR_PARTIAL') return convert(bytes, partialRange);
  if (/^YBR_(FULL|ICT|RCT)$/.test(photometric)) return convert(bytes, fullRange);
  throw new PacsError('unsupported', 'This colour model cannot be shown.');
}

/** The upper eight of the stored bits. */
function toBytes(values: StoredFrame['values'], bitsStored: number): Uint8Array {
  if (values instanceof Uint8Array && bitsStored === 8) return values;
  const top = 2 ** bitsStored - 1;
  return Uint8Array.from(values, (value) => Math.round((value * 255) / top));
}

/** Factors of Y, and of Cb and Cr less 128: red by Cr, green by Cb and Cr, blue by Cb; what is taken from Y before. */
type Factors = readonly [y: number, rCr: number, gCb: number, gCr: number, bCb: number, black: number];

const fullRange: Factors = [1, 1.402, -0.344136, -0.714136, 1.772, 0];
/** ITU-R BT.601 with 16 to 235, as PS3.3 has it for YBR_PARTIAL_422. */
const partialRange: Factors = [1.164384, 1.596027, -0.391762, -0.812968, 2.017232, 16];

function convert(ybr: Uint8Array, [y, rCr, gCb, gCr, bCb, black]: Factors): Uint8Array {
  const rgb = new Uint8ClampedArray(ybr.length);
  for (let at = 0; at < ybr.length; at += 3) {
    const luminance = (ybr[at]! - black) * y;
    const cb = ybr[at + 1]! - 128;
    const cr = ybr[at + 2]! - 128;
    rgb[at] = luminance + rCr * cr;
    rgb[at + 1] = luminance + gCb * cb + gCr * cr;
    rgb[at + 2] = luminance + bCb * cb;
  }
  return new Uint8Array(rgb.buffer);
}
