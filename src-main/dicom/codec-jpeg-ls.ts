/** JPEG-LS of ISO/IEC 14495-1, lossless and near-lossless, PS3.5 8.2.3. */
import { segments } from './codec-jpeg.ts';
import type { CodecSamples, CodestreamSize } from './codec-samples.ts';
import { checkSize, damagedCodestream } from './codec-samples.ts';
import { runNative } from './codecs-native.ts';
import type { PixelDescription } from './pixel-description.ts';

interface JpegLsHeader extends CodestreamSize {
  /** ILV of the first scan: 0 has a scan for each component. */
  readonly interleave: number;
}

function readJpegLsHeader(bytes: Uint8Array): JpegLsHeader {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw damagedCodestream();
  let size: CodestreamSize | undefined;
  for (const { marker, segment } of segments(bytes)) {
    if (marker === 0xf7 && segment.length >= 6)
      size = {
        precision: segment[0]!,
        rows: (segment[1]! << 8) | segment[2]!,
        columns: (segment[3]! << 8) | segment[4]!,
        components: segment[5]!,
      };
    if (marker === 0xda && size) return { ...size, interleave: segment.at(-2) ?? 0 };
  }
  throw damagedCodestream();
}

/** Decodes one frame. @throws PacsError damaged, unsupported */
export function decodeJpegLs(bytes: Uint8Array, image: PixelDescription): CodecSamples {
  const header = readJpegLsHeader(bytes);
  checkSize(header, image);
  const bytesPerSample = header.precision <= 8 ? 1 : 2;
  const frame = {
    columns: header.columns,
    rows: header.rows,
    bitsAllocated: bytesPerSample * 8,
    bitsStored: header.precision,
    samplesPerPixel: header.components,
    isSigned: false,
  };
  return {
    bytes: runNative('DecodeJpegLs', frame, bytes),
    bytesPerSample,
    precision: header.precision,
    isPlanar: header.components > 1 && header.interleave === 0,
  };
}
