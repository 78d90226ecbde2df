/** PacsError: every fault the program can name, as a closed list of codes; doors translate a code, rooms never do. */

/** Every code; DIMSE status, HTTP status and the sentence for a person follow from it at the doors. */
export const errorCodes = [
  'not-dicom', // the bytes are not a DICOM data set
  'truncated', // the data set ends before it should
  'damaged', // a length, VR or nesting that cannot be
  'missing-identifier', // SOP, series or study UID absent
  'mismatch', // UIDs of the envelope and of the data set differ
  'refused-sop-class',
  'refused-transfer-syntax',
  'storage-full',
  'too-large', // past a bound of the settings
  'not-found',
  'bad-request',
  'unauthorized', // who are you
  'forbidden', // you may not
  'unsupported', // understood, but not possible here (codec, media type)
  'not-acceptable', // no representation that the caller accepts
  'busy', // at a limit now, later perhaps not
  'aborted', // the other side went away
  'internal',
] as const;

/** What went wrong. */
export type PacsErrorCode = (typeof errorCodes)[number];

/** An error that may be shown: `message` is a sentence for a person and holds no patient data. */
export class PacsError extends Error {
  readonly code: PacsErrorCode;

  constructor(code: PacsErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'PacsError';
    this.code = code;
  }
}

/** A PacsError as plain value for the wire. */
export interface PacsErrorValue {
  readonly code: PacsErrorCode;
  readonly message: string;
}

/** Any thrown thing as a PacsError; what is not one already becomes `internal`: its words may hold paths, so they stay in the cause. */
export function toPacsError(thrown: unknown): PacsError {
  if (thrown instanceof PacsError) return thrown;
  const { code } = (thrown ?? {}) as { code?: string };
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL')
    return new PacsError('storage-full', 'The disk is full.', { cause: thrown });
  return new PacsError('internal', 'Something went wrong inside; the log has the details.', { cause: thrown });
}

/** The plain value of any thrown thing. */
export const errorValue = (thrown: unknown): PacsErrorValue => {
  const { code, message } = toPacsError(thrown);
  return { code, message };
};
