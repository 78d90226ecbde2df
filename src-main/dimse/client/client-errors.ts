/** What can go wrong with another node, in sentences for the staff of a clinic. */
import { PacsError } from '#shared/errors.ts';
import { AssociationEnd } from '../association-end.ts';

/** Whom we call, and as whom. */
export interface CallEnds {
  readonly Host: string;
  readonly Port: number;
  readonly callingAET: string;
  readonly calledAET: string;
}

const place = ({ Host, Port }: CallEnds): string => `${Host} port ${Port}`;

/** Nothing came of the connection: `code` is that of the system or of OpenSSL. */
export function connectionError(ends: CallEnds, cause: unknown): PacsError {
  const { code = '' } = (cause ?? {}) as { code?: string };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new PacsError('busy', `The name ${ends.Host} is not known on this network.`, { cause });
  if (code === 'ENETUNREACH' || code === 'EHOSTUNREACH')
    return new PacsError('busy', `No way leads to ${ends.Host}: is this computer on the network?`, { cause });
  return tlsError(ends, cause) ?? new PacsError('busy', `Nothing answers at ${place(ends)}.`, { cause });
}

/** What TLS has against the connection; undefined where it is not about TLS. */
function tlsError(ends: CallEnds, cause: unknown): PacsError | undefined {
  const { code = '' } = (cause ?? {}) as { code?: string };
  if (/CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|ALERT_CERTIFICATE|HANDSHAKE_FAILURE/.test(code))
    return new PacsError('forbidden', `${place(ends)} does not accept our TLS certificate.`, { cause });
  if (/^(ERR_SSL|ERR_TLS_(?!CERT)|EPROTO)/.test(code))
    return new PacsError('unsupported', `${place(ends)} does not speak TLS as this program does.`, { cause });
  if (/CERT|SIGNATURE|ISSUER/.test(code))
    return new PacsError('forbidden', `The TLS certificate of ${place(ends)} is not trusted here.`, { cause });
  return undefined;
}

/* Source and reason of an A-ASSOCIATE-RJ, PS3.8 9.3.4. */
const rejections: Readonly<Record<string, (ends: CallEnds) => string>> = {
  '1/1': ({ calledAET }) => `${calledAET} refuses the connection and gives no reason.`,
  '1/2': ({ calledAET }) => `${calledAET} refuses the connection: it expects something other than DICOM.`,
  '1/3': ({ calledAET, callingAET }) => `${calledAET} does not accept the AE title ${callingAET}.`,
  '1/7': (ends) => `The node at ${place(ends)} does not answer to the AE title ${ends.calledAET}.`,
  '2/1': ({ calledAET }) => `${calledAET} refuses the connection and gives no reason.`,
  '2/2': ({ calledAET }) => `${calledAET} speaks another version of the DICOM protocol.`,
  '3/1': ({ calledAET }) => `${calledAET} is overloaded now.`,
  '3/2': ({ calledAET }) => `${calledAET} has too many connections now.`,
};

const transient = 2;

/** An A-ASSOCIATE-RJ; what may be otherwise later is `busy`, the rest `forbidden`. */
export function rejectionError(
  ends: CallEnds,
  { result, source, reason }: { readonly result: number; readonly source: number; readonly reason: number },
): PacsError {
  const sentence = rejections[`${source}/${reason}`] ?? (() => `${ends.calledAET} refuses the connection.`);
  return new PacsError(result === transient || source === 3 ? 'busy' : 'forbidden', sentence(ends));
}

/** The end of an association, or any other fault on the way, with the name of the node in place of "the other side". */
export function endError(ends: CallEnds, thrown: unknown): PacsError {
  if (!(thrown instanceof AssociationEnd)) return asPacsError(thrown);
  const tls = tlsError(ends, thrown.cause);
  if (tls) return tls;
  const message = thrown.message
    .replace(/^The other side\b/, ends.calledAET)
    .replace(/^The connection\b/, `The connection to ${ends.calledAET}`);
  return new PacsError('aborted', message, { cause: thrown });
}

const asPacsError = (thrown: unknown): PacsError =>
  thrown instanceof PacsError
    ? thrown
    : new PacsError('internal', 'Something went wrong inside; the log has the details.', { cause: thrown });

/** The connection is there, but no association comes of it in time. */
export const noAnswerError = (ends: CallEnds): PacsError =>
  new PacsError('busy', `${ends.calledAET} at ${place(ends)} does not answer.`);

/** What answers there is no DICOM node. */
export const notDicomError = (ends: CallEnds, cause: unknown): PacsError =>
  new PacsError('unsupported', `What answers at ${place(ends)} does not speak DICOM.`, { cause });

/** Somebody or something on our side does not want it any more. */
export const cancelledError = (): PacsError => new PacsError('aborted', 'It was cancelled.');
