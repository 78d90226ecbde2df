/** JPEG XL of ISO/IEC 18181, lossless, recompressed JPEG and lossy, PS3.5 8.2.15. */
import { PacsError } from '#shared/errors.ts';
import { readJpegXlHeader } from './codec-jpeg-xl-header.ts';
import type { CodecSamples } from './codec-samples.ts';
import { checkSize, damagedCodestream } from './codec-samples.ts';
import { runNative } from './codecs-native.ts';
import type { PixelDescription } from './pixel-description.ts';

/** Decodes one frame. @throws PacsError damaged, unsupported */
export function decodeJpegXl(bytes: Uint8Array, image: PixelDescription): CodecSamples {
  const header = readJpegXlHeader(bytes);
  if (header.isFloat) throw new PacsError('unsupported', 'JPEG XL of floating point numbers cannot be shown.');
  // The number of colour channels stands behind variable parts of the header; the codec compares it itself.
  checkSize({ ...header, components: image.SamplesPerPixel }, image);
  const bytesPerSample = header.precision <= 8 ? 1 : 2;
  const frame = {
    columns: header.columns,
    rows: header.rows,
    bitsAllocated: bytesPerSample * 8,
    bitsStored: header.precision,
    samplesPerPixel: image.SamplesPerPixel,
    isSigned: false,
  };
  const samples = runNative('DecodeJpegXl', frame, bytes);
  if (samples.length !== image.Rows * image.Columns * image.SamplesPerPixel * bytesPerSample) throw damagedCodestream();
  if (header.precision < bytesPerSample * 8) unscale(samples, bytesPerSample, header.precision);
  return {
    bytes: samples,
    bytesPerSample,
    precision: header.precision,
    isPlanar: false,
    ...(image.SamplesPerPixel === 3 ? { colour: 'RGB' } : {}),
  };
}

/** The codec stretches samples of, say, 12 bits to the full 16; this brings back the values that were written. */
function unscale(bytes: Uint8Array, bytesPerSample: 1 | 2, precision: number): void {
  const samples = bytesPerSample === 1 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  const factor = (2 ** precision - 1) / (2 ** (bytesPerSample * 8) - 1);
  for (let at = 0; at < samples.length; at++) samples[at] = Math.round(samples[at]! * factor);
}
