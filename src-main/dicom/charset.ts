/** Text of a value by SpecificCharacterSet (0008,0005), PS3.5 6.1: never throws, and stays readable where the declaration is wrong. */
import { decodeIso2022 } from './charset-iso2022.ts';
import { findCharacterSet, decodeLabel } from './charset-terms.ts';

const escape = 0x1b;

// PS3.5 6.1.2.3: texts of one value know no backslash between values; only names have components.
const delimitersOf: Readonly<Record<string, string>> = { PN: '\\^=', ST: '', LT: '', UT: '' };
// The other VRs are of the default repertoire whatever is declared, PS3.5 6.1.2.2.
const declaredVRs = new Set(['SH', 'LO', 'UC', 'ST', 'LT', 'UT', 'PN', 'UN']);

function hasOnlyAscii(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if (bytes[at]! >= 0x80 || bytes[at] === escape) return false;
  return true;
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/**
 * The text of a value's bytes, padding and all. `specificCharacterSet` are the values of (0008,0005) as they stand there,
 * empty where it is absent.
 */
export function decodeText(bytes: Uint8Array, specificCharacterSet: readonly string[], vr: string): string {
  if (hasOnlyAscii(bytes)) return latin1(bytes);
  const declared = declaredVRs.has(vr) ? specificCharacterSet.map(findCharacterSet) : [];
  const whole = declared.find((set) => set?.kind === 'whole');
  if (whole) return whole.label === 'utf-8' ? decodeUtf8(bytes) : decodeLabel(whole.label, bytes);
  if (bytes.includes(escape)) return decodeIso2022(bytes, declared, delimitersOf[vr] ?? '\\');
  const label = declared.find((set) => set?.kind === 'right')?.label;
  return isUtf8Instead(bytes, label) ? decodeLabel('utf-8', bytes) : decodeLabel(label ?? 'windows-1252', bytes);
}

/** UTF-8, or Latin-1 where letters stand alone that in UTF-8 never do. */
function decodeUtf8(bytes: Uint8Array): string {
  const text = decodeLabel('utf-8', bytes);
  if (!text.includes('\ufffd')) return text;
  const asLatin1 = latin1(bytes);
  const hasPairs = /[\xc0-\xf7][\x80-\xbf]/.test(asLatin1);
  const hasLone = /[\xc0-\xff](?![\x80-\xbf])/.test(asLatin1);
  return hasLone && !hasPairs ? decodeLabel('windows-1252', bytes) : text;
}

/**
 * True for UTF-8 that was declared as nothing, or as Latin-1 (whose letters are not followed by such signs), or as another
 * set of ISO 8859 (which has nothing from 80 to 9F).
 */
function isUtf8Instead(bytes: Uint8Array, label: string | undefined): boolean {
  if (label !== undefined && label !== 'windows-1252' && !label.startsWith('iso-8859')) return false;
  if (label?.startsWith('iso-8859') && !bytes.some((byte) => byte >= 0x80 && byte < 0xa0)) return false;
  return !decodeLabel('utf-8', bytes).includes('\ufffd');
}
