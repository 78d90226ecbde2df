/** The defined terms of SpecificCharacterSet, PS3.3 C.12.1.1.2, and the ways in which they are misspelt in practice. */

/** A character set: the label by which TextDecoder knows it, and how much of the code it fills. */
export interface CharacterSet {
  readonly label: string;
  /** `whole` sets know no code extensions; `right` ones fill the upper half, `left` ones are reached by an escape sequence. */
  readonly kind: 'ascii' | 'right' | 'left' | 'whole';
  /** What follows ESC where the set is switched to, PS3.3 tables C.12-3 and C.12-4; absent for sets without code extensions. */
  readonly escape?: string;
}

const right = (label: string, escape?: string): CharacterSet => ({
  label,
  kind: 'right',
  ...(escape === undefined ? {} : { escape }),
});

// By ISO registration number. WHATWG labels: windows-1252, -1254 and -874 hold ISO 8859-1, -9 and -11 unchanged.
const byNumber: Readonly<Record<string, CharacterSet>> = {
  6: { label: 'windows-1252', kind: 'ascii' },
  100: right('windows-1252', '-A'),
  101: right('iso-8859-2', '-B'),
  109: right('iso-8859-3', '-C'),
  110: right('iso-8859-4', '-D'),
  144: right('iso-8859-5', '-L'),
  127: right('iso-8859-6', '-G'),
  126: right('iso-8859-7', '-F'),
  138: right('iso-8859-8', '-H'),
  148: right('windows-1254', '-M'),
  203: right('iso-8859-15', '-b'),
  166: right('windows-874', '-T'),
  13: right('shift_jis', ')I'),
  149: right('euc-kr', '$)C'),
  58: right('gbk', '$)A'),
  87: { label: 'euc-jp', kind: 'left', escape: '$B' },
  159: { label: 'euc-jp', kind: 'left', escape: '$(D' },
  192: { label: 'utf-8', kind: 'whole' },
};

// Terms that are in no edition of the Standard, and the two that have no registration number.
const byName: Readonly<Record<string, CharacterSet>> = {
  GB18030: { label: 'gb18030', kind: 'whole' },
  GBK: { label: 'gbk', kind: 'whole' },
  GB2312: { label: 'gbk', kind: 'whole' },
  BIG5: { label: 'big5', kind: 'whole' },
  UTF8: { label: 'utf-8', kind: 'whole' },
  UNICODE: { label: 'utf-8', kind: 'whole' },
  SHIFTJIS: right('shift_jis'),
  SJIS: right('shift_jis'),
  ASCII: { label: 'windows-1252', kind: 'ascii' },
  USASCII: { label: 'windows-1252', kind: 'ascii' },
  LATIN1: right('windows-1252'),
  WINDOWS1252: right('windows-1252'),
  WINDOWS1251: right('windows-1251'),
  WINDOWS1250: right('windows-1250'),
  CP1252: right('windows-1252'),
  CP1251: right('windows-1251'),
  CP1250: right('windows-1250'),
};

/** The terms of the Standard that are read and written, without their forms with code extensions. */
export const characterSetTerms: readonly string[] = [
  ...Object.keys(byNumber).map((number) => `ISO_IR ${number}`),
  'GB18030',
  'GBK',
];

const parts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 15];
const numberOfPart = ['100', '101', '109', '110', '144', '127', '126', '138', '148', '166', '203'];
const known = new Map<string, CharacterSet | undefined>();

function lookUp(term: string): CharacterSet | undefined {
  const plain = term.toUpperCase().replace(/[^A-Z0-9]/g, '');
  const number = /^(?:ISO)?(?:2022)?IR(\d+)$/.exec(plain)?.[1];
  if (number !== undefined) return byNumber[Number(number)];
  const part = /^(?:ISO)?8859(\d+)$/.exec(plain)?.[1];
  if (part !== undefined) return byNumber[numberOfPart[parts.indexOf(Number(part))] ?? ''];
  return byName[plain];
}

/** The character set of a term, spelled rightly or nearly so; undefined for the empty term and for unknown ones. */
export function findCharacterSet(term: string): CharacterSet | undefined {
  if (known.has(term)) return known.get(term);
  const set = lookUp(term);
  if (known.size < 256) known.set(term, set);
  return set;
}

const decoders = new Map<string, InstanceType<typeof TextDecoder>>();

/** Decodes bytes by a WHATWG label; what cannot be decoded becomes U+FFFD. */
export function decodeLabel(label: string, bytes: Uint8Array): string {
  let decoder = decoders.get(label);
  if (!decoder) decoders.set(label, (decoder = new TextDecoder(label, { ignoreBOM: true })));
  return decoder.decode(bytes);
}
