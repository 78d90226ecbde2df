/** Text to the bytes of a value by SpecificCharacterSet (0008,0005), PS3.5 6.1: the other direction of charset.ts. */
import { codeTable, gb18030Supplementary } from './charset-tables.ts';
import { findCharacterSet } from './charset-terms.ts';
import type { Encoded } from './encode-iso2022.ts';
import { encodeIso2022 } from './encode-iso2022.ts';

// The other VRs are of the default repertoire whatever is declared, PS3.5 6.1.2.2.
const declaredVRs = new Set(['SH', 'LO', 'UC', 'ST', 'LT', 'UT', 'PN', 'UN']);
const delimitersOf: Readonly<Record<string, string>> = { PN: '\\^=', ST: '', LT: '', UT: '' };

/** True where the VR's text depends on SpecificCharacterSet, PS3.5 6.1.2.2. */
export const hasDeclaredText = (vr: string): boolean => declaredVRs.has(vr);

// oxlint-disable-next-line no-control-regex -- the range of ASCII
const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);

const questionMark = 0x3f;

/** One character in a set that knows no code extensions. */
function wholeCode(label: string, character: string): readonly number[] | undefined {
  const code = character.codePointAt(0)!;
  if (code < 0x80) return [code];
  const found = codeTable(label).get(character);
  if (found || label !== 'gb18030') return found;
  return code > 0xffff ? gb18030Supplementary(code) : codeTable('gb18030/4').get(character);
}

function encodeWhole(text: string, label: string): Encoded {
  let isWhole = true;
  const bytes = [...text].flatMap((character) => {
    const code = wholeCode(label, character);
    if (!code) isWhole = false;
    return code ?? questionMark;
  });
  return { bytes, isWhole };
}

function encode(text: string, specificCharacterSet: readonly string[], vr: string): Encoded {
  const declared = specificCharacterSet.map(findCharacterSet);
  const whole = declared.find((set) => set?.kind === 'whole');
  if (whole?.label === 'utf-8') return { bytes: [...Buffer.from(text)], isWhole: text.isWellFormed() };
  return whole ? encodeWhole(text, whole.label) : encodeIso2022(text, declared, delimitersOf[vr] ?? '\\');
}

/**
 * The bytes of a text, without padding; several values are parted by `\`. `specificCharacterSet` are the values of (0008,0005),
 * empty for the default repertoire. What the sets do not have becomes `?`.
 */
export function encodeText(text: string, specificCharacterSet: readonly string[], vr: string): Buffer {
  // An escape character of the text itself would switch the character set of what follows it.
  const plain = text.replaceAll('\x1b', '');
  if (isAscii(plain)) return Buffer.from(plain, 'latin1');
  return Buffer.from(encode(plain, declaredVRs.has(vr) ? specificCharacterSet : [], vr).bytes);
}

/** True where the declared sets have every character of the text; terms that nobody knows have ASCII only. */
export const canEncode = (text: string, specificCharacterSet: readonly string[], vr: string): boolean =>
  isAscii(text) || encode(text, specificCharacterSet, vr).isWhole;
