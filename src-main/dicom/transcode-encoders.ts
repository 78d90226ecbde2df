/** The encoders by transfer syntax: what each takes, what the data set says afterwards, and the frame itself, PS3.5 8.2. */
import { deflateRawSync } from 'node:zlib';
import { PacsError } from '#shared/errors.ts';
import { runNative, type NativeOperation, type NativeParameters } from './codecs-native.ts';
import { toRgb } from './color.ts';
import type { Header } from './data-set.ts';
import type { StoredFrame } from './decode-frame.ts';
import { frameCells } from './transcode-cells.ts';
import { encodeRle } from './transcode-rle.ts';

/** How frames are written in one encapsulated syntax. */
export interface FrameEncoder {
  /** Cells of frames with at most 8 bits stored become bytes. */
  readonly BitsAllocated: number;
  readonly PhotometricInterpretation: string;
  /** The value of LossyImageCompressionMethod, PS3.3 C.7.6.1.1.5.2; absent where nothing is lost. */
  readonly lossyMethod?: string;
  /** The codestream of a frame. @throws PacsError unsupported */
  encode(frame: StoredFrame, header: Header): Uint8Array;
}

interface Codec {
  readonly operation: NativeOperation;
  readonly parameters: NativeParameters;
  readonly lossyMethod?: string;
  /** What RGB is called once it is encoded; the other colour models keep their name. */
  readonly rgb: string;
  /** Most bits of a sample in grey and in colour images. */
  readonly bits: readonly [grey: number, colour: number];
  readonly takesYbr: boolean;
  /** Bits of signed images: 0 where the codec takes none, else the least number. */
  readonly signedFrom: number;
}

/* The measures of loss when somebody asks for a lossy syntax; they cannot be seen at normal viewing. */
const [quality, nearError, rate] = [90, 2, 10];

const jpegLossless: Codec = {
  operation: 'EncodeJpeg',
  parameters: { Lossy: 0, Predictor: 1, PointTransform: 0 },
  rgb: 'RGB',
  bits: [16, 8],
  takesYbr: true,
  signedFrom: 2,
};
const jpegLossy: Codec = {
  ...jpegLossless,
  /* Sample factor 1 is 4:2:2. */
  parameters: { Lossy: 1, Quality: quality, SampleFactor: 1 },
  lossyMethod: 'ISO_10918_1',
  rgb: 'YBR_FULL_422',
  bits: [8, 8],
  signedFrom: 0,
};
const jpegLs: Codec = {
  operation: 'EncodeJpegLs',
  parameters: { Lossy: 0 },
  rgb: 'RGB',
  bits: [16, 16],
  takesYbr: true,
  signedFrom: 2,
};
const jpeg2000: Codec = {
  operation: 'EncodeJpeg2000',
  parameters: { Lossy: 0, AllowMct: 1, ProgressionOrder: 0 },
  rgb: 'YBR_RCT',
  bits: [16, 8],
  takesYbr: true,
  /* The module reads samples of up to 8 bits as unsigned ones. */
  signedFrom: 9,
};
const highThroughput: Codec = { ...jpeg2000, operation: 'EncodeHtJpeg2000', takesYbr: false };
const jpegXl: Codec = {
  operation: 'EncodeJpegXl',
  parameters: { Lossy: 0 },
  rgb: 'RGB',
  bits: [16, 8],
  takesYbr: false,
  signedFrom: 0,
};

const codecs: Readonly<Record<string, Codec>> = {
  '1.2.840.10008.1.2.4.50': jpegLossy,
  '1.2.840.10008.1.2.4.51': jpegLossy,
  '1.2.840.10008.1.2.4.57': jpegLossless,
  '1.2.840.10008.1.2.4.70': jpegLossless,
  '1.2.840.10008.1.2.4.80': jpegLs,
  '1.2.840.10008.1.2.4.81': {
    ...jpegLs,
    parameters: { Lossy: 1, AllowedLossyError: nearError },
    lossyMethod: 'ISO_14495_1',
    signedFrom: 0,
  },
  '1.2.840.10008.1.2.4.90': jpeg2000,
  '1.2.840.10008.1.2.4.91': {
    ...jpeg2000,
    parameters: { ...jpeg2000.parameters, Lossy: 1, Rate: rate },
    lossyMethod: 'ISO_15444_1',
    rgb: 'YBR_ICT',
  },
  '1.2.840.10008.1.2.4.110': jpegXl,
  '1.2.840.10008.1.2.4.201': highThroughput,
  '1.2.840.10008.1.2.4.202': { ...highThroughput, parameters: { ...jpeg2000.parameters, ProgressionOrder: 2 } },
};

const unsupported = (): PacsError =>
  new PacsError('unsupported', 'This kind of image cannot be changed into the compression that the other side takes.');

/** The encoder for images like `first` of a data set. @throws PacsError unsupported where the syntax cannot hold them */
export function frameEncoder(TransferSyntaxUID: string, first: StoredFrame, header: Header): FrameEncoder {
  const { image, photometric } = first;
  if (image.format !== 'integer' || hasOverlayInPixels(header)) throw unsupported();
  if (TransferSyntaxUID === '1.2.840.10008.1.2.5') return rle(first);
  const codec = codecs[TransferSyntaxUID];
  if (!codec) return plain(TransferSyntaxUID, first);
  check(codec, first);
  const isByte = image.BitsStored <= 8;
  return {
    BitsAllocated: isByte ? 8 : 16,
    PhotometricInterpretation: photometric === 'RGB' || isYbrToTurn(codec, photometric) ? codec.rgb : photometric,
    ...(codec.lossyMethod ? { lossyMethod: codec.lossyMethod } : {}),
    encode: (frame, source) => encodeNative(codec, frame, source),
  };
}

/* The lossy JPEG encoder takes RGB and makes its own luminance and colour differences. */
const isYbrToTurn = ({ rgb }: Codec, photometric: string): boolean =>
  rgb === 'YBR_FULL_422' && photometric === 'YBR_FULL';

function check({ bits, takesYbr, signedFrom, lossyMethod }: Codec, { image, photometric }: StoredFrame): void {
  const isGrey = image.SamplesPerPixel === 1;
  const isColour = photometric === 'RGB' || (photometric === 'YBR_FULL' && takesYbr);
  if (!isGrey && (image.SamplesPerPixel !== 3 || !isColour)) throw unsupported();
  if (image.BitsStored > bits[isGrey ? 0 : 1] || image.BitsStored < 2 || image.BitsAllocated % 8) throw unsupported();
  if (image.isSigned && (signedFrom === 0 || image.BitsStored < signedFrom)) throw unsupported();
  /* A number that stands for a colour cannot be changed a little. */
  if (lossyMethod && photometric === 'PALETTE COLOR') throw unsupported();
  if (lossyMethod === 'ISO_10918_1' && image.BitsStored !== 8) throw unsupported();
}

function encodeNative(codec: Codec, frame: StoredFrame, header: Header): Uint8Array {
  const { image, photometric } = frame;
  const values = isYbrToTurn(codec, photometric) ? toRgb(frame, header) : frame.values;
  /* JPEG 2000 has signed samples; the others take the bits of BitsStored for a number without a sign. */
  const isSigned = image.isSigned && codec.rgb.startsWith('YBR_') && codec.operation !== 'EncodeJpeg';
  const isByte = image.BitsStored <= 8;
  const mask = isSigned ? 0xffff : 2 ** image.BitsStored - 1;
  const cells = isByte
    ? Uint8Array.from(values, (value) => value & mask)
    : Uint16Array.from(values, (value) => value & mask);
  const allocated = isByte ? 8 : 16;
  try {
    return runNative(
      codec.operation,
      {
        columns: image.Columns,
        rows: image.Rows,
        /* CharLS is told the precision by this name. */
        bitsAllocated: codec.operation === 'EncodeJpegLs' ? image.BitsStored : allocated,
        bitsStored: image.BitsStored,
        samplesPerPixel: image.SamplesPerPixel,
        isSigned,
      },
      new Uint8Array(cells.buffer),
      photometric === 'RGB' ? codec.parameters : { ...codec.parameters, ...noColourTransform(codec) },
    );
  } catch (cause) {
    throw new PacsError('unsupported', 'The image could not be compressed.', { cause });
  }
}

const noColourTransform = ({ operation }: Codec): NativeParameters =>
  operation === 'EncodeJpeg2000' ? { AllowMct: 0 } : {};

function rle({ image, photometric }: StoredFrame): FrameEncoder {
  const bytesPerSample = image.BitsAllocated / 8;
  const isTaken = [1, 2, 4].includes(bytesPerSample) && image.SamplesPerPixel * bytesPerSample <= 15;
  if (!isTaken || !isPlainColour(photometric)) throw unsupported();
  return {
    BitsAllocated: image.BitsAllocated,
    PhotometricInterpretation: photometric,
    encode: (frame) => encodeRle(frameCells(frame), image.SamplesPerPixel, bytesPerSample, image.Columns),
  };
}

/* Frames as they are, or each deflated, PS3.5 A.4.11 and 8.2.16. */
function plain(TransferSyntaxUID: string, { image, photometric }: StoredFrame): FrameEncoder {
  const isDeflated = TransferSyntaxUID === '1.2.840.10008.1.2.8.1';
  if (!isDeflated && TransferSyntaxUID !== '1.2.840.10008.1.2.1.98') throw unsupported();
  if (image.BitsAllocated % 8 || !isPlainColour(photometric)) throw unsupported();
  return {
    BitsAllocated: image.BitsAllocated,
    PhotometricInterpretation: photometric,
    encode: (frame) => (isDeflated ? deflateRawSync(frameCells(frame)) : frameCells(frame)),
  };
}

const isPlainColour = (photometric: string): boolean =>
  /^(MONOCHROME[12]|PALETTE COLOR|RGB|YBR_FULL)$/.test(photometric);

/* Old overlays lie in bits of the pixels that no codec keeps, PS3.5 8.1.2 (retired). */
const hasOverlayInPixels = ({ dataSet }: Header): boolean =>
  [...dataSet.keys()].some((tag) => {
    if (!/^60[0-9A-F]{2}0102$/.test(tag)) return false;
    const group = tag.slice(0, 4);
    return dataSet.has(`${group}0010`) && !dataSet.has(`${group}3000`);
  });
