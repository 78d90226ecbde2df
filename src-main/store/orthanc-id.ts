/** Orthanc's identifiers: SHA-1 of the DICOM identifiers, so that what was written for Orthanc finds the same entities here. */
import { createHash } from 'node:crypto';
import type { Level } from '#shared/attributes.ts';
import type { Identifiers } from '#shared/model.ts';

const parts = ['PatientID', 'StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'] as const;
const depth: Record<Level, number> = { PATIENT: 1, STUDY: 2, SERIES: 3, IMAGE: 4 };

/** The 20 bytes of the identifier of one level: SHA-1 of the identifiers down to it, joined by `|`. */
export function orthancDigest(level: Level, identifiers: Partial<Identifiers>): Buffer {
  const text = parts
    .slice(0, depth[level])
    .map((part) => (identifiers[part] ?? '').trim())
    .join('|');
  return createHash('sha1').update(text).digest();
}

/** The bytes of a printed identifier; undefined where it is none. */
export const orthancBytes = (id: string): Buffer | undefined =>
  /^([0-9a-f]{8}-){4}[0-9a-f]{8}$/i.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : undefined;

/** The printed form: five groups of eight hexadecimal digits. */
export const orthancId = (digest: Uint8Array): string =>
  Buffer.from(digest)
    .toString('hex')
    .replace(/.{8}(?=.)/g, '$&-');
