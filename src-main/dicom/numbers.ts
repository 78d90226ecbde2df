/** Numbers out of values: binary VRs in both byte orders, and the decimal texts of DS and IS, PS3.5 6.2. */
import type { Element } from './data-set.ts';

type Read = (view: DataView, at: number, littleEndian: boolean) => number;

const readers: Readonly<Record<string, readonly [number, Read]>> = {
  OB: [1, (view, at) => view.getUint8(at)],
  US: [2, (view, at, little) => view.getUint16(at, little)],
  OW: [2, (view, at, little) => view.getUint16(at, little)],
  SS: [2, (view, at, little) => view.getInt16(at, little)],
  UL: [4, (view, at, little) => view.getUint32(at, little)],
  OL: [4, (view, at, little) => view.getUint32(at, little)],
  SL: [4, (view, at, little) => view.getInt32(at, little)],
  FL: [4, (view, at, little) => view.getFloat32(at, little)],
  OF: [4, (view, at, little) => view.getFloat32(at, little)],
  FD: [8, (view, at, little) => view.getFloat64(at, little)],
  OD: [8, (view, at, little) => view.getFloat64(at, little)],
  UV: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
  OV: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
  SV: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  AT: [4, (view, at, little) => view.getUint16(at, little) * 65_536 + view.getUint16(at + 2, little)],
};

/** The numbers of a binary value; none for other VRs; bytes that make no whole number at the end are left out. */
export function decodeNumbers({ vr, value }: Element, littleEndian: boolean): number[] {
  const reader = readers[vr];
  if (!reader || !value) return [];
  const [size, read] = reader;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: Math.floor(value.length / size) }, (_, index) => read(view, index * size, littleEndian));
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The number of a DS or IS value without its padding; NaN for what is none. */
export const parseDecimal = (text: string): number => (decimal.test(text) ? Number(text) : Number.NaN);
