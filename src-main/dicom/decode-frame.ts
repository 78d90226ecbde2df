/** Stored pixel values of one frame, whatever it is compressed with. */
import { inflateRawSync, inflateSync } from 'node:zlib';
import { PacsError } from '#shared/errors.ts';
import { decodeJpeg } from './codec-jpeg.ts';
import { decodeJpegLs } from './codec-jpeg-ls.ts';
import { decodeJpegXl } from './codec-jpeg-xl.ts';
import { decodeJpeg2000 } from './codec-jpeg2000.ts';
import { decodeRle } from './codec-rle.ts';
import type { CodecSamples } from './codec-samples.ts';
import type { Header } from './data-set.ts';
import type { RawSamples } from './decode-native.ts';
import { readSamples } from './decode-native.ts';
import { interleave, upsample422 } from './decode-layout.ts';
import type { PixelDescription } from './pixel-description.ts';
import { describePixels } from './pixel-description.ts';
import { isVideo, pixelCodec } from './pixel-codec.ts';
import { applyDepth, type StoredValues } from './stored-values.ts';

/** One frame as the Standard describes stored values: samples side by side, rows from the top. */
export interface StoredFrame {
  readonly image: PixelDescription;
  readonly values: StoredValues;
  /** MONOCHROME1/2, PALETTE COLOR, RGB or YBR_FULL and its kin; what it is now, after decoding. */
  readonly photometric: string;
}

/**
 * Decodes the encoded bytes of one frame as `readFrame` gives them.
 * @throws PacsError damaged, too-large, unsupported (video, unknown syntaxes)
 */
export function decodeFrame(bytes: Uint8Array, header: Header): StoredFrame {
  const image = describePixels(header);
  const codec = pixelCodec(header);
  if (codec === 'unsupported')
    throw new PacsError(
      'unsupported',
      isVideo(header.TransferSyntaxUID)
        ? 'Video cannot be shown here yet.'
        : 'This kind of compression is not known here.',
    );
  if (codec === 'native' || codec === 'deflated')
    return decodeNative(codec === 'native' ? bytes : inflateFrame(bytes, image), header, image);
  if (image.format !== 'integer')
    throw new PacsError('damaged', 'The image cannot be shown: such numbers cannot be compressed.');
  if (codec === 'rle') return decodeRleFrame(bytes, image);
  return fromCodec(codecs[codec](bytes, image), image, codec === 'jpeg2000');
}

const codecs = { jpeg: decodeJpeg, jpegls: decodeJpegLs, jpeg2000: decodeJpeg2000, jpegxl: decodeJpegXl } as const;

function decodeNative(bytes: Uint8Array, header: Header, image: PixelDescription): StoredFrame {
  const pixels = image.Rows * image.Columns;
  // Subsampling is known only where the data are not compressed, and told by the length where they are encapsulated.
  const is422 =
    image.SamplesPerPixel === 3 &&
    image.PhotometricInterpretation.endsWith('_422') &&
    bytes.length * 8 < pixels * 3 * image.BitsAllocated;
  const count = pixels * (is422 ? 2 : image.SamplesPerPixel);
  if (bytes.length * 8 < count * image.BitsAllocated)
    throw new PacsError('damaged', 'The file ends before this image does.');
  const samples = readSamples(bytes, count, image, header.littleEndian);
  if (is422) return finish(upsample422(samples, image.Rows, image.Columns), image, image.BitsStored);
  return finish(image.isPlanar ? interleave(samples, pixels, image.SamplesPerPixel) : samples, image, image.BitsStored);
}

/** Deflated Image Frame Compression, PS3.5 8.2.16: each frame is a deflate stream of native data. */
function inflateFrame(bytes: Uint8Array, image: PixelDescription): Uint8Array {
  const maxOutputLength = Math.ceil(image.frameBits / 8) + 1;
  try {
    const isZlib = bytes[0] === 0x78 && (bytes[0] * 256 + bytes[1]!) % 31 === 0;
    return (isZlib ? inflateSync : inflateRawSync)(bytes, { maxOutputLength });
  } catch (error) {
    throw new PacsError('damaged', 'The compressed image data are damaged and cannot be decoded.', { cause: error });
  }
}

function decodeRleFrame(bytes: Uint8Array, image: PixelDescription): StoredFrame {
  const pixels = image.Rows * image.Columns;
  const size = Math.ceil(image.BitsAllocated / 8);
  if (image.BitsAllocated === 1 && image.SamplesPerPixel === 1)
    return finish(readSamples(decodeRle(bytes, Math.ceil(pixels / 8), 1, 1), pixels, image, true), image, 1);
  if (image.BitsAllocated % 8 !== 0 || size === 3)
    throw new PacsError('unsupported', 'RLE of this depth cannot be shown.');
  const planes = readSamples(
    decodeRle(bytes, pixels, image.SamplesPerPixel, size),
    pixels * image.SamplesPerPixel,
    image,
    true,
  );
  return finish(
    image.SamplesPerPixel > 1 ? interleave(planes, pixels, image.SamplesPerPixel) : planes,
    image,
    image.BitsStored,
  );
}

function fromCodec(decoded: CodecSamples, image: PixelDescription, trustsPrecision: boolean): StoredFrame {
  const { bytes, bytesPerSample, precision } = decoded;
  const pixels = image.Rows * image.Columns;
  if (bytes.length < pixels * image.SamplesPerPixel * bytesPerSample)
    throw new PacsError('damaged', 'The compressed image data are damaged and cannot be decoded.');
  const samples = resize(
    bytesPerSample === 1 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2),
    image,
  );
  const ordered = decoded.isPlanar ? interleave(samples, pixels, image.SamplesPerPixel) : samples;
  // JPEG 2000 has a sign of its own, which some writers get wrong: its bits are taken as they are and read by PixelRepresentation.
  const bits = trustsPrecision ? Math.min(precision, image.BitsStored) : image.BitsStored;
  return {
    ...finish(ordered, { ...image, HighBit: bits - 1 }, bits),
    ...(decoded.colour ? { photometric: decoded.colour } : {}),
  };
}

/** Brings samples into the container of BitsAllocated, whatever the codec likes. */
function resize(samples: Uint8Array | Uint16Array, { BitsAllocated }: PixelDescription): RawSamples {
  if (BitsAllocated > 16) return Uint32Array.from(samples);
  if (BitsAllocated > 8) return samples instanceof Uint16Array ? samples : Uint16Array.from(samples);
  return samples instanceof Uint8Array ? samples : Uint8Array.from(samples);
}

const finish = (samples: RawSamples, image: PixelDescription, bits: number): StoredFrame => ({
  image,
  values: applyDepth(samples, image, bits),
  photometric: image.PhotometricInterpretation.replace(/_422$/, ''),
});
