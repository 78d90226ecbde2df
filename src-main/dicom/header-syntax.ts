/** How a data set is written in truth: what the file meta information says, corrected by looking at the first element. */
import { findTransferSyntax } from '#shared/transfer-syntaxes.ts';
import { dictionaryVR } from './implicit-vr.ts';
import type { Encoding } from './walk-frame.ts';
import { readLength, readShort, readTag } from './read-bytes.ts';
import { looksLikeVR, vrOfCode } from './value-representations.ts';

const implicitLittleEndian = '1.2.840.10008.1.2';
const explicitLittleEndian = '1.2.840.10008.1.2.1';
const explicitBigEndian = '1.2.840.10008.1.2.2';
const deflatedLittleEndian = '1.2.840.10008.1.2.1.99';

/** True for the syntaxes that deflate the whole data set, PS3.5 A.5; those that deflate image frames (…1.2.8.1) are none. */
export const isDeflatedSyntax = (uid: string | undefined): boolean =>
  uid !== undefined && findTransferSyntax(uid)?.deflated === true;

/** The encoding of a data set and the transfer syntax that goes with it. */
export interface Syntax extends Encoding {
  readonly TransferSyntaxUID: string;
}

/** Looks at the first eight bytes of a data set. `declared` is what the meta information says, if it says anything. */
export function lookAtSyntax(bytes: Uint8Array, at: number, declared: string | undefined): Syntax {
  const littleEndian = isLittleEndian(bytes, at, declared);
  const code = readShort(bytes, at + 4, false);
  // What is declared explicit may begin with a VR that nobody knows; where nothing or implicit is declared it must be known.
  const trustsLetters = declared !== undefined && declared !== implicitLittleEndian;
  const explicitVR = vrOfCode(code) !== undefined || (trustsLetters && looksLikeVR(code));
  return { littleEndian, explicitVR, TransferSyntaxUID: trueSyntax(declared, explicitVR, littleEndian) };
}

// The first group of a data set is low (0008 nearly always), so the byte order in which it is lower is the true one.
function isLittleEndian(bytes: Uint8Array, at: number, declared: string | undefined): boolean {
  const little = readShort(bytes, at, true);
  const big = readShort(bytes, at, false);
  return little === big ? declared !== explicitBigEndian : little < big;
}

const uncompressed = new Set([implicitLittleEndian, explicitLittleEndian, explicitBigEndian, deflatedLittleEndian]);

const isUid = /^[0-9.]{1,64}$/;

function trueSyntax(declared: string | undefined, explicitVR: boolean, littleEndian: boolean): string {
  if (declared !== undefined && isUid.test(declared) && !uncompressed.has(declared)) return declared;
  if (!explicitVR) return implicitLittleEndian;
  return littleEndian ? explicitLittleEndian : explicitBigEndian;
}

/** True when eight bytes may well be the first element of a data set that has no preamble and no meta information. */
export function looksLikeDataSet(bytes: Uint8Array, at: number): boolean {
  const { littleEndian, explicitVR } = lookAtSyntax(bytes, at, undefined);
  const tag = readTag(bytes, at, littleEndian);
  const isKnown = (tag & 0xffff) === 0 || dictionaryVR(tag) !== 'UN';
  const length = explicitVR ? readShort(bytes, at + 6, littleEndian) : readLength(bytes, at + 4, littleEndian);
  // 128 zeros are no data set.
  if (tag === 0 && length !== 4) return false;
  return isKnown && tag >>> 16 < 0x0100 && !(tag & 0x1_0000) && length <= 0x1_0000;
}
