import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeText } from '#main/dicom/charset.ts';
import { createHeaderReader } from '#main/dicom/header-reader.ts';
import { sequence, text } from '#main/dicom/values.ts';
import { PacsError } from '#shared/errors.ts';
import { corpus, corpusPath, hasSharedData, sharedDataNote } from '../support/shared-data.ts';

const bytes = (latin1: string): Uint8Array => Uint8Array.from(latin1, (letter) => letter.charCodeAt(0));

describe('defined terms', () => {
  // The examples of PS3.5 H.3, I.2, J.3 and K.2, and single sets.
  it.each([
    [[''], 'Plain', 'Plain'],
    [['ISO_IR 6'], 'Plain', 'Plain'],
    [['ISO_IR 100'], 'Buc^J\xe9r\xf4me', 'Buc^Jérôme'],
    [['ISO_IR 101'], '\xafub', 'Żub'],
    [['ISO_IR 109'], '\xa1a\xbb', 'Ħağ'],
    [['ISO_IR 110'], 'B\xearzi\xf1\xb9', 'Bęrziņš'],
    [['ISO_IR 144'], '\xbb\xee\xda', 'Люк'],
    [['ISO_IR 127'], '\xe2\xc8\xc7', 'قبا'],
    [['ISO_IR 126'], '\xc4\xe9\xef', 'Διο'],
    [['ISO_IR 138'], '\xf9\xf8', 'שר'],
    [['ISO_IR 148'], 'Y\xfdld\xfdz', 'Yıldız'],
    [['ISO_IR 203'], '\xbcuvr\xe9', 'Œuvré'],
    [['ISO_IR 166'], '\xbf\xd1\xb9', 'ฟัน'],
    [['ISO_IR 13'], '\xd4\xcf\xc0\xde^\xc0\xdb\xb3', 'ﾔﾏﾀﾞ^ﾀﾛｳ'],
    [['ISO_IR 192'], 'Wang=\xe7\x8e\x8b', 'Wang=王'],
    [['GB18030'], '\xcd\xf5^\xd0\xa1', '王^小'],
    [['GB18030'], '\x81\x30\x89\x38', 'ß'],
    [['GBK'], '\xd5\xc5', '张'],
    [['', 'ISO 2022 IR 87'], 'Yamada=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B', 'Yamada=山田^太郎'],
    [['ISO 2022 IR 13', 'ISO 2022 IR 87'], '\xd4\xcf=\x1b$B;3ED\x1b(J^\x1b$BB@\x1b(J', 'ﾔﾏ=山田^太'],
    [['', 'ISO 2022 IR 87', 'ISO 2022 IR 159'], 'A=\x1b$(D0!\x1b(B^x', 'A=丂^x'],
    [['', 'ISO 2022 IR 149'], 'Hong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce', 'Hong=洪^吉'],
    [['', 'ISO 2022 IR 58'], 'Zhang=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1', 'Zhang=张^小'],
    [['ISO 2022 IR 100', 'ISO 2022 IR 144'], 'Gr\xfcn^\x1b-L\xb8\xd2\xd0\xdd', 'Grün^Иван'],
    [['ISO 2022 IR 100', 'ISO 2022 IR 126'], '\x1b-F\xc4\xe9=\xe9', 'Δι=é'],
  ])('%o', (terms, encoded, expected) => {
    expect(decodeText(bytes(encoded), terms, 'PN')).toBe(expected);
  });

  it('bytes of a delimiter within a character do not end it', () => {
    expect(decodeText(bytes('Cheng^\x81\x5c'), ['GB18030'], 'PN')).toBe('Cheng^乗');
    expect(decodeText(bytes('\x1b$B\x46\x37\x4c\x5c\x1b(B^b'), ['', 'ISO 2022 IR 87'], 'PN')).toBe('瞳目^b');
  });

  it('an escape sequence ends with the line, in a text of several lines', () => {
    expect(decodeText(bytes('\x1b$B;3ED\r\nplain'), ['', 'ISO 2022 IR 87'], 'LT')).toBe('山田\r\nplain');
  });
});

describe('declarations that are wrong', () => {
  it.each([
    'ISO-IR 100',
    'ISO_IR100',
    'iso_ir 100',
    'ISO IR 100',
    'IR 100',
    'ISO 8859-1',
    'ISO-8859-1',
    'ISO 2022 IR 100',
    'LATIN1',
  ])('%s is Latin-1', (term) => expect(decodeText(bytes('M\xfcller'), [term], 'PN')).toBe('Müller'));
  it.each(['UTF-8', 'utf8', 'ISO_IR_192', 'ISO 2022 IR 192'])('%s is UTF-8', (term) =>
    expect(decodeText(bytes('\xe6\xad\xaf'), [term], 'PN')).toBe('歯'),
  );
  it.each([
    ['nothing declared, Latin-1', [], 'M\xfcller', 'Müller'],
    ['nothing declared, UTF-8', [], 'M\xc3\xbcller', 'Müller'],
    ['an unknown set', ['ISO_IR 999'], '\xc5', 'Å'],
    ['UTF-8 declared, Latin-1', ['ISO_IR 192'], 'M\xfcller', 'Müller'],
    ['Latin-1 declared, UTF-8', ['ISO_IR 100'], '\xd0\x96\xd0\xb0', 'Жа'],
    ['UTF-8 cut within a character', ['ISO_IR 192'], '\xe6\xad\xaf\xe6\xad', '歯\ufffd'],
    ['overlong UTF-8', ['ISO_IR 192'], 'A\xc0\xaf', 'A\ufffd\ufffd'],
    ['code extensions not declared', [], '\x1b$B;3ED\x1b(B', '山田'],
    ['an escape sequence of nothing', ['', 'ISO 2022 IR 87'], 'a\x1bz', 'az'],
    ['half a character', ['', 'ISO 2022 IR 87'], 'a\x1b$B;', 'a\ufffd'],
  ])('%s', (_, terms, encoded, expected) => expect(decodeText(bytes(encoded), terms, 'PN')).toBe(expected));

  it('never throws, whatever the bytes and the declaration', () => {
    const terms = [
      '',
      'ISO 2022 IR 87',
      'ISO 2022 IR 149',
      'ISO 2022 IR 13',
      'GB18030',
      'ISO_IR 192',
      'ISO_IR 166',
      '\ufffd',
    ];
    let seed = 1;
    for (let round = 0; round < 3000; round++) {
      const noise = Uint8Array.from({ length: 24 }, () =>
        (seed = (seed * 48_271) % 0x7fff_ffff) % 7 ? seed & 255 : 0x1b,
      );
      const declared = [terms[round % 8]!, terms[(round >> 3) % 8]!];
      expect(typeof decodeText(noise, declared, round % 2 ? 'PN' : 'LT')).toBe('string');
    }
  });
});

// A trailing `=` says that the third component group is empty; readers of the manifest differ in keeping it.
const name = (text: string | undefined) => text?.replace(/=+$/, '');

describe.skipIf(!hasSharedData)(`patient names of the corpus${sharedDataNote}`, () => {
  // Names that no reader of the manifest could make sense of, and that we read (or a printed list instead of a value).
  const readBetter: Record<string, string> = {
    'broken/own_charset_latin1_is_utf8.dcm': 'Жанна^Ö',
    'broken/own_charset_utf8_is_latin1.dcm': 'Müller^Jörg',
    'broken/own_charset_bad_escape.dcm': 'A^瓜韻\ufffd',
    'broken/fuzz_cat16_cve_dcmtk_null_pathtraversal/TC0887_pathtraversal_win_sam.dcm':
      '..\\..\\..\\Windows\\System32\\config\\SAM',
  };
  const named = corpus.filter((file) => !file.kind && file.expected?.patient_name_utf8 != null);

  it.each(['charsets/', ''])('%s', (folder) => {
    let compared = 0;
    for (const file of named.filter(({ path }) => path.startsWith(folder))) {
      const reader = createHeaderReader();
      reader.write(readFileSync(corpusPath(file)));
      if (reader.fault) continue;
      let found: string | undefined;
      try {
        found = name(text(reader.end(), '00100010'));
      } catch (error) {
        if (error instanceof PacsError && !folder) continue;
        throw error;
      }
      const expected = name(readBetter[file.path] ?? file.expected!.patient_name_utf8!);
      // The manifest shortens long names.
      const isShort = expected!.length < 200;
      expect([file.path, isShort ? found : found?.slice(0, 100)]).toEqual([
        file.path,
        isShort ? expected : expected!.slice(0, 100),
      ]);
      compared++;
    }
    expect(compared).toBeGreaterThan(folder ? 38 : 650);
  });

  it('a sequence may have a character set of its own', () => {
    for (const path of ['charsets/chrSQEncoding.dcm', 'charsets/chrSQEncoding1.dcm']) {
      const reader = createHeaderReader();
      reader.write(readFileSync(corpusPath(corpus.find((file) => file.path === path)!)));
      const [item] = sequence(reader.end(), '00321064');
      expect(text(item!, '00100010')).toBe('ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう');
    }
  });
});
