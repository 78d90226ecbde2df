/** A lookup table of the Standard: descriptor and data, as Modality LUT, VOI LUT and palettes have them, PS3.3 C.11.1.1. */
import type { ValueSource } from './values.ts';
import { numbers, sequence, text } from './values.ts';

/** Entries for input values from `first` on; below and above the ends hold. */
export interface LookupTable {
  readonly first: number;
  readonly entries: Uint16Array;
  /** Bits of an entry. */
  readonly bits: number;
  readonly explanation?: string;
}

/** The first item of a LUT sequence (0028,3000 or 0028,3010); undefined where there is none that can be used. */
export function readLutSequence(source: ValueSource, tag: string, isSigned: boolean): LookupTable | undefined {
  const [item] = sequence(source, tag);
  if (!item) return undefined;
  const explanation = text(item, '00283003');
  const table = readLut(item, '00283002', '00283006', isSigned);
  return table && explanation ? { ...table, explanation } : table;
}

/** A table by the tags of its descriptor and data. Writers give the data as US, SS, OW or (8 bits) as packed bytes. */
export function readLut(
  source: ValueSource,
  descriptorTag: string,
  dataTag: string,
  isSigned: boolean,
): LookupTable | undefined {
  const [count = 0, first = 0, bits = 16] = numbers(source, descriptorTag);
  const length = count === 0 ? 65_536 : count < 0 ? count + 65_536 : count;
  const value = source.dataSet.get(dataTag)?.value;
  if (!value || value.length < length) return undefined;
  const depth = bits >= 1 && bits <= 16 ? bits : 16;
  return { first: signedStart(first, isSigned), entries: readEntries(value, length, source.littleEndian), bits: depth };
}

/** The second value of the descriptor is US or SS by PixelRepresentation, whatever its VR says. */
const signedStart = (first: number, isSigned: boolean): number => {
  if (isSigned) return first >= 32_768 ? first - 65_536 : first;
  return first < 0 ? first + 65_536 : first;
};

function readEntries(value: Uint8Array, length: number, littleEndian: boolean): Uint16Array {
  if (value.length < length * 2) return Uint16Array.from(value.subarray(0, length));
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Uint16Array.from({ length }, (_, index) => view.getUint16(index * 2, littleEndian));
}

/** The entry for an input value. */
export const lookUp = ({ first, entries }: LookupTable, value: number): number =>
  entries[Math.max(0, Math.min(entries.length - 1, value - first))]!;

/** Entries that are filled only in their lower half although the descriptor says more: the bits they really have. */
export function trueBits({ entries, bits }: Pick<LookupTable, 'entries' | 'bits'>): number {
  let top = 0;
  for (const entry of entries) if (entry > top) top = entry;
  if (bits > 8 && top < 256) return 8;
  return top >= 2 ** bits ? 16 : bits;
}
