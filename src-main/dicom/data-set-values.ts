/** Reads and makes values of data sets in the DICOM JSON Model. */
import { findEntry } from '#shared/dictionary.ts';
import type { DicomJson } from './dicom-json.ts';
import { jsonTexts } from './json-texts.ts';

/** The values of a tag as texts (names with `=` between component groups); none where it is absent, empty, a sequence or bytes. */
export function texts(dataSet: DicomJson, tag: string): readonly string[] {
  const { vr, Value } = dataSet[tag] ?? {};
  return vr === undefined || vr === 'SQ' || !Value ? [] : jsonTexts(vr, Value);
}

/** The value of a tag as text, several joined by `\`. */
export const text = (dataSet: DicomJson, tag: string): string => texts(dataSet, tag).join('\\');

/** The items of a sequence; none where it is absent. */
export const items = (dataSet: DicomJson, tag: string): readonly DicomJson[] =>
  dataSet[tag]?.vr === 'SQ' ? ((dataSet[tag].Value ?? []) as readonly DicomJson[]) : [];

/** An attribute with a text, several values parted by `\`; names become their component groups. The VR is the dictionary's if not said. */
export function attribute(tag: string, value: string, vr = findEntry(tag)?.vr ?? 'LO'): DicomJson[string] {
  if (value === '') return { vr };
  if (vr !== 'PN') return { vr, Value: value.split('\\') };
  return { vr, Value: value.split('\\').map(personName) };
}

function personName(value: string): Record<string, string> {
  const groups = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;
  const parts = value.split('=').slice(0, 3);
  return Object.fromEntries(parts.flatMap((part, at) => (part === '' ? [] : [[groups[at]!, part]])));
}

/** A sequence of these items. */
export const sequence = (...Value: readonly DicomJson[]): DicomJson[string] => ({ vr: 'SQ', Value });
