/** Writes a data set of the DICOM JSON Model (PS3.18 F) as bytes in an uncompressed transfer syntax. */
import { deflateRawSync } from 'node:zlib';
import { findEntry } from '#shared/dictionary.ts';
import { PacsError } from '#shared/errors.ts';
import { findTransferSyntax } from '#shared/transfer-syntaxes.ts';
import type { DicomJson } from './dicom-json.ts';
import { encodeText } from './encode-text.ts';
import { jsonBinary, jsonNumbers } from './json-binary.ts';
import { jsonTexts } from './json-texts.ts';
import { isBulkVR, vrOfCode } from './value-representations.ts';
import type { Encoding } from './walk-frame.ts';

/** How a data set is written. */
export interface WriteOptions {
  /** Implicit VR Little Endian, Explicit VR Little or Big Endian, or Deflated Explicit VR Little Endian. */
  readonly TransferSyntaxUID: string;
  /** The values of (0008,0005), which is written unless they are empty; the data set's own is not regarded. */
  readonly SpecificCharacterSet: readonly string[];
}

/** Encoding with what texts need. */
interface WriteEncoding extends Encoding {
  readonly SpecificCharacterSet: readonly string[];
}

const writable = new Set(['', '.1', '.1.99', '.2'].map((end) => `1.2.840.10008.1.2${end}`));
const maximumDepth = 32;
const characterSetTag = '00080005';
const longestShort = 0xfffe;

const wrong = (sentence: string): PacsError => new PacsError('bad-request', sentence);

function encodingOf({ TransferSyntaxUID, SpecificCharacterSet }: WriteOptions): WriteEncoding {
  const syntax = findTransferSyntax(TransferSyntaxUID);
  if (!syntax || !writable.has(TransferSyntaxUID))
    throw new PacsError('unsupported', 'A data set cannot be written in this transfer syntax.');
  return { explicitVR: syntax.explicitVR, littleEndian: !syntax.bigEndian, SpecificCharacterSet };
}

const isLeftOut = (tag: string): boolean =>
  tag === characterSetTag || tag.endsWith('0000') || tag.startsWith('0000') || tag.startsWith('0002');

function checkedTag(tag: string): string {
  if (!/^[0-9A-Fa-f]{8}$/.test(tag) || /^FFFE/i.test(tag)) throw wrong('A tag is not of eight hexadecimal digits.');
  return tag.toUpperCase();
}

const formOf = (vr: string) => (vr.length === 2 ? vrOfCode(vr.charCodeAt(0) * 256 + vr.charCodeAt(1)) : undefined);
const isKnown = (vr: string): boolean => formOf(vr) !== undefined;
const isLongVR = (vr: string): boolean => formOf(vr)?.long === true;

function vrOf(tag: string, vr: unknown): string {
  if (typeof vr === 'string' && isKnown(vr)) return vr;
  const found = vr === undefined ? findEntry(tag)?.vr : undefined;
  if (found && isKnown(found)) return found;
  throw wrong(`The element ${tag} has no valid VR.`);
}

function plainValue(tag: string, vr: string, json: DicomJson[string], encoding: WriteEncoding): Buffer {
  if (json.BulkDataURI !== undefined) throw wrong(`The value of ${tag} is not given but only pointed to.`);
  if (json.InlineBinary !== undefined || isBulkVR(vr) || vr === 'UN')
    return jsonBinary(vr, json.InlineBinary ?? '', encoding.littleEndian);
  const values = json.Value ?? [];
  if (!Array.isArray(values)) throw wrong(`The value of ${tag} is not a list.`);
  return (
    jsonNumbers(vr, values, encoding.littleEndian) ??
    encodeText(jsonTexts(vr, values).join('\\'), encoding.SpecificCharacterSet, vr)
  );
}

function sequenceValue(tag: string, json: DicomJson[string], encoding: WriteEncoding, depth: number): Buffer {
  if (depth >= maximumDepth) throw wrong('The sequences of the data set are nested too deeply.');
  const items = json.Value ?? [];
  if (!Array.isArray(items)) throw wrong(`The value of ${tag} is not a list.`);
  return Buffer.concat(
    items.flatMap((item) => {
      if (item !== null && (typeof item !== 'object' || Array.isArray(item)))
        throw wrong(`An item of ${tag} is no data set.`);
      const bytes = dataSetBytes((item ?? {}) as DicomJson, encoding, depth + 1);
      return [head('FFFEE000', undefined, bytes.length, encoding), bytes];
    }),
  );
}

function put16(bytes: Buffer, at: number, value: number, littleEndian: boolean): void {
  bytes[littleEndian ? at : at + 1] = value & 255;
  bytes[littleEndian ? at + 1 : at] = (value >>> 8) & 255;
}

function put32(bytes: Buffer, at: number, value: number, littleEndian: boolean): void {
  put16(bytes, at, littleEndian ? value : value >>> 16, littleEndian);
  put16(bytes, at + 2, littleEndian ? value >>> 16 : value, littleEndian);
}

/** Tag, VR where it is written, and length. */
function head(
  tag: string,
  vr: string | undefined,
  length: number,
  { explicitVR, littleEndian }: WriteEncoding,
): Buffer {
  const hasVR = vr !== undefined && explicitVR;
  const isLong = hasVR && isLongVR(vr);
  const bytes = Buffer.allocUnsafe(isLong ? 12 : 8);
  const number = Number.parseInt(tag, 16);
  put16(bytes, 0, number >>> 16, littleEndian);
  put16(bytes, 2, number, littleEndian);
  if (!hasVR) put32(bytes, 4, length, littleEndian);
  else {
    bytes[4] = vr.charCodeAt(0);
    bytes[5] = vr.charCodeAt(1);
    put16(bytes, 6, isLong ? 0 : length, littleEndian);
    if (isLong) put32(bytes, 8, length, littleEndian);
  }
  return bytes;
}

const padOf = (vr: string): number => (vr === 'UI' || vr === 'UN' || isBulkVR(vr) ? 0 : 0x20);

function element(tag: string, json: DicomJson[string], encoding: WriteEncoding, depth: number): Buffer[] {
  const vr = vrOf(tag, json.vr);
  const value = vr === 'SQ' ? sequenceValue(tag, json, encoding, depth) : plainValue(tag, vr, json, encoding);
  const padding = value.length % 2 === 0 ? [] : [Buffer.from([padOf(vr)])];
  const length = value.length + padding.length;
  // A value too long for the short length of its VR is written as UN, PS3.5 6.2.2.
  const written = length > longestShort && !isLongVR(vr) ? 'UN' : vr;
  return [head(tag, written, length, encoding), value, ...padding];
}

function dataSetBytes(json: DicomJson, encoding: WriteEncoding, depth: number): Buffer {
  const elements = Object.entries(json)
    .map(([tag, value]) => [checkedTag(tag), value] as const)
    .filter(([tag]) => !isLeftOut(tag));
  const { SpecificCharacterSet } = encoding;
  const isSaid = depth === 0 && SpecificCharacterSet.some((term) => term !== '');
  const all = isSaid ? [...elements, [characterSetTag, { vr: 'CS', Value: SpecificCharacterSet }] as const] : elements;
  const sorted = all.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat(sorted.flatMap(([tag, value]) => element(tag, value, encoding, depth)));
}

/**
 * The bytes of a data set, elements by rising tag, texts in the character sets of the options (`?` for what they do not have:
 * see chooseCharacterSet). Group lengths and group 0002 are left out.
 * @throws PacsError bad-request for values of a wrong form and for such as are only pointed to, unsupported for other syntaxes
 */
export function writeDicomJson(json: DicomJson, options: WriteOptions): Buffer {
  const bytes = dataSetBytes(json, encodingOf(options), 0);
  if (!findTransferSyntax(options.TransferSyntaxUID)?.deflated) return bytes;
  const deflated = deflateRawSync(bytes);
  return deflated.length % 2 === 0 ? deflated : Buffer.concat([deflated, Buffer.alloc(1)]);
}
