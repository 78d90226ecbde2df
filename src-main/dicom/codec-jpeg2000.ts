/** JPEG 2000 of ISO/IEC 15444-1 and its high throughput form of part 15, PS3.5 8.2.4 and 8.2.14. */
import { PacsError } from '#shared/errors.ts';
import type { CodecSamples, CodestreamSize } from './codec-samples.ts';
import { checkSize, damagedCodestream } from './codec-samples.ts';
import { runNative } from './codecs-native.ts';
import type { PixelDescription } from './pixel-description.ts';

/** What the SIZ and COD segments say, ISO/IEC 15444-1 A.5.1 and A.6.1. */
interface Jpeg2000Header extends CodestreamSize {
  readonly isSigned: boolean;
  readonly isSubsampled: boolean;
  /** True when the encoder turned RGB into luminance and colour differences; the decoder turns them back. */
  readonly hasColourTransform: boolean;
  readonly isHighThroughput: boolean;
}

const socAndSiz = 0xff4f_ff51;

/** The codestream itself: some writers wrap it in the boxes of a JP2 file, against PS3.5 A.4.4. */
function findCodestream(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 4 && view.getUint32(0) === socAndSiz) return bytes;
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x6a70_3263) return bytes.subarray(at + 8);
    if (length < 8) break;
    at += length;
  }
  throw damagedCodestream();
}

function readHeader(bytes: Uint8Array): Jpeg2000Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (view.getUint32(0) !== socAndSiz) throw damagedCodestream();
    const components = view.getUint16(40);
    const depth = view.getUint8(42);
    const parts = Array.from({ length: Math.min(components, 4) }, (_, index) => 42 + 3 * index);
    return {
      columns: view.getUint32(8) - view.getUint32(16),
      rows: view.getUint32(12) - view.getUint32(20),
      components,
      precision: (depth & 0x7f) + 1,
      isSigned: depth > 0x7f,
      isSubsampled: parts.some(
        (at) => view.getUint8(at + 1) !== 1 || view.getUint8(at + 2) !== 1 || view.getUint8(at) !== depth,
      ),
      hasColourTransform: components >= 3 && readTransform(view),
      isHighThroughput: (view.getUint16(6) & 0x4000) !== 0,
    };
  } catch (error) {
    throw damagedCodestream(error);
  }
}

/** The multiple component transformation of the first COD segment. */
function readTransform(view: DataView): boolean {
  for (let at = 2; view.getUint16(at) !== 0xff90; at += 2 + view.getUint16(at + 2)) {
    if (view.getUint16(at) === 0xff52) return view.getUint8(at + 8) === 1;
    if (view.getUint16(at + 2) < 2) break;
  }
  return false;
}

/** Decodes one frame of either kind, whichever the codestream is. @throws PacsError damaged, unsupported */
export function decodeJpeg2000(encoded: Uint8Array, image: PixelDescription): CodecSamples {
  const bytes = findCodestream(encoded);
  const header = readHeader(bytes);
  checkSize(header, image);
  if (header.isSubsampled)
    throw new PacsError('unsupported', 'JPEG 2000 with components of different size cannot be shown.');
  const samples = header.isHighThroughput ? decodeHighThroughput(bytes, header) : decodeClassic(bytes, header);
  return {
    ...samples,
    precision: header.precision,
    isPlanar: false,
    ...(header.components === 3 ? { colour: colourOf(header, image) } : {}),
  };
}

function colourOf(header: Jpeg2000Header, image: PixelDescription): 'RGB' | 'YBR_FULL' {
  const isYbr = !header.hasColourTransform && image.PhotometricInterpretation.startsWith('YBR_FULL');
  return isYbr ? 'YBR_FULL' : 'RGB';
}

type Decoded = Pick<CodecSamples, 'bytes' | 'bytesPerSample'>;

const nativeFrame = (header: Jpeg2000Header, bytesPerSample: number) => ({
  columns: header.columns,
  rows: header.rows,
  bitsAllocated: bytesPerSample * 8,
  bitsStored: header.precision,
  samplesPerPixel: header.components,
  isSigned: header.isSigned,
});

function decodeClassic(bytes: Uint8Array, header: Jpeg2000Header): Decoded {
  const bytesPerSample = header.precision <= 8 ? 1 : 2;
  // The module copies only bytes of three components, and nothing of two or four.
  if (header.components !== 1 && (header.components !== 3 || bytesPerSample === 2))
    throw new PacsError('unsupported', 'Colour images of more than 8 bits in JPEG 2000 cannot be shown.');
  return { bytes: runNative('DecodeJpeg2000', nativeFrame(header, bytesPerSample), bytes), bytesPerSample };
}

/** Asks for 16 bits always: in 8 the module would cut negative samples off. */
function decodeHighThroughput(bytes: Uint8Array, header: Jpeg2000Header): Decoded {
  const wide = runNative('DecodeHtJpeg2000', nativeFrame(header, 2), bytes);
  const { rows, columns, components } = header;
  // Without colour transform the decoder hands out plane by plane, but the module files the lines as if pixel by pixel.
  const ordered = components > 1 && !header.hasColourTransform ? sortLines(wide, rows, columns, components) : wide;
  return { bytes: ordered, bytesPerSample: 2 };
}

/** Line k of the planes lies where line floor(k / components) of component k mod components belongs. */
function sortLines(bytes: Uint8Array, rows: number, columns: number, components: number): Uint8Array {
  const from = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  const to = new Uint16Array(from.length);
  for (let line = 0; line < rows * components; line++) {
    const source = Math.floor(line / components) * columns * components + (line % components);
    const target = (line % rows) * columns * components + Math.floor(line / rows);
    for (let column = 0; column < columns; column++)
      to[target + column * components] = from[source + column * components]!;
  }
  return new Uint8Array(to.buffer);
}
