/** The catalogue of visible strings: every language has every string with the same holes, and none is there for nothing. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { de } from '#window/i18n/de.ts';
import { en } from '#window/i18n/en.ts';
import { root } from '../support/shared-data.ts';

type Texts = { readonly [key: string]: string | Texts };

const leaves = (texts: Texts, path = ''): [string, string][] =>
  Object.entries(texts).flatMap(([key, text]) =>
    typeof text === 'string' ? [[path + key, text] as [string, string]] : leaves(text, `${path}${key}.`),
  );
const holes = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).toSorted();

const source = globSync('src-renderer/**/*.{ts,tsx}', { cwd: root })
  .filter((file) => !file.includes('i18n'))
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');

/** The beginnings and ends of keys that are put together while the program runs, such as `error.${code}`. */
const composed = [...source.matchAll(/`([\w.]*)\$\{[^}`]+\}([\w.]*)`/g)].filter(([, begin, end]) =>
  `${begin}${end}`.includes('.'),
);

/** A key is used where it is written, or where it is put together; then what stands for the hole is written too, unless a type names it. */
function isUsed(key: string): boolean {
  if (source.includes(`'${key}'`)) return true;
  return composed.some(([, begin = '', end = '']) => {
    if (!key.startsWith(begin) || !key.endsWith(end)) return false;
    return begin !== '' || source.includes(`'${key.slice(0, -end.length)}'`);
  });
}

describe('the catalogue', () => {
  it('has the same strings with the same holes in German', () => {
    const shape = (texts: Texts) => leaves(texts).map(([key, text]) => [key, holes(text)]);
    expect(shape(de)).toEqual(shape(en));
  });

  it('has no string that nobody shows', () => {
    const unused = leaves(en)
      .map(([key]) => key.replace(/_(one|other)$/, ''))
      .filter((key) => !isUsed(key));
    expect(unused).toEqual([]);
  });
});
