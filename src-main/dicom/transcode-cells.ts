/** Decoded frames as the cells of native pixel data, samples side by side, PS3.5 8.1. */
import { toRgb } from './color.ts';
import { readJpegHeader } from './codec-jpeg.ts';
import type { Header } from './data-set.ts';
import { decodeFrame, type StoredFrame } from './decode-frame.ts';
import { pixelCodec } from './pixel-codec.ts';

/**
 * Decodes one frame for another syntax. What lossy JPEG has as luminance and colour differences becomes RGB, as other
 * archives do; everything else keeps its colour model. @throws PacsError
 */
export function decodeForTranscoding(bytes: Uint8Array, header: Header): StoredFrame {
  const frame = decodeFrame(bytes, header);
  const isLossyJpeg = pixelCodec(header) === 'jpeg' && !readJpegHeader(bytes).isLossless;
  const isByte = frame.image.BitsStored === 8 && frame.image.BitsAllocated === 8;
  if (!isLossyJpeg || frame.photometric !== 'YBR_FULL' || !isByte) return frame;
  return { ...frame, values: toRgb(frame, header), photometric: 'RGB' };
}

/** The cells of a frame in little endian; those of fewer than eight bits follow each other, the last byte is filled up. */
export function frameCells({ values, image }: StoredFrame): Uint8Array {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = values;
  if (BYTES_PER_ELEMENT * 8 === image.BitsAllocated) return new Uint8Array(buffer, byteOffset, byteLength);
  const packer = new CellPacker(image.BitsAllocated);
  return Buffer.concat([packer.add(values), packer.end()]);
}

/** Packs cells of any number of bits, the least significant bit first; frames follow each other without padding, PS3.5 Annex D. */
export class CellPacker {
  readonly #bits: number;
  #rest = 0;
  #restBits = 0;

  constructor(bits: number) {
    this.#bits = bits;
  }

  /** The whole bytes that these cells fill. */
  add(values: ArrayLike<number>): Uint8Array {
    const output = new Uint8Array(Math.floor((this.#restBits + values.length * this.#bits) / 8));
    let size = 0;
    for (let index = 0; index < values.length; index++)
      for (let bit = 0; bit < this.#bits; bit++) {
        this.#rest |= ((values[index]! >>> bit) & 1) << this.#restBits++;
        if (this.#restBits < 8) continue;
        output[size++] = this.#rest;
        this.#rest = 0;
        this.#restBits = 0;
      }
    return output;
  }

  /** The last byte, if one was begun. */
  end(): Uint8Array {
    return this.#restBits > 0 ? Uint8Array.of(this.#rest) : new Uint8Array(0);
  }
}
