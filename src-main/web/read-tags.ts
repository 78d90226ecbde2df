/** Reads data sets as people write them in JSON: values by keyword or tag, sequences as lists of objects. */
import { findEntry } from '#shared/dictionary.ts';
import { PacsError } from '#shared/errors.ts';
import { attribute, sequence } from '../dicom/data-set-values.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';

const maximumDepth = 16;
const binaryVRs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);
const numberVRs = new Set(['FD', 'FL', 'SL', 'SS', 'SV', 'UL', 'US', 'UV']);
const decided: Readonly<Record<string, string>> = { xs: 'US', ox: 'OW', lt: 'US' };

const bad = (sentence: string): PacsError => new PacsError('bad-request', sentence);
const shown = (name: string): string => name.slice(0, 64).replace(/[^\x20-\x7e]/g, '?');

/** Tag and VR of a name: a keyword, `0010,0010` or `00100010`; private tags are texts (LO). */
function namedTag(name: string): { readonly tag: string; readonly vr: string } {
  const plain = /^[0-9A-Fa-f]{4}[,-]?[0-9A-Fa-f]{4}$/.test(name) ? name.replace(/[,-]/, '').toUpperCase() : name;
  const entry = findEntry(plain);
  const isPrivate = /^[0-9A-F]{3}[13579BDF][0-9A-F]{4}$/.test(plain);
  if (!entry && !isPrivate) throw bad(`"${shown(name)}" is not a DICOM attribute.`);
  const tag = isPrivate || !entry || entry.tag.includes('x') ? plain : entry.tag;
  if (!/^[0-9A-F]{8}$/.test(tag) || /^(0000|0002|FFFE)/.test(tag))
    throw bad(`"${shown(name)}" cannot be part of a data set.`);
  return { tag, vr: decided[entry?.vr ?? ''] ?? entry?.vr ?? 'LO' };
}

/** The data set of an object. @throws PacsError bad-request */
export function readTags(tags: unknown, depth = 0): DicomJson {
  if (typeof tags !== 'object' || tags === null || Array.isArray(tags)) throw bad('The tags are not a JSON object.');
  if (depth > maximumDepth) throw bad('The sequences are nested too deep.');
  const read = Object.entries(tags).map(([name, value]) => {
    const { tag, vr } = namedTag(name);
    return [tag, vr === 'SQ' ? readItems(name, value, depth) : readValue(name, tag, vr, value)] as const;
  });
  return Object.fromEntries(read);
}

function readItems(name: string, value: unknown, depth: number): DicomJson[string] {
  const items = value === null || value === '' ? [] : value;
  if (!Array.isArray(items)) throw bad(`${shown(name)} is a sequence: a list of objects.`);
  return sequence(...items.map((item: unknown) => readTags(item, depth + 1)));
}

function readValue(name: string, tag: string, vr: string, value: unknown): DicomJson[string] {
  const texts = (Array.isArray(value) ? value : [value]).map((one: unknown) => readText(name, one));
  const text = texts.join('\\');
  if (binaryVRs.has(vr)) return readBinary(name, vr, text);
  if (!numberVRs.has(vr)) return attribute(tag, text, vr);
  const numbers = text === '' ? [] : text.split('\\').map(Number);
  if (!numbers.every(Number.isFinite)) throw bad(`${shown(name)} is not a number.`);
  return { vr, ...(numbers.length > 0 ? { Value: numbers } : {}) };
}

function readText(name: string, value: unknown): string {
  if (value === null) return '';
  if (typeof value === 'string' || typeof value === 'number') return String(value).trim();
  throw bad(`The value of ${shown(name)} is neither a text nor a number.`);
}

function readBinary(name: string, vr: string, text: string): DicomJson[string] {
  if (text === '') return { vr };
  const base64 = /^data:[^,]*;base64,([A-Za-z0-9+/]*={0,2})$/.exec(text)?.[1];
  if (base64 === undefined) throw bad(`${shown(name)} holds bytes: give them as a data URI in base64.`);
  return { vr, InlineBinary: base64 };
}
