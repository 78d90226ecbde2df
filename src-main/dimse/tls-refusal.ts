/** Why nothing came of a TLS connection, in sentences for the staff of a clinic. */
import type { TLSSocket } from 'node:tls';

const sentences: readonly (readonly [RegExp, string])[] = [
  [/DID_NOT_RETURN_A_CERTIFICATE/, 'It has shown no certificate, and this port asks for one.'],
  [
    /WRONG_VERSION_NUMBER|HTTP_REQUEST|UNKNOWN_PROTOCOL|INVALID_RECORD/,
    'It did not speak TLS, but this port is encrypted.',
  ],
  [/UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/, 'It speaks only versions of TLS that are not safe any more.'],
  [/NO_SHARED_CIPHER/, 'It has no cipher that this program takes.'],
  [
    /ALERT_UNKNOWN_CA|ALERT_BAD_CERTIFICATE|ALERT_CERTIFICATE|CERTIFICATE_UNKNOWN/,
    'It does not accept our TLS certificate.',
  ],
  [/HANDSHAKE_TIMEOUT/, 'It connected, but did not begin with TLS.'],
  [/CERT_HAS_EXPIRED/, 'Its TLS certificate has expired.'],
  [/CERT_NOT_YET_VALID/, 'Its TLS certificate is not valid yet.'],
  [/SELF_SIGNED|UNABLE_TO_|CERT_UNTRUSTED|CERT_SIGNATURE/, 'Its TLS certificate is not one that we trust.'],
  [/CERT|INVALID_PURPOSE/, 'Its TLS certificate is not good for this.'],
];

/** The sentence on an error of `tlsClientError` and its socket; undefined where the other side only went away. */
export function tlsRefusal(error: Error, socket: TLSSocket): string | undefined {
  const code = String(socket.authorizationError ?? (error as { code?: string }).code ?? '');
  const known = sentences.find(([pattern]) => pattern.test(code))?.[1];
  if (known) return known;
  return code.startsWith('E') && !code.startsWith('ERR_') ? undefined : 'Nothing came of the TLS connection.';
}
