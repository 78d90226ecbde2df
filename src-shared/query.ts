/** A DICOM query as a value: what C-FIND, QIDO-RS, /tools/find and the search box all ask the archive. */
import { findAttribute, type IndexedKeyword, type Level } from './attributes.ts';

/** How one key is matched, PS3.4 C.2.2.2. Absent keys are universal. */
export type Match =
  | { readonly kind: 'single'; readonly value: string }
  /** `*` stands for any run of characters, `?` for one. */
  | { readonly kind: 'wildcard'; readonly pattern: string }
  /** UID list, or several values of which one must match. */
  | { readonly kind: 'list'; readonly values: readonly string[] }
  /** Inclusive; an absent end is open. DA `YYYYMMDD`, TM `HHMMSS.FFFFFF`; an end such as `10` means all of the hour 10. */
  | { readonly kind: 'range'; readonly from?: string; readonly to?: string }
  /** Words in any order, each a prefix of some part of the value; case and accents ignored. */
  | { readonly kind: 'fuzzy'; readonly words: string };

/** One query. Rows come back at `level`, named by DICOM keyword. */
export interface Query {
  readonly level: Level;
  readonly keys: Partial<Record<IndexedKeyword, Match>>;
  /** Quick search: every word must occur in the patient's name (any component group), an identifier, or a description. */
  readonly text?: string;
  readonly order?: readonly { readonly key: IndexedKeyword | 'ReceivedAt'; readonly descending?: boolean }[];
  readonly limit?: number;
  readonly offset?: number;
  /** Person names with regard to case and accents; by default without. */
  readonly caseSensitive?: boolean;
  /** Ranges of a date and of its time are one range, from the first date and time to the last, PS3.4 C.2.2.2.5. */
  readonly combined?: boolean;
  /** Only these columns; without it all of the level and of those above that need not be counted, and ReceivedAt. */
  readonly fields?: readonly IndexedKeyword[];
  /** Only what belongs to a study with this label. */
  readonly label?: string;
}

/**
 * The Match that a key's text asks for by the rules of PS3.4 C.2.2.2: empty or `*` is universal (undefined), `\` and `,`
 * (UIDs only) separate a list, `-` makes a range of dates or times, `*` and `?` are wildcards where the VR has them.
 */
export function parseMatch(keyword: string, text: string): Match | undefined {
  const vr = findAttribute(keyword)?.vr ?? 'LO';
  const value = text.trim();
  if (value === '' || /^\*+$/.test(value)) return undefined;
  const values = value
    .split(vr === 'UI' ? /[\\,]/ : '\\')
    .map((part) => part.trim())
    .filter(Boolean);
  if (values.length > 1) return { kind: 'list', values };
  const only = values[0] ?? value;
  if (vr === 'DA' || vr === 'TM') return parseRange(vr, only);
  if (vr !== 'UI' && /[*?]/.test(only)) return { kind: 'wildcard', pattern: only };
  return { kind: 'single', value: only };
}

function parseRange(vr: 'DA' | 'TM', text: string): Match | undefined {
  const dash = text.indexOf('-');
  if (dash < 0) return { kind: 'single', value: plainValue(vr, text) };
  const [from, to] = [plainValue(vr, text.slice(0, dash).trim()), plainValue(vr, text.slice(dash + 1).trim())];
  if (!from && !to) return undefined;
  return { kind: 'range', ...(from ? { from } : {}), ...(to ? { to } : {}) };
}

/** A value as it is kept and matched: dates and times without the signs of ACR-NEMA (`2024.01.31`, `10:15:30`), PS3.5 6.2. */
export function plainValue(vr: string, value: string): string {
  if (vr === 'DA') return value.replace(/\b(\d{4})\.(\d\d)\.(\d\d)\b/g, '$1$2$3');
  return vr === 'TM' ? value.replace(/:(?=\d)/g, '') : value;
}

/* Letters that Unicode does not take apart, as they are typed on other keyboards. */
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  ħ: 'h',
};

/**
 * Folds text for comparison: canonical decomposition without accents (signs that make another letter, as in kana, stay), lower case, runs of white space and the
 * PN delimiters `^` and `=` to one space. Scripts are kept, so 山田 finds 山田.
 */
export function fold(text: string): string {
  /* Most of what comes is plain ASCII, which needs none of it. */
  const plain = isAscii(text) ? text.toLowerCase() : foldLetters(text);
  return plain.replace(/[\s^=,]+/g, ' ').trim();
}

// oxlint-disable-next-line no-control-regex -- the range of ASCII
const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);

/* The blocks of combining diacritical marks; the marks of kana and of Indic scripts are other blocks. */
const accents = /[\u0300-\u036f]|[\u1ab0-\u1aff]|[\u1dc0-\u1dff]/g;

const foldLetters = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(accents, '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[ßłøđðþæœıħ]/g, (letter) => letters[letter] ?? letter);
