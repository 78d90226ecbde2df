/** The one table from an error's code to the HTTP status. */
import type { PacsError, PacsErrorCode } from '#shared/errors.ts';

/** The status codes of errors. */
export type ErrorStatus = 400 | 401 | 403 | 404 | 405 | 406 | 409 | 413 | 415 | 416 | 500 | 503 | 507;

const statusOf: Readonly<Record<PacsErrorCode, ErrorStatus>> = {
  'not-dicom': 400,
  truncated: 400,
  damaged: 400,
  'missing-identifier': 400,
  mismatch: 409,
  'refused-sop-class': 409,
  'refused-transfer-syntax': 409,
  'storage-full': 507,
  'too-large': 413,
  'not-found': 404,
  'bad-request': 400,
  unauthorized: 401,
  forbidden: 403,
  unsupported: 415,
  'not-acceptable': 406,
  busy: 503,
  aborted: 400,
  internal: 500,
};

// What an upload may be, and what a kept file may be in spite of all: then no representation of it can be given.
const ofContent: ReadonlySet<PacsErrorCode> = new Set([
  'unsupported',
  'damaged',
  'truncated',
  'not-dicom',
  'too-large',
]);

/** The HTTP status of an error; a fault of the content is the sender's where it was sent, and 406 where it was asked for. */
export const httpStatus = (error: PacsError, method: string): ErrorStatus =>
  ofContent.has(error.code) && (method === 'GET' || method === 'HEAD') ? 406 : statusOf[error.code];
