/** Where the data set of a file begins, found in its first bytes: the quick way for files that are as PS3.10 7.1 wants them. */
import { looksLikeDataSet } from './header-syntax.ts';
import { readLength, readShort, readTag } from './read-bytes.ts';
import { vrOfCode } from './value-representations.ts';

const preamble = 132;
const dicm = 0x4449_434d;
/* Of a deflated data set nothing can be recognized: there the length of the meta information must be believed. */
const groupLengthEnd = preamble + 12;

/**
 * Offset of the data set in a Part 10 file, given its first bytes; undefined where a look by `readHeader` is needed: no
 * preamble, odd meta information, a data set that may be deflated.
 */
export function dataSetStart(bytes: Uint8Array): number | undefined {
  if (bytes.length < groupLengthEnd || readTag(bytes, 128, false) !== dicm) return undefined;
  if (readTag(bytes, preamble, true) !== 0x0002_0000) return undefined;
  let at = preamble;
  while (at + 12 <= bytes.length && readShort(bytes, at, true) === 2) {
    const vr = vrOfCode(readShort(bytes, at + 4, false));
    if (!vr) return undefined;
    at += vr.long ? 12 + readLength(bytes, at + 8, true) : 8 + readShort(bytes, at + 6, true);
  }
  const isWhere = at === groupLengthEnd + readLength(bytes, preamble + 8, true);
  return isWhere && at + 8 <= bytes.length && looksLikeDataSet(bytes, at) ? at : undefined;
}
