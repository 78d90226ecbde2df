/** Writes a data set in Explicit VR Little Endian from values by keyword, and whole Part 10 files of it. */
import { findEntry } from '#shared/dictionary.ts';
import { PacsError } from '#shared/errors.ts';
import { fileMetaInformation } from '../dicom/part10.ts';

/** One value: a text or number, several of them, bytes, items of a sequence, or the frames of encapsulated pixel data. */
type Value = string | number | readonly (string | number)[] | Uint8Array | Encapsulated | readonly Values[];

/** A data set by keyword; the order does not matter, the writer sorts by tag. Undefined values are left out. */
export interface Values {
  readonly [keyword: string]: Value | undefined;
}

/** Compressed frames, one fragment each, PS3.5 A.4. */
interface Encapsulated {
  readonly frames: readonly Uint8Array[];
}

/** The transfer syntaxes the samples are written in, PS3.6 A. */
export const transferSyntaxes = {
  explicitLittleEndian: '1.2.840.10008.1.2.1',
  jpegBaseline: '1.2.840.10008.1.2.4.50',
} as const;

const longLength = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const numberWriters: Readonly<Record<string, readonly [number, (bytes: Buffer, value: number, at: number) => void]>> = {
  US: [2, (bytes, value, at) => bytes.writeUInt16LE(value, at)],
  SS: [2, (bytes, value, at) => bytes.writeInt16LE(value, at)],
  UL: [4, (bytes, value, at) => bytes.writeUInt32LE(value, at)],
  SL: [4, (bytes, value, at) => bytes.writeInt32LE(value, at)],
  FL: [4, (bytes, value, at) => bytes.writeFloatLE(value, at)],
  FD: [8, (bytes, value, at) => bytes.writeDoubleLE(value, at)],
};
const undefinedLength = 0xffffffff;

/** The bytes of a data set, Explicit VR Little Endian, texts in UTF-8. @throws PacsError `internal` for an unknown keyword. */
export function writeDataSet(values: Values): Buffer {
  const rows = Object.entries(values)
    .filter((row): row is [string, Value] => row[1] !== undefined)
    .map(([keyword, value]) => ({ ...describe(keyword), value }));
  rows.sort((a, b) => (a.tag < b.tag ? -1 : 1));
  return Buffer.concat(rows.flatMap(({ tag, vr, value }) => writeElement(tag, vr, value)));
}

/** A whole Part 10 file (PS3.10 7) of a data set that holds SOPClassUID and SOPInstanceUID. */
export function writePart10(values: Values, TransferSyntaxUID: string = transferSyntaxes.explicitLittleEndian): Buffer {
  const head = fileMetaInformation({
    TransferSyntaxUID,
    SOPClassUID: String(values['SOPClassUID']),
    SOPInstanceUID: String(values['SOPInstanceUID']),
  });
  return Buffer.concat([head, writeDataSet(values)]);
}

function describe(keyword: string): { tag: string; vr: string } {
  const entry = findEntry(keyword);
  if (!entry) throw new PacsError('internal', `The data dictionary has no ${keyword}.`);
  return { tag: entry.tag, vr: entry.vr === 'ox' ? 'OW' : entry.vr === 'xs' ? 'US' : entry.vr };
}

function writeElement(tag: string, vr: string, value: Value): Uint8Array[] {
  if (isEncapsulated(value)) return [header(tag, 'OB', undefinedLength), ...fragments(value.frames)];
  const body = padded(encode(vr, value), vr);
  return [header(tag, vr, body.length), body];
}

function header(tag: string, vr: string, length: number): Buffer {
  const long = longLength.has(vr);
  const bytes = Buffer.alloc(long ? 12 : 8);
  bytes.writeUInt16LE(parseInt(tag.slice(0, 4), 16), 0);
  bytes.writeUInt16LE(parseInt(tag.slice(4), 16), 2);
  bytes.write(vr, 4, 'latin1');
  if (long) bytes.writeUInt32LE(length, 8);
  else bytes.writeUInt16LE(length, 6);
  return bytes;
}

function encode(vr: string, value: Value): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (vr === 'SQ') return Buffer.concat((value as readonly Values[]).flatMap(item));
  const parts = (Array.isArray(value) ? value : [value]) as readonly (string | number)[];
  if (vr === 'AT') return Buffer.concat(parts.map((part) => tagBytes(String(part))));
  const writer = numberWriters[vr];
  if (!writer) return Buffer.from(parts.join('\\'), 'utf8');
  const [size, write] = writer;
  const bytes = Buffer.alloc(size * parts.length);
  parts.forEach((part, i) => write(bytes, Number(part), i * size));
  return bytes;
}

function padded(body: Uint8Array, vr: string): Uint8Array {
  if (body.length % 2 === 0) return body;
  const padding = vr === 'UI' || vr === 'OB' || vr === 'OW' ? 0 : 0x20;
  return Buffer.concat([body, Buffer.of(padding)]);
}

function item(values: Values): Uint8Array[] {
  const body = writeDataSet(values);
  return [itemHeader(0xe000, body.length), body];
}

function fragments(frames: readonly Uint8Array[]): Uint8Array[] {
  const even = frames.map((frame) => padded(frame, 'OB'));
  const offsets = Buffer.alloc(4 * even.length);
  let offset = 0;
  even.forEach((frame, i) => {
    offsets.writeUInt32LE(offset, 4 * i);
    offset += 8 + frame.length;
  });
  const items = [offsets, ...even].flatMap((bytes) => [itemHeader(0xe000, bytes.length), bytes]);
  return [...items, itemHeader(0xe0dd, 0)];
}

function itemHeader(element: number, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(0xfffe, 0);
  bytes.writeUInt16LE(element, 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

function tagBytes(tag: string): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(parseInt(tag.slice(0, 4), 16), 0);
  bytes.writeUInt16LE(parseInt(tag.slice(4), 16), 2);
  return bytes;
}

const isEncapsulated = (value: Value): value is Encapsulated =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array) && 'frames' in value;
