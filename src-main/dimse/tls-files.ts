/** The certificate files of the settings, read and looked at before anything depends on them. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { PacsError } from '#shared/errors.ts';
import type { Settings } from '#shared/settings.ts';

/** Our certificate with those between it and its root, and its key; PEM. */
export interface OwnCertificate {
  readonly cert: string;
  readonly key: string;
}

type FileOption = 'DicomTlsCertificate' | 'DicomTlsPrivateKey' | 'DicomTlsTrustedCertificates';

const wrong = (sentence: string, cause?: unknown): PacsError => new PacsError('bad-request', sentence, { cause });

/**
 * Our certificate; undefined where the settings name none.
 * @throws PacsError `bad-request`: a file that is missing or no PEM, a key with a password, a key of another certificate, a certificate that is not valid today
 */
export async function readOwnCertificate(settings: Settings): Promise<OwnCertificate | undefined> {
  const { DicomTlsCertificate, DicomTlsPrivateKey } = settings;
  if (!DicomTlsCertificate && !DicomTlsPrivateKey) return undefined;
  const cert = await readOption(settings, 'DicomTlsCertificate');
  const key = await readOption(settings, 'DicomTlsPrivateKey');
  const [certificate] = certificatesIn(cert, 'DicomTlsCertificate');
  requireToday(certificate);
  if (!certificate.checkPrivateKey(privateKeyIn(key)))
    throw wrong('The key of DicomTlsPrivateKey does not belong to the certificate of DicomTlsCertificate.');
  return { cert, key };
}

/** The certificates that we trust, one PEM text each; undefined where the settings name none. @throws PacsError `bad-request` */
export async function readTrustedCertificates(settings: Settings): Promise<readonly string[] | undefined> {
  if (!settings.DicomTlsTrustedCertificates) return undefined;
  const text = await readOption(settings, 'DicomTlsTrustedCertificates');
  return certificatesIn(text, 'DicomTlsTrustedCertificates').map((certificate) => certificate.toString());
}

/** A text that is another one when one of the files is another one. */
export async function tlsFilesVersion(settings: Settings): Promise<string> {
  const paths = [settings.DicomTlsCertificate, settings.DicomTlsPrivateKey, settings.DicomTlsTrustedCertificates];
  const versions = paths.map(async (path) => {
    const file = path ? await stat(path).catch(() => undefined) : undefined;
    return file ? [file.ino, file.size, file.mtimeMs] : [];
  });
  return JSON.stringify(await Promise.all(versions));
}

async function readOption(settings: Settings, option: FileOption): Promise<string> {
  const path = settings[option];
  if (!path) throw wrong(`DICOM TLS needs the option ${option}.`);
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw wrong(`The file of ${option} cannot be read: ${path}.`, cause);
  });
}

function certificatesIn(pem: string, option: FileOption): [X509Certificate, ...X509Certificate[]] {
  const texts = pem.match(
    /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g,
  );
  try {
    const [first, ...rest] = (texts ?? []).map((text) => new X509Certificate(text));
    if (first) return [first, ...rest];
  } catch (cause) {
    throw wrong(`The file of ${option} has a certificate that cannot be read.`, cause);
  }
  throw wrong(`The file of ${option} has no certificate (PEM).`);
}

function privateKeyIn(pem: string): KeyObject {
  if (/ENCRYPTED/.test(pem))
    throw wrong('The key of DicomTlsPrivateKey is protected by a password; it is needed without one.');
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw wrong('The file of DicomTlsPrivateKey has no private key (PEM).', cause);
  }
}

const day = (date: Date): string => date.toISOString().slice(0, 10);

function requireToday({ validFrom, validTo }: X509Certificate): void {
  const [from, to] = [new Date(validFrom), new Date(validTo)];
  if (to.getTime() < Date.now()) throw wrong(`The certificate of DicomTlsCertificate expired on ${day(to)}.`);
  if (from.getTime() > Date.now())
    throw wrong(`The certificate of DicomTlsCertificate is valid only from ${day(from)}.`);
}
