/** Files with images for tests: any Image Pixel module, native or encapsulated, written to a temporary folder. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNative } from '#main/dicom/codecs-native.ts';
import type { NativeOperation, NativeParameters } from '#main/dicom/codecs-native.ts';
import type { BuildElement, BuildFile } from './build-data-set.ts';
import { buildPart10, instanceElements } from './build-data-set.ts';

/** The Image Pixel module of a test file; grey, unsigned, as many bits stored as allocated if not said otherwise. */
export interface TestImage {
  readonly Rows: number;
  readonly Columns: number;
  readonly BitsAllocated: number;
  readonly BitsStored?: number;
  readonly HighBit?: number;
  readonly PixelRepresentation?: 0 | 1;
  readonly SamplesPerPixel?: number;
  readonly PhotometricInterpretation?: string;
  readonly PlanarConfiguration?: 0 | 1;
  readonly NumberOfFrames?: string;
  /** Native bytes, or the items after the offset table. */
  readonly pixels: Uint8Array | readonly Uint8Array[];
  /** The basic offset table of encapsulated pixels; empty if not given. */
  readonly offsets?: readonly number[];
  readonly vr?: 'OB' | 'OW';
  readonly more?: readonly BuildElement[];
}

const item = (bytes: Uint8Array): Buffer => {
  const head = Buffer.from('feff00e000000000', 'hex');
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
};

/** Items with their offset table and the delimiter, PS3.5 A.4. */
function encapsulate(fragments: readonly Uint8Array[], offsets: readonly number[] = []): Buffer {
  const table = Buffer.alloc(offsets.length * 4);
  for (const [index, offset] of offsets.entries()) table.writeUInt32LE(offset, index * 4);
  return Buffer.concat([item(table), ...fragments.map(item), Buffer.from('feffdde000000000', 'hex')]);
}

/** Writes the image as a DICOM file and gives its path. */
export function imageFile(
  folder: string,
  name: string,
  image: TestImage,
  file: Omit<BuildFile, 'elements'> = {},
): string {
  const { pixels, offsets, vr, more = [], ...module } = image;
  const isNative = pixels instanceof Uint8Array;
  const stored = image.BitsStored ?? image.BitsAllocated;
  const values = {
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    BitsStored: stored,
    HighBit: stored - 1,
    PixelRepresentation: 0,
    ...module,
  };
  const elements = instanceElements([
    ...Object.entries(values).map(([tag, value]) => ({ tag, value })),
    ...more,
    {
      tag: '7FE00010',
      vr: isNative ? (vr ?? (image.BitsAllocated > 8 ? 'OW' : 'OB')) : 'OB',
      value: isNative ? pixels : encapsulate(pixels, offsets),
      ...(isNative ? {} : { length: -1 }),
    },
  ]);
  const path = join(folder, name);
  writeFileSync(path, buildPart10({ ...file, elements }));
  return path;
}

/** Numbers that follow no simple pattern but are the same each time: a small linear congruential generator. */
export function noise(count: number, bits: number, seed = 1): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % 2 ** bits;
  });
}

/** A smooth slope over the full range of 0 to 2^bits - 1, which lossy codecs keep well. */
export const hill = (rows: number, columns: number, bits: number): number[] =>
  Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns) / (rows - 1), (at % columns) / (columns - 1)];
    return Math.round(((1 - Math.cos(Math.PI * row)) * (1 + Math.cos(Math.PI * column)) * (2 ** bits - 1)) / 4);
  });

/** Numbers as little endian bytes of two each. */
export const shorts = (values: readonly number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer);

/** Encodes a frame with the codec's own encoder. */
export const encode = (
  operation: NativeOperation,
  image: { rows: number; columns: number; bits: number; samples?: number; isSigned?: boolean },
  bytes: Uint8Array,
  parameters: NativeParameters = { Lossy: 0 },
): Uint8Array =>
  runNative(
    operation,
    {
      rows: image.rows,
      columns: image.columns,
      bitsAllocated: image.bits <= 8 ? 8 : 16,
      bitsStored: image.bits,
      samplesPerPixel: image.samples ?? 1,
      isSigned: image.isSigned ?? false,
    },
    bytes,
    parameters,
  );

/** True where a program can be started. */
export function hasProgram(name: string): boolean {
  try {
    execFileSync('which', [name], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The picture of a file by DCMTK, raw: width, height, and one or three bytes a pixel. */
export function drawByDcmtk(
  path: string,
  folder: string,
  ...options: string[]
): { width: number; height: number; bytes: Uint8Array } {
  const output = join(folder, 'dcmtk.ppm');
  // dcml2pnm reads JPEG-LS, dcmj2pnm JPEG; each also reads what is not compressed.
  const program = options.includes('jpeg-ls') ? 'dcml2pnm' : 'dcmj2pnm';
  execFileSync(program, ['-O', ...options.filter((option) => option !== 'jpeg-ls'), '+op', path, output], {
    stdio: 'pipe',
    timeout: 20_000,
  });
  return readPnm(output);
}

function readPnm(path: string): { width: number; height: number; bytes: Uint8Array } {
  const bytes = readFileSync(path);
  const head = /^P[56]\s+(?:#.*\s+)*(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(0, 200).toString('latin1'));
  if (!head) throw new Error('DCMTK wrote no PNM');
  return { width: Number(head[1]), height: Number(head[2]), bytes: bytes.subarray(head[0].length) };
}
