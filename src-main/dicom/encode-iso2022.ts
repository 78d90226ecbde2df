/** Writes text with code extensions: escape sequences that switch character sets within a value, PS3.5 6.1.2.4 and 6.1.2.5. */
import type { CodeTable } from './charset-tables.ts';
import { codeTable } from './charset-tables.ts';
import type { CharacterSet } from './charset-terms.ts';

/** Bytes of a text; `isWhole` is false where `?` stands for characters that the sets do not have. */
export interface Encoded {
  readonly bytes: readonly number[];
  readonly isWhole: boolean;
}

const escape = 0x1b;
const questionMark = 0x3f;

/** The name of a set's table: JIS X 0208 and 0212 have one label, and ISO-IR 58 is a part of GBK. */
function tableOf({ label, escape: sequence = '' }: CharacterSet): CodeTable {
  if (label === 'euc-jp') return codeTable(`euc-jp/${sequence}`);
  return codeTable(label === 'gbk' && sequence ? 'gbk/58' : label);
}

const codesOf = (text: string): number[] => [...text].map((sign) => sign.charCodeAt(0));

class Iso2022Writer {
  readonly bytes: number[] = [];
  isWhole = true;
  readonly #reachable: readonly CharacterSet[];
  /** The upper half of the first declared set, which holds at the beginning and behind each delimiter. */
  readonly #initial: CharacterSet | undefined;
  readonly #single: string;
  #left: CharacterSet | undefined;
  #right: CharacterSet | undefined;

  constructor(declared: readonly (CharacterSet | undefined)[]) {
    const [first] = declared;
    this.#initial = first?.kind === 'right' && !first.escape?.startsWith('$') ? first : undefined;
    this.#right = this.#initial;
    // JIS X 0201 brings its own lower half.
    this.#single = first?.label === 'shift_jis' ? '(J' : '(B';
    this.#reachable = declared.filter(
      (set) => set !== undefined && set.kind !== 'ascii' && (set === this.#initial || set.escape !== undefined),
    ) as CharacterSet[];
  }

  ascii(byte: number): void {
    this.#leaveLeft();
    this.bytes.push(byte);
  }

  other(character: string): void {
    const [current] = [this.#left, this.#right].filter((set) => set && tableOf(set).has(character));
    const set = current ?? this.#reachable.find((one) => tableOf(one).has(character));
    if (!set) {
      this.isWhole = false;
      return this.ascii(questionMark);
    }
    if (set.kind === 'left') this.#enterLeft(set);
    else this.#enterRight(set);
    this.bytes.push(...tableOf(set).get(character)!);
  }

  /** What PS3.5 6.1.2.5.3 asks for before the end of a value, a delimiter or a control character. */
  reset(): void {
    this.#leaveLeft();
    if (this.#right !== this.#initial && this.#initial?.escape) this.#designate(this.#initial.escape);
    this.#right = this.#initial;
  }

  #designate(sequence: string): void {
    this.bytes.push(escape, ...codesOf(sequence));
  }

  #enterLeft(set: CharacterSet): void {
    if (this.#left !== set) this.#designate(set.escape!);
    this.#left = set;
  }

  #enterRight(set: CharacterSet): void {
    this.#leaveLeft();
    if (this.#right !== set) this.#designate(set.escape!);
    this.#right = set;
  }

  #leaveLeft(): void {
    if (!this.#left) return;
    this.#designate(this.#single);
    this.#left = undefined;
  }
}

/** Encodes a text by the sets of SpecificCharacterSet; at each of the delimiters, and at control characters, the first of them holds again. */
export function encodeIso2022(
  text: string,
  declared: readonly (CharacterSet | undefined)[],
  delimiters: string,
): Encoded {
  const writer = new Iso2022Writer(declared);
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x20 || delimiters.includes(character)) writer.reset();
    if (code < 0x80) writer.ascii(code);
    else writer.other(character);
  }
  writer.reset();
  return writer;
}
