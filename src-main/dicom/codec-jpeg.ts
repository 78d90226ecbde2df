/** JPEG of ISO/IEC 10918-1: baseline, extended, progressive and lossless, 8 to 16 bits, PS3.5 8.2.1. */
import { nativeRemarks, runNative } from './codecs-native.ts';
import type { CodecSamples, CodestreamSize } from './codec-samples.ts';
import { checkSize, damagedCodestream } from './codec-samples.ts';
import type { PixelDescription } from './pixel-description.ts';

/** What the markers before the first scan say. */
export interface JpegHeader extends CodestreamSize {
  /** SOF3, SOF7, SOF11, SOF15. */
  readonly isLossless: boolean;
  /** Component identifiers as written, such as 1 2 3 or the letters R G B. */
  readonly identifiers: readonly number[];
  readonly isSubsampled: boolean;
  /** The transform of Adobe's APP14 segment: 0 none, 1 YCbCr. */
  readonly adobeTransform?: number;
  readonly hasJfif: boolean;
}

/** Reads the markers up to the first scan. @throws PacsError damaged */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw damagedCodestream();
  let adobeTransform: number | undefined;
  let hasJfif = false;
  for (const { marker, segment } of segments(bytes)) {
    if (marker === 0xee && latin1(segment, 5) === 'Adobe') adobeTransform = segment[11];
    if (marker === 0xe0 && latin1(segment, 4) === 'JFIF') hasJfif = true;
    if (isFrameHeader(marker))
      return {
        ...readFrameHeader(marker, segment),
        ...(adobeTransform === undefined ? {} : { adobeTransform }),
        hasJfif,
      };
  }
  throw damagedCodestream();
}

const latin1 = (bytes: Uint8Array, length: number): string => String.fromCharCode(...bytes.subarray(0, length));

/** SOF0 to SOF15 without DHT, JPG and DAC. */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Marker segments in order, until the first scan or anything that is no marker. */
export function* segments(bytes: Uint8Array): Generator<{ marker: number; segment: Uint8Array }> {
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) return;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (marker === 0xd9 || length < 2) return;
    yield { marker, segment: bytes.subarray(at + 4, at + 2 + length) };
    at += 2 + length;
  }
}

function readFrameHeader(marker: number, segment: Uint8Array): Omit<JpegHeader, 'hasJfif'> {
  const components = segment[5] ?? 0;
  if (segment.length < 6 + 3 * components || components === 0) throw damagedCodestream();
  const factors = Array.from({ length: components }, (_, index) => segment[7 + 3 * index]!);
  return {
    precision: segment[0]!,
    rows: (segment[1]! << 8) | segment[2]!,
    columns: (segment[3]! << 8) | segment[4]!,
    components,
    isLossless: (marker & 3) === 3,
    identifiers: Array.from({ length: components }, (_, index) => segment[6 + 3 * index]!),
    isSubsampled: factors.some((factor) => factor !== factors[0]),
  };
}

/** Decodes one frame. @throws PacsError damaged, unsupported */
export function decodeJpeg(bytes: Uint8Array, image: PixelDescription): CodecSamples {
  const header = readJpegHeader(bytes);
  checkSize(header, image);
  const bytesPerSample = header.precision <= 8 ? 1 : 2;
  const samples = runNative('DecodeJpeg', nativeFrame(header, bytesPerSample), bytes, { ConvertColorspaceToRgb: 0 });
  // The decoder fills what is missing with grey and goes on; grey must not be taken for anatomy.
  if (nativeRemarks().some((remark) => /premature end/i.test(remark))) throw damagedCodestream();
  return {
    bytes: samples,
    bytesPerSample,
    precision: header.precision,
    isPlanar: false,
    ...(header.components === 3 ? { colour: jpegColour(header, image.PhotometricInterpretation) } : {}),
  };
}

const nativeFrame = (header: JpegHeader, bytesPerSample: number) => ({
  columns: header.columns,
  rows: header.rows,
  bitsAllocated: bytesPerSample * 8,
  bitsStored: header.precision,
  samplesPerPixel: header.components,
  isSigned: false,
});

/**
 * What three components are. The data set counts, but writers call RGB what is YCbCr: an Adobe segment or subsampled
 * components tell the truth. PS3.5 8.2.1 says nothing of either, IJG's and DCMTK's decoders look in the same places.
 */
export function jpegColour(header: JpegHeader, photometric: string): 'RGB' | 'YBR_FULL' {
  if (header.isLossless) return photometric.startsWith('YBR') ? 'YBR_FULL' : 'RGB';
  if (header.adobeTransform === 0) return 'RGB';
  if (header.adobeTransform === 1) return 'YBR_FULL';
  if (String.fromCharCode(...header.identifiers) === 'RGB') return 'RGB';
  if (header.isSubsampled || header.hasJfif) return 'YBR_FULL';
  return photometric.startsWith('YBR') ? 'YBR_FULL' : 'RGB';
}
