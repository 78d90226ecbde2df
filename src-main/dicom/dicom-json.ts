/** The DICOM JSON Model of a data set, PS3.18 F. */
import type { DataSet, Element, Header } from './data-set.ts';
import { decodeNumbers, parseDecimal } from './numbers.ts';
import { characterSetOf, elementTexts } from './read-values.ts';
import type { ValueSource } from './read-values.ts';

/** How bulk data are given. */
export interface DicomJsonOptions {
  /**
   * The URI of a value that is not given inline. The path is made of tags and indices of items from 1, parted by slashes
   * (`7FE00010`, `00281201`, `00409096/1/00409212`). Without it such values are left out.
   */
  readonly bulkDataURI?: (path: string) => string;
  /** Values up to so many bytes are given inline; 1024 if not said. */
  readonly inlineBytes?: number;
}

/** One attribute, PS3.18 F.2.2. */
interface DicomJsonAttribute {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}

/** A data set by tag, PS3.18 F.2.1. */
export type DicomJson = Record<string, DicomJsonAttribute>;

const isBinary = (vr: string): boolean => vr.startsWith('O') || vr === 'UN';

const base64 = (value: Uint8Array): string =>
  Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64');

const groups = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

/** A name by its component groups; empty ones are left out, PS3.18 F.2.2. */
function personName(text: string): Record<string, string> | null {
  const parts = text.split('=').slice(0, 3);
  const named = parts.map((part, index) => [groups[index]!, part.replace(/[ ^]+$/, '')] as const);
  const present = named.filter(([, part]) => part !== '');
  return present.length > 0 ? Object.fromEntries(present) : null;
}

// PS3.18 F.2.3 (2019 and later): DS and IS may be strings, which keeps what is no number, or no exact one.
function decimal(text: string): number | string | null {
  if (text === '') return null;
  const number = parseDecimal(text);
  return Number.isFinite(number) ? number : text;
}

const hexTag = (tag: number): string => tag.toString(16).toUpperCase().padStart(8, '0');

function textValue(vr: string, text: string): unknown {
  if (vr === 'PN') return personName(text);
  if (vr === 'DS' || vr === 'IS') return decimal(text);
  return text === '' ? null : text;
}

// JSON knows neither NaN nor infinities, nor whole numbers past 2^53: these are strings.
const numberValue = (number: number): number | string =>
  Number.isFinite(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : String(number);

function bigValues({ vr, value }: Element, littleEndian: boolean): unknown[] {
  const view = new DataView(value!.buffer, value!.byteOffset, value!.byteLength);
  const read = (at: number) => (vr === 'SV' ? view.getBigInt64(at, littleEndian) : view.getBigUint64(at, littleEndian));
  return Array.from({ length: Math.floor(value!.length / 8) }, (_, index) => read(index * 8)).map((big) =>
    big >= Number.MIN_SAFE_INTEGER && big <= Number.MAX_SAFE_INTEGER ? Number(big) : String(big),
  );
}

function values(source: ValueSource, element: Element): unknown[] {
  const { vr } = element;
  const found = elementTexts(source, element);
  if (found) return found.map((text) => textValue(vr, text));
  if (vr === 'UV' || vr === 'SV') return bigValues(element, source.littleEndian);
  return decodeNumbers(element, source.littleEndian).map(vr === 'AT' ? hexTag : numberValue);
}

function binary(element: Element, littleEndian: boolean, path: string, options: DicomJsonOptions): DicomJsonAttribute {
  const { vr, value } = element;
  if (value && value.length <= (options.inlineBytes ?? 1024) && (littleEndian || swapUnit(vr) === 1))
    return { vr, InlineBinary: base64(value) };
  if (value && value.length <= (options.inlineBytes ?? 1024))
    return { vr, InlineBinary: base64(swapped(value, swapUnit(vr))) };
  return options.bulkDataURI ? { vr, BulkDataURI: options.bulkDataURI(path) } : { vr };
}

// InlineBinary is in little endian whatever the data set was, PS3.18 F.2.7.
const swapUnit = (vr: string): number => ({ OW: 2, OF: 4, OL: 4, OD: 8, OV: 8 })[vr] ?? 1;

function swapped(value: Uint8Array, unit: number): Uint8Array {
  const result = Uint8Array.from(value);
  for (let at = 0; at + unit <= result.length; at += unit) result.subarray(at, at + unit).reverse();
  return result;
}

function attribute(source: ValueSource, element: Element, path: string, options: DicomJsonOptions): DicomJsonAttribute {
  const { vr, value, items } = element;
  if (items) return sequenceAttribute(source, items, path, options);
  if (element.length === 0) return { vr };
  if (!value || isBinary(vr)) return binary(element, source.littleEndian, path, options);
  const found = values(source, element);
  return found.length > 0 ? { vr, Value: found } : { vr };
}

function sequenceAttribute(
  source: ValueSource,
  items: readonly DataSet[],
  path: string,
  options: DicomJsonOptions,
): DicomJsonAttribute {
  if (items.length === 0) return { vr: 'SQ' };
  const { littleEndian } = source;
  const characterSet = characterSetOf(source);
  const Value = items.map((dataSet, index) =>
    dataSetJson({ dataSet, littleEndian, characterSet }, `${path}/${index + 1}/`, options),
  );
  return { vr: 'SQ', Value };
}

const isLeftOut = (tag: string): boolean => tag.endsWith('0000') || tag.startsWith('0002') || tag.startsWith('0000');

function dataSetJson(source: ValueSource, path: string, options: DicomJsonOptions): DicomJson {
  const json: DicomJson = {};
  for (const [tag, element] of source.dataSet)
    if (tag === '00080005') json[tag] = { vr: 'CS', Value: ['ISO_IR 192'] };
    else if (!isLeftOut(tag)) json[tag] = attribute(source, element, path + tag, options);
  return json;
}

/**
 * The DICOM JSON Model of a header: without group 0002 and group lengths, SpecificCharacterSet as ISO_IR 192 (JSON is UTF-8),
 * pixel data as BulkDataURI. One attribute's values past the header's bound are BulkDataURI too.
 */
export function toDicomJson(header: Header, options: DicomJsonOptions = {}): DicomJson {
  const json = dataSetJson(header, '', options);
  const { pixelData } = header;
  if (pixelData && options.bulkDataURI)
    json[pixelData.tag] = { vr: pixelData.vr, BulkDataURI: options.bulkDataURI(pixelData.tag) };
  return json;
}

/** The JSON text of a data set, attributes in the order of their tags at every level, as PS3.18 F.2.2 asks (JSON.stringify would not). */
export function dicomJsonText(json: DicomJson): string {
  const members = Object.keys(json)
    .toSorted()
    .map((tag) => `"${tag}":${attributeText(json[tag]!)}`);
  return `{${members.join(',')}}`;
}

function attributeText(json: DicomJsonAttribute): string {
  if (json.vr !== 'SQ' || !json.Value) return JSON.stringify(json);
  return `{"vr":"SQ","Value":[${json.Value.map((item) => dicomJsonText(item as DicomJson)).join(',')}]}`;
}
