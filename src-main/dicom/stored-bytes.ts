/** A decoded frame as the bytes of native pixel data in little endian, PS3.5 8.1. */
import { toRgb } from './color.ts';
import type { Header } from './data-set.ts';
import type { StoredFrame } from './decode-frame.ts';
import { decodeFrame } from './decode-frame.ts';
import { readFrame } from './frames.ts';
import { readHeader } from './header-reader.ts';
import type { StoredValues } from './stored-values.ts';

/** The bytes of one frame as Explicit VR Little Endian has them. */
export interface StoredBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Decodes one frame (from 0) into cells of BitsAllocated and the PlanarConfiguration that the data set tells. Colour is what
 * the data set calls RGB or YBR; YBR_FULL_422 becomes three samples a pixel, YBR_ICT and YBR_RCT are undone by their codec.
 * @throws PacsError
 */
export async function storedBytes(path: string, frame: number, header?: Header): Promise<StoredBytes> {
  const known = header ?? (await readHeader(path));
  const stored = decodeFrame(await readFrame(path, known, frame), known);
  const { image } = stored;
  const values = ordered(asNamed(stored, known), stored);
  return { bytes: image.BitsAllocated % 8 === 0 ? ownBytes(values) : packed(values, image.BitsAllocated) };
}

/** A JPEG in YCbCr whose data set calls it RGB is brought there: the caller has only the name to go by. */
function asNamed(stored: StoredFrame, header: Header): StoredValues {
  const { image, photometric, values } = stored;
  const isOther = image.PhotometricInterpretation === 'RGB' && photometric === 'YBR_FULL';
  return isOther && values instanceof Uint8Array && image.BitsStored === 8 ? toRgb(stored, header) : values;
}

/** Samples side by side to one plane a sample, where the data set says so. */
function ordered(values: StoredValues, { image: { isPlanar, SamplesPerPixel } }: StoredFrame): StoredValues {
  if (!isPlanar) return values;
  const planes = values.slice();
  const pixels = values.length / SamplesPerPixel;
  for (let sample = 0; sample < SamplesPerPixel; sample++)
    for (let pixel = 0; pixel < pixels; pixel++)
      planes[sample * pixels + pixel] = values[pixel * SamplesPerPixel + sample]!;
  return planes;
}

/** The bytes behind the numbers, alone in their buffer, so that a thread can hand it over. */
function ownBytes({ buffer, byteOffset, byteLength }: StoredValues): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  return byteLength === buffer.byteLength ? bytes : bytes.slice();
}

/** Cells that follow each other without padding, the least significant bit first, PS3.5 Annex D. */
function packed(values: StoredValues, bits: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.ceil((values.length * bits) / 8));
  for (let index = 0; index < values.length; index++)
    for (let bit = 0; bit < bits; bit++) {
      const at = index * bits + bit;
      if ((values[index]! >>> bit) & 1) bytes[at >>> 3]! |= 1 << (at & 7);
    }
  return bytes;
}
