/** Values of a data set as text and numbers: decoded, without padding, by tag. */
import { decodeText } from './charset.ts';
import type { DataSet, Element, Header } from './data-set.ts';
import { decodeNumbers, parseDecimal } from './numbers.ts';

/** What values are read from: a header, or an item of a sequence as `sequence` gives it. */
export interface ValueSource extends Pick<Header, 'dataSet' | 'littleEndian'> {
  /** What holds where the data set itself has no SpecificCharacterSet, PS3.3 C.12.1.1.2. */
  readonly characterSet?: readonly string[];
}

const characterSets = new WeakMap<DataSet, readonly string[]>();
const none: readonly string[] = [];

/** The values of SpecificCharacterSet that hold in a data set; empty for the default repertoire. */
export function characterSetOf({ dataSet, characterSet = none }: ValueSource): readonly string[] {
  const value = dataSet.get('00080005')?.value;
  if (!value) return characterSet;
  let terms = characterSets.get(dataSet);
  if (!terms) characterSets.set(dataSet, (terms = decodeText(value, none, 'CS').split('\\').map(trim)));
  return terms;
}

const trim = (text: string): string => text.replaceAll('\0', '').replace(/^ +/, '').replace(/ +$/, '');
const trimEnd = (text: string): string => text.replaceAll('\0', '').replace(/ +$/, '');

// Leading spaces count in these, PS3.5 6.2; the first three hold one value, in which a backslash is a letter.
const single = new Set(['ST', 'LT', 'UT', 'UR']);
const isText = new Set('AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UN UR UT'.split(' '));

/** The texts of an element: several values apart, or undefined for a VR that holds no text. */
export function elementTexts(source: ValueSource, { vr, value }: Element): string[] | undefined {
  if (!isText.has(vr)) return undefined;
  if (!value || value.length === 0) return [];
  const decoded = decodeText(value, characterSetOf(source), vr);
  if (single.has(vr)) return [trimEnd(decoded)];
  // A whole value of padding is an empty one.
  const texts = decoded.split('\\').map(vr === 'UC' ? trimEnd : trim);
  return texts.length === 1 && texts[0] === '' ? [] : texts;
}

const hexTag = (tag: number): string => tag.toString(16).toUpperCase().padStart(8, '0');

function valuesAsText(source: ValueSource, tag: string): string[] | undefined {
  const element = source.dataSet.get(tag);
  if (!element || element.items) return undefined;
  const found = elementTexts(source, element);
  if (found || element.vr.startsWith('O')) return found;
  return decodeNumbers(element, source.littleEndian).map(element.vr === 'AT' ? hexTag : String);
}

/**
 * The value of a tag as text, several values joined by `\`; binary numbers in decimals, AT as eight digits. Empty for an
 * element without a value, undefined for one that is absent, a sequence, or bytes.
 */
export const text = (source: ValueSource, tag: string): string | undefined => valuesAsText(source, tag)?.join('\\');

/** The values of a tag as texts; none where it is absent or empty. */
export const texts = (source: ValueSource, tag: string): readonly string[] => valuesAsText(source, tag) ?? none;

/** The values of a tag as numbers: binary VRs in their byte order, DS and IS parsed; NaN in the place of what is no number. */
export function numbers(source: ValueSource, tag: string): number[] {
  const element = source.dataSet.get(tag);
  if (!element) return [];
  const found = elementTexts(source, element);
  return found ? found.map(parseDecimal) : decodeNumbers(element, source.littleEndian);
}

/** The first value of a tag as a finite number, or undefined. */
export function number(source: ValueSource, tag: string): number | undefined {
  const [first] = numbers(source, tag);
  return first !== undefined && Number.isFinite(first) ? first : undefined;
}

/** The items of a sequence, to read values from in turn; none where it is absent. */
export function sequence(source: ValueSource, tag: string): readonly ValueSource[] {
  const items = source.dataSet.get(tag)?.items ?? [];
  const characterSet = characterSetOf(source);
  return items.map((dataSet) => ({ dataSet, littleEndian: source.littleEndian, characterSet }));
}
