/** What a data set says of its pixels, checked before anything is allocated, PS3.3 C.7.6.3. */
import { PacsError } from '#shared/errors.ts';
import type { Header } from './data-set.ts';
import { number, text } from './values.ts';

/** Most bytes that one decoded frame may have; more is refused before memory is taken. */
export const maximumFrameBytes = 512 * 1024 * 1024;

/** Most frames that are counted in one data set: a file of single bits may claim a thousand million. */
const maximumFrames = 1_000_000;

/** How samples are written: whole numbers, or Float and Double Float Pixel Data. */
type SampleFormat = 'integer' | 'float' | 'double';

/** The Image Pixel module, with sizes that can be. */
export interface PixelDescription {
  readonly Rows: number;
  readonly Columns: number;
  readonly SamplesPerPixel: 1 | 3 | 4;
  readonly PhotometricInterpretation: string;
  readonly BitsAllocated: number;
  readonly BitsStored: number;
  readonly HighBit: number;
  readonly isSigned: boolean;
  /** True when each sample has a plane of its own (PlanarConfiguration 1). */
  readonly isPlanar: boolean;
  readonly format: SampleFormat;
  /** Frames that the data set claims and its data can hold, at least 1. */
  readonly NumberOfFrames: number;
  /** Bits of one uncompressed frame as it lies in the file. */
  readonly frameBits: number;
}

const damaged = (what: string): PacsError => new PacsError('damaged', `The image cannot be shown: ${what}.`);

/** @throws PacsError unsupported without pixels, damaged for impossible sizes, too-large past `maximumFrameBytes` */
export function describePixels(header: Header): PixelDescription {
  if (!header.pixelData) throw new PacsError('unsupported', 'This object has no image to show.');
  const Rows = whole(header, '00280010');
  const Columns = whole(header, '00280011');
  if (!inRange(Rows, 1, 65_535) || !inRange(Columns, 1, 65_535))
    throw damaged('its number of rows or columns is missing');
  const SamplesPerPixel = whole(header, '00280002') ?? 1;
  if (SamplesPerPixel !== 1 && SamplesPerPixel !== 3 && SamplesPerPixel !== 4)
    throw damaged('its number of samples per pixel is not possible');
  const depth = describeDepth(header);
  const PhotometricInterpretation = photometric(header, SamplesPerPixel);
  const isSubsampled =
    PhotometricInterpretation.endsWith('_422') && header.pixelData.length >= 0 && SamplesPerPixel === 3;
  const frameBits = Rows * Columns * depth.BitsAllocated * (isSubsampled ? 2 : SamplesPerPixel);
  const decodedBytes = Rows * Columns * SamplesPerPixel * Math.ceil(depth.BitsAllocated / 8);
  if (decodedBytes > maximumFrameBytes) throw new PacsError('too-large', 'The image is too large to be shown.');
  return {
    ...depth,
    Rows,
    Columns,
    SamplesPerPixel,
    PhotometricInterpretation,
    isPlanar: SamplesPerPixel > 1 && whole(header, '00280006') === 1,
    frameBits,
    NumberOfFrames: frameCount(header, frameBits),
  };
}

/** Frames to show: 0 without pixel data, 1 where they cannot be described, so that a person sees why. Never throws. */
export function countFrames(header: Header): number {
  if (!header.pixelData) return 0;
  try {
    return describePixels(header).NumberOfFrames;
  } catch {
    return 1;
  }
}

type Depth = Pick<PixelDescription, 'BitsAllocated' | 'BitsStored' | 'HighBit' | 'isSigned' | 'format'>;

function describeDepth(header: Header): Depth {
  const tag = header.pixelData?.tag;
  if (tag === '7FE00008') return { BitsAllocated: 32, BitsStored: 32, HighBit: 31, isSigned: true, format: 'float' };
  if (tag === '7FE00009') return { BitsAllocated: 64, BitsStored: 64, HighBit: 63, isSigned: true, format: 'double' };
  const BitsAllocated = whole(header, '00280100');
  if (!inRange(BitsAllocated, 1, 32)) throw damaged('its number of bits allocated is not possible');
  const stored = whole(header, '00280101');
  const BitsStored = inRange(stored, 1, BitsAllocated) ? stored : badDepth(stored, BitsAllocated);
  const high = whole(header, '00280102');
  // A High Bit that cannot be is taken for what it nearly always is.
  const HighBit = inRange(high, BitsStored - 1, BitsAllocated - 1) ? high : BitsStored - 1;
  return { BitsAllocated, BitsStored, HighBit, isSigned: whole(header, '00280103') === 1, format: 'integer' };
}

function badDepth(stored: number | undefined, allocated: number): number {
  if (stored === undefined) return allocated;
  throw damaged('its number of bits stored is not possible');
}

/** PhotometricInterpretation, made to agree with the number of samples, which tells how the bytes lie. */
function photometric(header: Header, samples: number): string {
  const name = (text(header, '00280004') ?? '').trim().toUpperCase();
  const isGrey = name === '' || name.startsWith('MONOCHROME') || name === 'PALETTE COLOR';
  if (samples === 1) return isGrey && name !== '' ? name : 'MONOCHROME2';
  return isGrey ? 'RGB' : name;
}

/** NumberOfFrames as far as the data can hold it: at least 1 and at most `maximumFrames`, whatever the data set says. */
function frameCount(header: Header, frameBits: number): number {
  const claimed = /^\s*\+?(\d{1,9})\s*$/.exec(text(header, '00280008') ?? '');
  const wanted = Math.max(1, Number(claimed?.[1] ?? 1));
  const { offset, length } = header.pixelData!;
  // The smallest fragment has an item header of eight bytes and two bytes of data, PS3.5 A.4.
  const room = length < 0 ? Math.floor((header.size - offset) / 10) : Math.floor((length * 8) / frameBits);
  return Math.max(1, Math.min(wanted, room, maximumFrames));
}

const whole = (header: Header, tag: string): number | undefined => {
  const value = number(header, tag);
  return value !== undefined && Number.isInteger(value) ? value : undefined;
};

const inRange = (value: number | undefined, from: number, to: number): value is number =>
  value !== undefined && value >= from && value <= to;
