import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeText } from '#main/dicom/charset.ts';
import { chooseCharacterSet } from '#main/dicom/choose-character-set.ts';
import type { Element } from '#main/dicom/data-set.ts';
import { canEncode, encodeText, hasDeclaredText } from '#main/dicom/encode-text.ts';
import { createHeaderReader } from '#main/dicom/header-reader.ts';
import { characterSetOf, type ValueSource } from '#main/dicom/read-values.ts';
import { corpus, corpusPath, hasSharedData, sharedDataNote } from '../support/shared-data.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

describe('the bytes of texts', () => {
  // Written out in PS3.5 Annexes H, I, J and K, or in the tables of the sets.
  it.each([
    ['Latin-1', ['ISO_IR 100'], 'Müller^Jörg', 'M\xfcller^J\xf6rg'],
    ['Latin-9', ['ISO_IR 203'], '€', '\xa4'],
    ['Greek', ['ISO_IR 126'], 'Διονυσιος', '\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2'],
    ['UTF-8', ['ISO_IR 192'], 'Wang^XiaoDong=王^小東', 'Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1'],
    ['GB 18030', ['GB18030'], 'Wang^XiaoDong=王^小东', 'Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab'],
    ['GB 18030 with four bytes', ['GB18030'], '㐂𠮷', '\x81\x39\xef\x31\x95\x34\xb2\x35'],
    [
      'H.3.1: kanji without a first set',
      ['', 'ISO 2022 IR 87'],
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
      'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B',
    ],
    [
      'H.3.2: kanji beside half-width katakana',
      ['ISO 2022 IR 13', 'ISO 2022 IR 87'],
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
      '\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J',
    ],
    [
      'I.2: Korean',
      ['', 'ISO 2022 IR 149'],
      'Hong^Gildong=洪^吉洞=홍^길동',
      'Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf',
    ],
    [
      'K.2: simplified Chinese',
      ['', 'ISO 2022 IR 58'],
      'Zhang^XiaoDong=张^小东',
      'Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab',
    ],
    ['JIS X 0212', ['', 'ISO 2022 IR 87', 'ISO 2022 IR 159'], '丂', '\x1b$(D0!\x1b(B'],
    ['Latin-1 and Cyrillic in one value', ['ISO 2022 IR 100', 'ISO 2022 IR 144'], 'éЛ^ü', '\xe9\x1b-L\xbb\x1b-A^\xfc'],
  ])('%s', (_, terms, text, expected) => {
    expect(hex(encodeText(text, terms, 'PN'))).toBe(expected);
    expect(canEncode(text, terms, 'PN')).toBe(true);
    expect(decodeText(encodeText(text, terms, 'PN'), terms, 'PN')).toBe(text);
  });

  it.each([
    ['ASCII only', [], 'Müller', 'M?ller'],
    ['an unknown set', ['ISO_IR 999'], 'Müller', 'M?ller'],
    ['Latin-1', ['ISO_IR 100'], '山田 €', '?? ?'],
    ['a lone surrogate', ['ISO_IR 192'], 'a\ud800', 'a\xef\xbf\xbd'],
    ['kanji that JIS X 0208 does not have', ['', 'ISO 2022 IR 87'], '山丂', '\x1b$B;3\x1b(B?'],
  ])('%s does not have every character', (_, terms, text, expected) => {
    expect(canEncode(text, terms, 'LO')).toBe(false);
    expect(hex(encodeText(text, terms, 'LO'))).toBe(expected);
  });

  it('a text cannot switch the set of what follows it, nor leave the default repertoire where its VR has no other', () => {
    expect(hex(encodeText('\x1b-LMüller', ['ISO_IR 100'], 'LO'))).toBe('-LM\xfcller');
    expect(hex(encodeText('BRÜCKE', ['ISO_IR 192'], 'CS'))).toBe('BR?CKE');
  });

  const single = [100, 101, 109, 110, 144, 127, 126, 138, 148, 203, 166, 13];
  it.each(single.map((number) => `ISO_IR ${number}`))('%s: every character, both ways', (term) => {
    let known = 0;
    for (let byte = 0xa0; byte < 0x100; byte++) {
      const text = decodeText(Uint8Array.of(byte, 0x41), [term], 'LO').slice(0, -1);
      if (text.includes('\ufffd') || /[\ue000-\uf8ff]/.test(text) || text.length !== 1 || text.codePointAt(0)! < 0x80)
        continue;
      expect([byte, hex(encodeText(text, [term], 'LO'))]).toEqual([byte, String.fromCharCode(byte)]);
      known++;
    }
    expect(known).toBeGreaterThan(term === 'ISO_IR 127' ? 45 : 55);
  });

  it.each([
    [['GB18030'], 0x80, 0xffff],
    [['GBK'], 0x4e00, 0x9fa5],
    [['ISO_IR 192'], 0x80, 0xffff],
    [['', 'ISO 2022 IR 149'], 0xac00, 0xac10],
    [['ISO 2022 IR 13', 'ISO 2022 IR 87', 'ISO 2022 IR 159'], 0x3041, 0x30f6],
  ])('%s from %i to %i, both ways', (terms, from, to) => {
    let [whole, count] = [0, 0];
    for (let code = from; code <= to; code++) {
      const character = String.fromCharCode(code);
      if (/[\ud800-\uf8ff\ufffd\ufeff\x80-\x9f]/.test(character)) continue;
      count++;
      if (!canEncode(character, terms, 'LO')) continue;
      whole++;
      expect(decodeText(encodeText(`${character}a`, terms, 'LO'), terms, 'LO')).toBe(`${character}a`);
    }
    expect(whole / count).toBeGreaterThan(terms.includes('ISO 2022 IR 149') ? 0.3 : 0.94);
  });
});

describe('the character set of an answer', () => {
  const named = (name: string) => ({ '00100010': { vr: 'PN', Value: [{ Alphabetic: name }] } });
  const nested = { '00400100': { vr: 'SQ', Value: [null, { '00400007': { vr: 'LO', Value: ['Füllung'] } }] } };

  it.each([
    ['ASCII', named('Mueller'), [], []],
    ['ASCII in a code string of the archive', { '00180015': { vr: 'CS', Value: ['BRÜCKE'] } }, [], []],
    ['what was asked for', named('Müller'), ['ISO_IR 100'], ['ISO_IR 100']],
    ['what was asked for, misspelt', named('Müller'), ['ISO-IR 100'], ['ISO-IR 100']],
    ['not ASCII', named('Müller'), [], ['ISO_IR 192']],
    ['not what was asked for', named('山田'), ['ISO_IR 100'], ['ISO_IR 192']],
    ['an unknown set', named('Mueller'), ['ISO_IR 999'], ['ISO_IR 192']],
    ['a text within a sequence', nested, ['ISO_IR 144'], ['ISO_IR 192']],
    ['kanji', named('山田^太郎'), ['', 'ISO 2022 IR 87'], ['', 'ISO 2022 IR 87']],
  ])('%s', (_, json, wanted, expected) => expect(chooseCharacterSet(json, wanted)).toEqual(expected));
});

describe.skipIf(!hasSharedData)(`every text of the character set corpus${sharedDataNote}`, () => {
  function* textElements(source: ValueSource): Generator<readonly [readonly string[], Element]> {
    for (const element of source.dataSet.values()) {
      const characterSet = characterSetOf(source);
      if (element.items) for (const dataSet of element.items) yield* textElements({ ...source, dataSet, characterSet });
      else if (element.value && hasDeclaredText(element.vr) && element.vr !== 'UN') yield [characterSet, element];
    }
  }

  it('is read, written and read again without a change', () => {
    let [texts, same] = [0, 0];
    for (const file of corpus.filter(({ path }) => path.startsWith('charsets/'))) {
      const reader = createHeaderReader();
      reader.write(readFileSync(corpusPath(file)));
      for (const [terms, { value, vr, tag }] of textElements(reader.end())) {
        const text = decodeText(value!, terms, vr);
        if (/^[\0-\x7f]*$/.test(text)) continue;
        const bytes = encodeText(text, terms, vr);
        const where = `${file.path} ${tag} ${terms.join('\\')}`;
        expect([where, canEncode(text, terms, vr), decodeText(bytes, terms, vr)]).toEqual([where, true, text]);
        texts++;
        if (Buffer.compare(bytes, value!) === 0) same++;
      }
    }
    expect(texts).toBeGreaterThan(45);
    // The others escape where there is no need to.
    expect(same / texts).toBeGreaterThan(0.8);
  });
});
