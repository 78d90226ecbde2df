/** PALETTE COLOR to RGB: tables of 8 and 16 bits, plain and segmented, PS3.3 C.7.6.3.1.5 and C.7.9.2. */
import { PacsError } from '#shared/errors.ts';
import type { LookupTable } from './pixel-lut.ts';
import { readLut, trueBits } from './pixel-lut.ts';
import type { StoredValues } from './stored-values.ts';
import type { ValueSource } from './values.ts';
import { numbers } from './values.ts';

/** Descriptor, data and segmented data of red, green and blue. */
const tags = [
  ['00281101', '00281201', '00281221'],
  ['00281102', '00281202', '00281222'],
  ['00281103', '00281203', '00281223'],
] as const;

/** Interleaved RGB of 8 bits. @throws PacsError damaged where a table is missing or wrong */
export function paletteToRgb(values: StoredValues, source: ValueSource, isSigned: boolean): Uint8Array {
  const tables = tags.map(([descriptor, data, segmented]) =>
    source.dataSet.get(data)?.value
      ? readLut(source, descriptor, data, isSigned)
      : readSegmented(source, descriptor, segmented, isSigned),
  );
  const rgb = new Uint8Array(values.length * 3);
  for (const [channel, table] of tables.entries()) {
    if (!table || table.entries.length === 0)
      throw new PacsError('damaged', 'The image cannot be shown: its colour table is missing or wrong.');
    fill(rgb, channel, values, table);
  }
  return rgb;
}

function fill(rgb: Uint8Array, channel: number, values: StoredValues, table: LookupTable): void {
  const bits = trueBits(table);
  const bytes = Uint8Array.from(table.entries, (entry) => (bits > 8 ? entry >>> (bits - 8) : entry << (8 - bits)));
  const last = bytes.length - 1;
  for (let at = 0; at < values.length; at++) {
    const index = values[at]! - table.first;
    rgb[at * 3 + channel] = bytes[index < 0 ? 0 : Math.min(index, last)]!;
  }
}

/** Discrete, linear and indirect segments, PS3.3 C.7.9.2; the result is no longer than the descriptor says. */
function readSegmented(
  source: ValueSource,
  descriptorTag: string,
  dataTag: string,
  isSigned: boolean,
): LookupTable | undefined {
  const [count = 0, first = 0, bits = 16] = numbers(source, descriptorTag);
  const value = source.dataSet.get(dataTag)?.value;
  if (!value) return undefined;
  const length = count === 0 ? 65_536 : count < 0 ? count + 65_536 : count;
  const entries: number[] = [];
  const data = readNumbers(value, bits, source.littleEndian);
  expand(data, 0, Infinity, entries, length, 0);
  if (entries.length < length) return undefined;
  const start = isSigned && first >= 32_768 ? first - 65_536 : first;
  return { first: start, entries: Uint16Array.from(entries.slice(0, length)), bits };
}

function readNumbers(value: Uint8Array, bits: number, littleEndian: boolean): ArrayLike<number> {
  if (bits <= 8) return value;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Uint16Array.from({ length: value.length >>> 1 }, (_, index) => view.getUint16(index * 2, littleEndian));
}

/** Appends the entries of at most `segments` segments from `at` on; an indirect one points back and may not nest. */
function expand(
  data: ArrayLike<number>,
  at: number,
  segments: number,
  entries: number[],
  length: number,
  depth: number,
): void {
  let done = 0;
  for (; at + 2 < data.length && entries.length < length && done < segments; done++) {
    const [opcode, count] = [data[at]!, data[at + 1]!];
    if (opcode === 0)
      for (let index = 0; index < count && entries.length < length; index++) entries.push(data[at + 2 + index] ?? 0);
    else if (opcode === 1) appendLine(entries, count, data[at + 2]!, length);
    else if (opcode === 2 && depth === 0) {
      const isWide = !(data instanceof Uint8Array);
      const offset = isWide
        ? (data[at + 2]! + (data[at + 3] ?? 0) * 65_536) / 2
        : [2, 3, 4, 5].reduce((sum, step, byte) => sum + (data[at + step] ?? 0) * 256 ** byte, 0);
      expand(data, Math.floor(offset), count, entries, length, 1);
      at += isWide ? 4 : 6;
      continue;
    } else return;
    at += opcode === 0 ? 2 + count : 3;
  }
}

function appendLine(entries: number[], count: number, end: number, length: number): void {
  const start = entries.at(-1) ?? 0;
  for (let index = 1; index <= count && entries.length < length; index++)
    entries.push(Math.round(start + ((end - start) * index) / count));
}
