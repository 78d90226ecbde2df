/** Matches data sets against the identifier of a query, sequences included (PS3.4 C.2.2.2 and K.6.1.2). */
import { findEntry } from '#shared/dictionary.ts';
import { PacsError } from '#shared/errors.ts';
import type { DicomJson } from './dicom-json.ts';
import { items, texts } from './data-set-values.ts';
import { isWithin, normal, parseKey, valueTest, type MatchOptions } from './match-value.ts';

/** True for a data set that the query means. */
export type DataSetTest = (dataSet: DicomJson) => boolean;

/* What an identifier says besides its keys: character set, level, view, time zone, availability. */
const notKeys = new Set(['00080005', '00080052', '00080053', '00080056', '00080201']);
const unmatched = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN', 'AT']);

/* Dates and times that belong together, here of the start of a scheduled procedure step: two ranges make one window from moment to moment (PS3.4 K.6.1.2, table K.6-1). */
const moments = [['00400002', '00400003']] as const;

/** True for a tag of an identifier that is a key. */
export const isKey = (tag: string): boolean => !notKeys.has(tag) && !tag.endsWith('0000') && !tag.startsWith('0002');

const isPrivate = (tag: string): boolean => Number.parseInt(tag.slice(0, 4), 16) % 2 === 1;

/* What comes without a VR (implicit, not in the dictionary) cannot be compared; private ones mean something else everywhere. */
const vrOf = (tag: string, vr: string): string => (vr === 'UN' ? (findEntry(tag)?.vr ?? 'UN') : vr);

/** True where the identifier asks for a value of an attribute that is not matched here (a private one, or bytes). */
export function hasUnsupportedKey(identifier: DicomJson): boolean {
  return Object.entries(identifier).some(([tag, { vr, Value, InlineBinary }]) => {
    if (vr === 'SQ') return items(identifier, tag).some((item) => hasUnsupportedKey(item));
    const isAsked = (Value?.length ?? 0) > 0 || InlineBinary !== undefined;
    return isKey(tag) && isAsked && (isPrivate(tag) || unmatched.has(vr));
  });
}

/**
 * The test that an identifier makes; build it once, for it parses. Private keys and bytes are not regarded.
 * @throws PacsError bad-request for a date or time of no form, and for a sequence of several items
 */
export function dataSetTest(identifier: DicomJson, options: MatchOptions): DataSetTest {
  const windows = moments.flatMap(([date, time]) => momentTest(identifier, date, time));
  const combined = new Set(windows.length > 0 ? moments.flat() : []);
  const tests = Object.entries(identifier)
    .filter(([tag]) => isKey(tag) && !isPrivate(tag) && !combined.has(tag as never))
    .flatMap(([tag, { vr }]) =>
      vr === 'SQ' ? sequenceTest(identifier, tag, options) : keyTest(identifier, tag, options),
    );
  const all = [...windows, ...tests];
  return (dataSet) => all.every((test) => test(dataSet));
}

function keyTest(identifier: DicomJson, tag: string, options: MatchOptions): DataSetTest[] {
  const vr = vrOf(tag, identifier[tag]!.vr);
  if (unmatched.has(vr)) return [];
  const match = parseKey(vr, texts(identifier, tag));
  if (!match) return [];
  const test = valueTest(vr, match, options);
  return [(dataSet) => test(texts(dataSet, tag))];
}

function sequenceTest(identifier: DicomJson, tag: string, options: MatchOptions): DataSetTest[] {
  const [item, ...more] = items(identifier, tag);
  if (more.length > 0) throw new PacsError('bad-request', 'A sequence of a query has more than one item.');
  const isUniversal = !item || !Object.keys(item).some((key) => isKey(key));
  if (isUniversal) return [];
  const test = dataSetTest(item, options);
  return hasKeyValue(item) ? [(dataSet) => items(dataSet, tag).some(test)] : [];
}

const hasKeyValue = (item: DicomJson): boolean =>
  Object.entries(item).some(([tag, { vr, Value = [] }]) =>
    vr === 'SQ'
      ? items(item, tag).some(hasKeyValue)
      : isKey(tag) && Value.some((value) => value !== null && value !== ''),
  );

function momentTest(identifier: DicomJson, date: string, time: string): DataSetTest[] {
  const days = identifier[date] && parseKey('DA', texts(identifier, date));
  const hours = identifier[time] && parseKey('TM', texts(identifier, time));
  if (days?.kind !== 'range' || hours?.kind !== 'range') return [];
  const from = days.from && days.from + (hours.from ?? '');
  const to = days.to && days.to + (hours.to ?? '');
  return [
    (dataSet) => {
      const day = normal('DA', texts(dataSet, date)[0] ?? '');
      return day !== '' && isWithin(day + normal('TM', texts(dataSet, time)[0] ?? ''), from, to);
    },
  ];
}
