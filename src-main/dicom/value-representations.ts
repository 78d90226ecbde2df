/** The value representations of PS3.5 6.2 and how their lengths are written. */

const short = 'AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US';
const long = 'OB OD OF OL OV OW SQ SV UC UN UR UT UV';

/** A VR: its two letters, and whether its length in explicit syntaxes takes four bytes after two reserved ones, PS3.5 7.1.2. */
export interface VR {
  readonly name: string;
  readonly long: boolean;
}

const codeOf = (name: string): number => name.charCodeAt(0) * 256 + name.charCodeAt(1);
const byCode = new Map<number, VR>(
  [short, long].flatMap((names, row) =>
    names.split(' ').map((name): [number, VR] => [codeOf(name), { name, long: row === 1 }]),
  ),
);

/** The VR of two letters as a number (first letter times 256 plus second), or undefined when the Standard has none such. */
export const vrOfCode = (code: number): VR | undefined => byCode.get(code);

const isLetter = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);

/** True for any two letters, capital or small: what a VR looks like even where nobody knows it. */
export const looksLikeVR = (code: number): boolean => isLetter(code >> 8) && isLetter(code & 255);

/** The VR of two small or mixed letters read as capitals. */
export const vrOfCodeAnyCase = (code: number): VR | undefined => byCode.get(code & 0xdfdf);

/** VRs whose values are bytes or words without a text, PS3.5 6.2. */
export const isBulkVR = (name: string): boolean => name.startsWith('O');
