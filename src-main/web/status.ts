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

/** The HTTP status of an error; what is unsupported is 415 where the request brought it and 406 where an answer was asked for. */
export const httpStatus = (error: PacsError, method: string): ErrorStatus =>
  error.code === 'unsupported' && (method === 'GET' || method === 'HEAD') ? 406 : statusOf[error.code];
