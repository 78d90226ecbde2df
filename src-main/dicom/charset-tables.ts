/** Character sets the other way round: from a character to its bytes, made once from the decoders when first asked for. */
import { decodeLabel } from './charset-terms.ts';

/** The bytes of each character of a set. */
export type CodeTable = ReadonlyMap<string, readonly number[]>;

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

const pairs = (leads: readonly number[], trails: readonly number[]): number[][] =>
  leads.flatMap((lead) => trails.map((trail) => [lead, trail]));

const separator = 0x0a;
// Places that a decoder fills with what no standard knows: private use, the replacement character, C1 control characters.
const isNoCharacter = /^[\ue000-\uf8ff\ufffd\x80-\x9f]$/;

/** Codes one behind the other with a line feed after each; `mark` is put before each code for the decoder only. */
function joined(codes: readonly (readonly number[])[], mark: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(codes.reduce((sum, code) => sum + mark.length + code.length + 1, 0));
  let at = 0;
  for (const code of codes) {
    for (const byte of mark) bytes[at++] = byte;
    for (const byte of code) bytes[at++] = byte;
    bytes[at++] = separator;
  }
  return bytes;
}

/* Of several codes of one character the first counts. */
function tableOf(label: string, codes: readonly (readonly number[])[], mark: readonly number[] = []): CodeTable {
  const decoded = decodeLabel(label, joined(codes, mark)).split('\n');
  const table = new Map<string, readonly number[]>();
  codes.forEach((code, index) => {
    const character = decoded[index]!;
    const isOne = character.length === (character.codePointAt(0)! > 0xffff ? 2 : 1);
    if (isOne && !isNoCharacter.test(character) && !table.has(character)) table.set(character, code);
  });
  return table;
}

const high = range(0xa1, 0xfe);
const gbTrails = [...range(0x40, 0x7e), ...range(0x80, 0xfe)];
const big5Trails = [...range(0x40, 0x7e), ...high];
const singles = (from: number, to: number) => range(from, to).map((byte) => [byte]);

const makers: Readonly<Record<string, () => CodeTable>> = {
  // Half-width katakana, the upper half of JIS X 0201.
  shift_jis: () => tableOf('shift_jis', singles(0xa1, 0xdf)),
  'euc-kr': () => tableOf('euc-kr', pairs(high, high)),
  // GB 2312, the part of GBK that ISO-IR 58 names.
  'gbk/58': () => tableOf('gbk', pairs(range(0xa1, 0xf7), high)),
  gbk: () => tableOf('gbk', pairs(range(0x81, 0xfe), gbTrails)),
  gb18030: () => tableOf('gb18030', pairs(range(0x81, 0xfe), gbTrails)),
  'gb18030/4': () => tableOf('gb18030', fourBytes()),
  big5: () => tableOf('big5', pairs([...high, ...range(0x81, 0xa0)], big5Trails)),
  'euc-jp/$B': () => sevenBits(tableOf('euc-jp', pairs(high, high))),
  'euc-jp/$(D': () => sevenBits(tableOf('euc-jp', pairs(high, high), [0x8f])),
  'windows-1250': () => tableOf('windows-1250', singles(0x80, 0xff)),
  'windows-1251': () => tableOf('windows-1251', singles(0x80, 0xff)),
};

// Codes of the Basic Multilingual Plane only; the others follow a formula.
const fourBytes = (): number[][] =>
  pairs(range(0x81, 0x84), range(0x30, 0x39)).flatMap((first) =>
    pairs(range(0x81, 0xfe), range(0x30, 0x39)).map((second) => [...first, ...second]),
  );

const sevenBits = (table: CodeTable): CodeTable =>
  new Map([...table].map(([character, code]) => [character, code.map((byte) => byte & 0x7f)]));

const made = new Map<string, CodeTable>();

/** The table of that name: a WHATWG label, `euc-jp/$B` (JIS X 0208), `euc-jp/$(D` (JIS X 0212), `gbk/58` or `gb18030/4`. */
export function codeTable(name: string): CodeTable {
  let table = made.get(name);
  // The others are sets of ISO 8859: what they have from 80 to 9F are control characters.
  if (!table) made.set(name, (table = makers[name]?.() ?? tableOf(name, singles(0xa0, 0xff))));
  return table;
}

/** The four bytes of a character beyond the Basic Multilingual Plane in GB 18030. */
export function gb18030Supplementary(codePoint: number): readonly number[] {
  const linear = codePoint - 0x1_0000;
  return [
    0x90 + Math.floor(linear / 12_600),
    0x30 + (Math.floor(linear / 1260) % 10),
    0x81 + (Math.floor(linear / 10) % 126),
    0x30 + (linear % 10),
  ];
}
