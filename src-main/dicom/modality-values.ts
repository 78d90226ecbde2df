/** Stored values to modality values: rescale or Modality LUT, in the smallest kind that every frame of the instance fits, PS3.3 C.11.1. */
import type { PixelKind } from '#shared/model.ts';
import { isColour, toRgb } from './color.ts';
import type { StoredFrame } from './decode-frame.ts';
import { decodeFrame } from './decode-frame.ts';
import type { Header } from './data-set.ts';
import { readFrame } from './frames.ts';
import { readHeader } from './header-reader.ts';
import type { PixelDescription } from './pixel-description.ts';
import { functionalGroup, functionalGroups } from './pixel-groups.ts';
import type { LookupTable } from './pixel-lut.ts';
import { lookUp, readLutSequence } from './pixel-lut.ts';
import type { StoredValues } from './stored-values.ts';
import type { ValueSource } from './values.ts';
import { number } from './values.ts';

/** One frame as the window shows it: rows x columns samples (x 3 for rgb8), little endian, rows from the top. */
export interface WindowFrame {
  readonly kind: PixelKind;
  readonly rows: number;
  readonly columns: number;
  readonly bytes: Uint8Array;
}

/** Grey values of a kind in their typed array. */
export type ModalityValues = Uint8Array | Int16Array | Uint16Array | Float32Array;

interface Rescale {
  readonly slope: number;
  readonly intercept: number;
}

const transformationGroup = '00289145';

/** Decodes one frame (from 0) of a file. @throws PacsError */
export async function frameForWindow(path: string, frame: number, header?: Header): Promise<WindowFrame> {
  const known = header ?? (await readHeader(path));
  return windowFrame(decodeFrame(await readFrame(path, known, frame), known), known, frame);
}

/** Brings a decoded frame into the kind that `pixelKindOf` says for its instance. @throws PacsError */
export function windowFrame(stored: StoredFrame, header: Header, frame: number): WindowFrame {
  const { Rows: rows, Columns: columns } = stored.image;
  if (isColour(stored.photometric)) return { kind: 'rgb8', rows, columns, bytes: toRgb(stored, header) };
  const kind = pixelKindOf(header, stored.image);
  const { buffer, byteOffset, byteLength } = modalityValues(stored.values, header, stored.image, kind, frame);
  return { kind, rows, columns, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}

/** The kind of every frame of an instance; it depends on what values are possible, never on those that occur. */
export function pixelKindOf(header: Header, image: PixelDescription): PixelKind {
  if (isColour(image.PhotometricInterpretation)) return 'rgb8';
  if (image.format !== 'integer') return 'float32';
  if (modalityLut(header, image)) return 'uint16';
  const rescales = allRescales(header);
  const isPlain = rescales.every(({ slope, intercept }) => slope === 1 && intercept === 0);
  if (isPlain && !image.isSigned && image.BitsStored <= 8) return 'uint8';
  const ends = rescales.flatMap(({ slope, intercept }) => storedRange(image).map((end) => end * slope + intercept));
  const isWhole = rescales.every(({ slope, intercept }) => Number.isInteger(slope) && Number.isInteger(intercept));
  if (!isWhole) return 'float32';
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  if (low >= -32_768 && high <= 32_767) return 'int16';
  return low >= 0 && high <= 65_535 ? 'uint16' : 'float32';
}

const storedRange = ({ isSigned, BitsStored }: PixelDescription): [number, number] =>
  isSigned ? [-(2 ** (BitsStored - 1)), 2 ** (BitsStored - 1) - 1] : [0, 2 ** BitsStored - 1];

const modalityLut = (source: ValueSource, image: PixelDescription): LookupTable | undefined =>
  readLutSequence(source, '00283000', image.isSigned);

/** Slope and intercept of a source; a slope of 0 would wipe the image out and counts as 1. */
function readRescale(source: ValueSource): Rescale {
  return { slope: number(source, '00281053') || 1, intercept: number(source, '00281052') ?? 0 };
}

const rescaleOf = (header: Header, frame: number): Rescale =>
  readRescale(functionalGroup(header, transformationGroup, frame) ?? header);

function allRescales(header: Header): Rescale[] {
  const groups = functionalGroups(header, transformationGroup).map(readRescale);
  const distinct = new Map(
    [...groups, ...(groups.length ? [] : [readRescale(header)])].map((one) => [`${one.slope} ${one.intercept}`, one]),
  );
  return [...distinct.values()];
}

function modalityValues(
  values: StoredValues,
  header: Header,
  image: PixelDescription,
  kind: PixelKind,
  frame: number,
): ModalityValues {
  const output = emptyValues(kind, values.length);
  const table = image.format === 'integer' ? modalityLut(header, image) : undefined;
  const { slope, intercept } = table ? { slope: 1, intercept: 0 } : rescaleOf(header, frame);
  if (table) for (let at = 0; at < values.length; at++) output[at] = lookUp(table, values[at]!);
  else if (slope === 1 && intercept === 0) output.set(values as Float32Array);
  else for (let at = 0; at < values.length; at++) output[at] = values[at]! * slope + intercept;
  return output;
}

function emptyValues(kind: PixelKind, length: number): ModalityValues {
  if (kind === 'uint8') return new Uint8Array(length);
  if (kind === 'int16') return new Int16Array(length);
  return kind === 'uint16' ? new Uint16Array(length) : new Float32Array(length);
}

/** A window frame's grey values as numbers. */
export function valuesOf({ kind, bytes }: WindowFrame): ModalityValues {
  const { buffer, byteOffset, byteLength } = bytes;
  if (kind === 'int16') return new Int16Array(buffer, byteOffset, byteLength / 2);
  if (kind === 'uint16') return new Uint16Array(buffer, byteOffset, byteLength / 2);
  return kind === 'float32' ? new Float32Array(buffer, byteOffset, byteLength / 4) : bytes;
}
