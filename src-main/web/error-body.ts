/** Errors as answers: the JSON object that Orthanc's clients know, and the plain value for the window. */
import { STATUS_CODES } from 'node:http';
import { PacsError, type PacsErrorValue, toPacsError } from '#shared/errors.ts';
import type { Log } from '../log.ts';
import { type ErrorStatus, httpStatus } from './status.ts';

/** The body of an error over REST and DICOMweb. */
export interface ErrorBody {
  readonly HttpStatus: number;
  readonly HttpError: string;
  readonly Message: string;
  /** The code of the error. */
  readonly Details: string;
  readonly Method: string;
  /** Path without query, which may carry a token or patient data. */
  readonly Uri: string;
}

/** The error as it may leave the house; what nobody has named yet goes into the log here. */
export function errorForOutside(thrown: unknown, log: Log): PacsErrorValue & { readonly error: PacsError } {
  const error = toPacsError(thrown);
  if (!(thrown instanceof PacsError)) log('error', 'A request failed.', thrown);
  return { code: error.code, message: error.message, error };
}

/** The D12 body for a status and a sentence. */
export const errorBody = (status: ErrorStatus, Message: string, Details: string, request: Request): ErrorBody => ({
  HttpStatus: status,
  HttpError: STATUS_CODES[status] ?? '',
  Message,
  Details,
  Method: request.method,
  Uri: new URL(request.url).pathname,
});

/** Answers of which no copy may be kept, such as errors. */
const headersOf = (status: ErrorStatus): Record<string, string> => ({
  'Content-Type': 'application/json',
  'Cache-Control': 'no-store',
  ...(status === 503 ? { 'Retry-After': '2' } : {}),
});

/** The answer to an error over REST and DICOMweb. */
export function errorResponse(thrown: unknown, request: Request, log: Log): Response {
  const { code, message, error } = errorForOutside(thrown, log);
  const status = httpStatus(error, request.method);
  return new Response(JSON.stringify(errorBody(status, message, code, request)), {
    status,
    headers: headersOf(status),
  });
}

/** The answer to an error for the window: the error's plain value. */
export function errorValueResponse(thrown: unknown, request: Request, log: Log): Response {
  const { code, message, error } = errorForOutside(thrown, log);
  const status = httpStatus(error, request.method);
  return new Response(JSON.stringify({ code, message }), { status, headers: headersOf(status) });
}
