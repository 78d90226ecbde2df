/** Text with code extensions: escape sequences that switch character sets within a value, PS3.5 6.1.2.4 and 6.1.2.5. */
import type { CharacterSet } from './charset-terms.ts';
import { decodeLabel } from './charset-terms.ts';

/** What the two halves of the code mean at one place of a text. */
interface State {
  readonly left: Left;
  /** WHATWG label of the upper half. */
  readonly right: string | undefined;
}

type Left = 'single' | 'kanji' | 'supplementary kanji' | 'katakana';

const escape = 0x1b;

// The final bytes of PS3.3 tables C.12-3 and C.12-4 after ESC.
const sequences: readonly (readonly [string, Partial<State>])[] = [
  ['$(D', { left: 'supplementary kanji' }],
  ['$)C', { right: 'euc-kr' }],
  ['$)A', { right: 'gbk' }],
  ['$(C', { left: 'single' }],
  ['$B', { left: 'kanji' }],
  ['$@', { left: 'kanji' }],
  ['(B', { left: 'single' }],
  ['(J', { left: 'single' }],
  ['(I', { left: 'katakana' }],
  [')I', { right: 'shift_jis' }],
  [')J', {}],
  ['-A', { right: 'windows-1252' }],
  ['-B', { right: 'iso-8859-2' }],
  ['-C', { right: 'iso-8859-3' }],
  ['-D', { right: 'iso-8859-4' }],
  ['-L', { right: 'iso-8859-5' }],
  ['-G', { right: 'iso-8859-6' }],
  ['-F', { right: 'iso-8859-7' }],
  ['-H', { right: 'iso-8859-8' }],
  ['-M', { right: 'windows-1254' }],
  ['-T', { right: 'windows-874' }],
  ['-b', { right: 'iso-8859-15' }],
];

const startsWith = (bytes: Uint8Array, at: number, text: string): boolean => {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return true;
};

/** How many bytes from `at` on are in the same half (and, left, no delimiter), and of them whole characters. */
function runLength(bytes: Uint8Array, at: number, left: Left, delimiters: string): number {
  const isRight = bytes[at]! >= 0x80;
  const ends = (byte: number) =>
    isRight
      ? byte < 0x80
      : byte < 0x20 || byte >= 0x80 || (left === 'single' && delimiters.includes(String.fromCharCode(byte)));
  let end = at + 1;
  while (end < bytes.length && !ends(bytes[end]!)) end++;
  return end - at;
}

function decodeLeft(bytes: Uint8Array, left: Left): string {
  if (left === 'single') return decodeLabel('windows-1252', bytes);
  const high = bytes.map((byte) => byte | 0x80);
  if (left === 'katakana') return decodeLabel('shift_jis', high);
  if (left === 'kanji') return decodeLabel('euc-jp', high);
  // EUC-JP marks each character of the supplementary set with 8F.
  const marked = [...high].flatMap((byte, index) => (index % 2 === 0 ? [0x8f, byte] : [byte]));
  return decodeLabel('euc-jp', Uint8Array.from(marked));
}

/**
 * Decodes a value with code extensions. `declared` are the sets of SpecificCharacterSet; at each of the delimiters, and at
 * control characters, the first of them holds again.
 */
export function decodeIso2022(
  bytes: Uint8Array,
  declared: readonly (CharacterSet | undefined)[],
  delimiters: string,
): string {
  const initial: State = { left: 'single', right: declared.find((set) => set?.kind === 'right')?.label };
  let state = initial;
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at]!;
    const found = byte === escape ? sequences.find(([sequence]) => startsWith(bytes, at + 1, sequence)) : undefined;
    if (found) {
      state = { ...state, ...found[1] };
      at += 1 + found[0].length;
    } else if (byte < 0x20 || (state.left === 'single' && delimiters.includes(String.fromCharCode(byte)))) {
      // An escape that means nothing is left out; other control characters are text.
      if (byte !== escape) text += String.fromCharCode(byte);
      if (byte !== escape) state = { left: 'single', right: resetRight(state, declared, initial) };
      at++;
    } else {
      const end = at + runLength(bytes, at, state.left, delimiters);
      const run = bytes.subarray(at, end);
      text += byte >= 0x80 ? decodeLabel(state.right ?? 'windows-1252', run) : decodeLeft(run, state.left);
      at = end;
    }
  }
  return text;
}

// Many writers do not repeat the escape sequence behind a delimiter; where the first set has no upper half nothing speaks against it.
const resetRight = (
  state: State,
  declared: readonly (CharacterSet | undefined)[],
  initial: State,
): string | undefined => (declared[0]?.kind === 'right' ? initial.right : state.right);
