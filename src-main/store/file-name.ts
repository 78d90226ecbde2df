/** Names of kept files: `<SOPInstanceUID>.<16 digits of SHA-256>-<8 random digits>.dcm`, so that a file can prove itself whole. */
import { randomUUID } from 'node:crypto';

const digestDigits = 16;

const shortDigest = (digest: Uint8Array): string => Buffer.from(digest).toString('hex').slice(0, digestDigits);

/** A new name; the random part keeps two files of the same bytes apart. */
export const fileName = (SOPInstanceUID: string, digest: Uint8Array): string =>
  `${SOPInstanceUID}.${shortDigest(digest)}-${randomUUID().slice(0, 8)}.dcm`;

/** False where the name tells another digest than the bytes have; a name of another shape tells nothing. */
export function fitsItsName(name: string, digest: Uint8Array): boolean {
  const told = /\.([0-9a-f]{16})-[0-9a-f]{8}\.dcm$/.exec(name)?.[1];
  return told === undefined || told === shortDigest(digest);
}
