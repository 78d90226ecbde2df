/** The data dictionary of PS3.6: what a tag is called, and of which VR its value is. */
import { dictionaryRows } from './dictionary-data.ts';

/** One row of the dictionary. */
export interface DictionaryEntry {
  /** Eight hexadecimal digits in upper case; `x` where any digit fits (repeating groups, PS3.5 7.6). */
  readonly tag: string;
  readonly keyword: string;
  readonly name: string;
  /** Two letters. `xs` is US or SS, `ox` is OB or OW, `lt` is US, SS or OW: other elements of the data set tell. `--` is none. */
  readonly vr: string;
}

interface Tables {
  readonly byTag: ReadonlyMap<string, DictionaryEntry>;
  readonly byKeyword: ReadonlyMap<string, DictionaryEntry>;
  readonly repeating: readonly { readonly pattern: RegExp; readonly entry: DictionaryEntry }[];
}

const inWords = (keyword: string): string =>
  keyword.replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2').replace(/([a-z0-9])([A-Z])/g, '$1 $2');

function entryOf(row: string): DictionaryEntry {
  const [keyword = '', name = inWords(keyword)] = row.slice(10).split('=');
  return { tag: row.slice(0, 8), vr: row.slice(8, 10), keyword, name };
}

function read(): Tables {
  const entries = dictionaryRows.split(/[|\n]/).map(entryOf);
  const repeating = entries.filter((entry) => entry.tag.includes('x'));
  return {
    byTag: new Map(entries.map((entry) => [entry.tag, entry])),
    byKeyword: new Map(entries.map((entry) => [entry.keyword, entry])),
    repeating: repeating.map((entry) => ({
      entry,
      pattern: new RegExp(`^${entry.tag.replaceAll('x', '[0-9A-F]')}$`),
    })),
  };
}

let tables: Tables | undefined;

/** The row of a tag (eight hexadecimal digits, any case) or of a keyword, or undefined: private and unknown ones have none. */
export function findEntry(tagOrKeyword: string): DictionaryEntry | undefined {
  tables ??= read();
  const tag = tagOrKeyword.toUpperCase();
  const exact = tables.byTag.get(tag) ?? tables.byKeyword.get(tagOrKeyword);
  return exact ?? tables.repeating.find(({ pattern }) => pattern.test(tag))?.entry;
}
