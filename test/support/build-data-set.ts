/** Builds DICOM data sets and files for tests: in any uncompressed or deflated syntax, in any shape, right or wrong. */
import { deflateRawSync } from 'node:zlib';
import { fileMetaInformation } from '#main/dicom/part10.ts';
import { findEntry } from '#shared/dictionary.ts';

/** A value: text, numbers, raw bytes, or the items of a sequence. */
type BuildValue = string | number | readonly number[] | Uint8Array | readonly BuildElement[][];

/** One element; `vr` and `length` say otherwise than the dictionary and the value would. */
export interface BuildElement {
  /** Eight hexadecimal digits or a keyword. */
  readonly tag: string;
  readonly value?: BuildValue;
  readonly vr?: string;
  /** The length as written; -1 for undefined (sequences and encapsulated pixel data then get their delimiters). */
  readonly length?: number;
}

/** How a data set is written. */
export interface BuildEncoding {
  readonly explicitVR?: boolean;
  readonly littleEndian?: boolean;
}

/** A file to build. */
export interface BuildFile extends BuildEncoding {
  readonly elements: readonly BuildElement[];
  /** What the meta information says; by default what is written. */
  readonly TransferSyntaxUID?: string;
  readonly deflate?: boolean;
}

const longVRs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const decided: Record<string, string> = { ox: 'OW', xs: 'US', lt: 'US' };
const sizes: Record<string, number> = {
  US: 2,
  SS: 2,
  OW: 2,
  AT: 2,
  UL: 4,
  SL: 4,
  OL: 4,
  FL: 4,
  OF: 4,
  FD: 8,
  OD: 8,
  SV: 8,
  UV: 8,
  OV: 8,
};

function number(vr: string, value: number, littleEndian: boolean): Buffer {
  const bytes = Buffer.alloc(sizes[vr] ?? 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (vr === 'FL' || vr === 'OF') view.setFloat32(0, value, littleEndian);
  else if (vr === 'FD' || vr === 'OD') view.setFloat64(0, value, littleEndian);
  else if (bytes.length === 8) view.setBigInt64(0, BigInt(value), littleEndian);
  else if (bytes.length === 4) view.setInt32(0, value, littleEndian);
  else if (bytes.length === 2) view.setInt16(0, value, littleEndian);
  else view.setUint8(0, value & 255);
  return bytes;
}

const unsigned = (bytes: 2 | 4, value: number, littleEndian: boolean): Buffer => {
  const buffer = Buffer.alloc(bytes);
  if (littleEndian) buffer.writeUIntLE(value, 0, bytes);
  else buffer.writeUIntBE(value, 0, bytes);
  return buffer;
};

function tagBytes(tag: string, littleEndian: boolean): Buffer {
  const [group, element] = [Number.parseInt(tag.slice(0, 4), 16), Number.parseInt(tag.slice(4), 16)];
  return Buffer.concat([unsigned(2, group, littleEndian), unsigned(2, element, littleEndian)]);
}

const isItems = (value: BuildValue | undefined): value is readonly BuildElement[][] =>
  Array.isArray(value) && (value.length === 0 || Array.isArray(value[0]));

function sequence(
  items: readonly BuildElement[][],
  undefinedLength: boolean,
  encoding: Required<BuildEncoding>,
): Buffer {
  const { littleEndian } = encoding;
  const mark = (tag: string, length: number) =>
    Buffer.concat([tagBytes(tag, littleEndian), unsigned(4, length, littleEndian)]);
  const parts = items.flatMap((item) => {
    const bytes = buildDataSet(item, encoding);
    return undefinedLength
      ? [mark('FFFEE000', 0xffffffff), bytes, mark('FFFEE00D', 0)]
      : [mark('FFFEE000', bytes.length), bytes];
  });
  return Buffer.concat(undefinedLength ? [...parts, mark('FFFEE0DD', 0)] : parts);
}

function valueBytes(element: BuildElement, vr: string, encoding: Required<BuildEncoding>): Buffer {
  const { value = '' } = element;
  if (isItems(value)) return sequence(value, element.length === -1, encoding);
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'utf8');
    return bytes.length % 2 ? Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]) : bytes;
  }
  const numbers = typeof value === 'number' ? [value] : value;
  return Buffer.concat(numbers.map((one) => number(vr, one, encoding.littleEndian)));
}

function element(built: BuildElement, encoding: Required<BuildEncoding>): Buffer {
  const entry = findEntry(built.tag);
  const tag = /^[0-9A-Fa-f]{8}$/.test(built.tag) ? built.tag.toUpperCase() : entry?.tag;
  if (!tag) throw new Error(`the dictionary has no ${built.tag}`);
  const vr = built.vr ?? decided[entry?.vr ?? ''] ?? entry?.vr ?? 'UN';
  const value = valueBytes(built, vr, encoding);
  const length = built.length === -1 ? 0xffffffff : (built.length ?? value.length);
  const { littleEndian } = encoding;
  const head = tagBytes(tag, littleEndian);
  if (!encoding.explicitVR) return Buffer.concat([head, unsigned(4, length, littleEndian), value]);
  const isLong = longVRs.has(vr);
  const lengthBytes = isLong
    ? Buffer.concat([Buffer.alloc(2), unsigned(4, length, littleEndian)])
    : unsigned(2, length & 0xffff, littleEndian);
  return Buffer.concat([head, Buffer.from(vr, 'latin1'), lengthBytes, value]);
}

/** A data set alone, its elements in the order given; explicit little endian if not said otherwise. */
export function buildDataSet(elements: readonly BuildElement[], encoding: BuildEncoding = {}): Buffer {
  const { explicitVR = true, littleEndian = true } = encoding;
  return Buffer.concat(elements.map((one) => element(one, { explicitVR, littleEndian })));
}

function syntaxOf({ explicitVR = true, littleEndian = true, deflate = false }: BuildFile): string {
  if (deflate) return '1.2.840.10008.1.2.1.99';
  if (!explicitVR) return '1.2.840.10008.1.2';
  return littleEndian ? '1.2.840.10008.1.2.1' : '1.2.840.10008.1.2.2';
}

const textOf = (elements: readonly BuildElement[], keyword: string): string => {
  const tag = findEntry(keyword)?.tag;
  const value = elements.find((one) => one.tag === keyword || one.tag === tag)?.value;
  return typeof value === 'string' ? value : '';
};

/** A Part 10 file with preamble and meta information. */
export function buildPart10(file: BuildFile): Buffer {
  const dataSet = buildDataSet(file.elements, file);
  const head = fileMetaInformation({
    TransferSyntaxUID: file.TransferSyntaxUID ?? syntaxOf(file),
    SOPClassUID: textOf(file.elements, 'SOPClassUID'),
    SOPInstanceUID: textOf(file.elements, 'SOPInstanceUID'),
  });
  return Buffer.concat([head, file.deflate ? deflateRawSync(dataSet) : dataSet]);
}

/** The elements that every instance must have, in the order of their tags; `more` are added in theirs and replace. */
export function instanceElements(more: readonly BuildElement[] = []): BuildElement[] {
  const byTag = new Map<string, BuildElement>();
  const base: BuildElement[] = [
    { tag: 'SOPClassUID', value: '1.2.840.10008.5.1.4.1.1.7' },
    { tag: 'SOPInstanceUID', value: '1.2.3.4.3' },
    { tag: 'Modality', value: 'OT' },
    { tag: 'PatientName', value: 'Test^Patient' },
    { tag: 'PatientID', value: 'T-1' },
    { tag: 'StudyInstanceUID', value: '1.2.3.4.1' },
    { tag: 'SeriesInstanceUID', value: '1.2.3.4.2' },
  ];
  for (const one of [...base, ...more]) byTag.set(tagOf(one.tag), one);
  return [...byTag].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

const tagOf = (tagOrKeyword: string): string =>
  /^[0-9A-Fa-f]{8}$/.test(tagOrKeyword) ? tagOrKeyword.toUpperCase() : (findEntry(tagOrKeyword)?.tag ?? tagOrKeyword);
