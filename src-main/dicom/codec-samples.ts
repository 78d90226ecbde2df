/** What a codec gives: samples of one frame as the codestream has them, before the data set's own description is applied. */
import { PacsError } from '#shared/errors.ts';
import type { PixelDescription } from './pixel-description.ts';

/** Decoded samples in containers of 8 or 16 bits, little endian. */
export interface CodecSamples {
  readonly bytes: Uint8Array;
  readonly bytesPerSample: 1 | 2;
  /** Bits of a sample that the codestream names. */
  readonly precision: number;
  /** True when each sample has a plane of its own. */
  readonly isPlanar: boolean;
  /** What the components of a colour image are once decoded; undefined leaves it to the data set. */
  readonly colour?: 'RGB' | 'YBR_FULL';
}

/** The size that a codestream names in its own header. */
export interface CodestreamSize {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly precision: number;
}

/** The error for a codestream that cannot be. */
export const damagedCodestream = (cause?: unknown): PacsError =>
  new PacsError('damaged', 'The compressed image data are damaged and cannot be decoded.', { cause });

/**
 * Compares what the codestream says with the data set, before any memory is taken for its pixels: an image of another
 * size is another image. @throws PacsError damaged, unsupported
 */
export function checkSize(size: CodestreamSize, image: PixelDescription): void {
  if (size.rows !== image.Rows || size.columns !== image.Columns || size.components !== image.SamplesPerPixel)
    throw new PacsError('damaged', 'The compressed image has another size than the file says.');
  if (size.precision < 1 || size.precision > 16)
    throw new PacsError('unsupported', 'Compressed images of more than 16 bits a sample cannot be shown.');
  if (size.precision > Math.ceil(image.BitsAllocated / 8) * 8)
    throw new PacsError('damaged', 'The compressed image has more bits a sample than the file says.');
}
