/** DICOM TLS by the settings, for calling and for being called: the BCP 195 profile of PS3.15 B.12, with certificates of both sides. */
import { getCiphers, type ConnectionOptions, type SecureVersion, type TlsOptions } from 'node:tls';
import { PacsError } from '#shared/errors.ts';
import type { Settings } from '#shared/settings.ts';
import { readOwnCertificate, readTrustedCertificates } from './tls-files.ts';

/* Authenticated encryption with forward secrecy, RFC 9325 4.2; those of TLS 1.3 are all so. */
const bcp195 = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-GCM-SHA384',
  'DHE-RSA-AES128-GCM-SHA256',
];

/**
 * How we are called. The files are read anew with each call.
 * @throws PacsError `bad-request` with a sentence on the file or option that is wrong
 */
export async function serverTls(settings: Settings): Promise<TlsOptions> {
  const own = await readOwnCertificate(settings);
  if (!own) throw wrong('DICOM TLS needs the options DicomTlsCertificate and DicomTlsPrivateKey.');
  const trusted = await readTrustedCertificates(settings);
  const isRequired = settings.DicomTlsRemoteCertificateRequired;
  if (isRequired && !trusted)
    throw wrong(
      'DicomTlsRemoteCertificateRequired needs the certificates that callers may show: DicomTlsTrustedCertificates.',
    );
  const versions = profile(settings);
  return {
    ...own,
    ...versions,
    ...(versions.ciphers.includes('DHE-RSA') ? { dhparam: 'auto' } : {}),
    ...(trusted ? { ca: [...trusted] } : {}),
    requestCert: trusted !== undefined,
    rejectUnauthorized: isRequired,
    honorCipherOrder: true,
  };
}

/**
 * How we call. The other side must show a certificate that we trust; its name is not compared, since devices are called by their
 * addresses and are known by their certificates. The files are read anew with each call.
 * @throws PacsError `bad-request` with a sentence on the file or option that is wrong
 */
export async function clientTls(settings: Settings): Promise<ConnectionOptions> {
  const own = await readOwnCertificate(settings);
  const trusted = await readTrustedCertificates(settings);
  if (!trusted) throw wrong('To call a device over TLS the option DicomTlsTrustedCertificates is needed.');
  return {
    ...own,
    ...profile(settings),
    ca: [...trusted],
    rejectUnauthorized: true,
    checkServerIdentity: () => undefined,
  };
}

const wrong = (sentence: string): PacsError => new PacsError('bad-request', sentence);

/** Versions and ciphers. */
function profile(settings: Settings): { minVersion: SecureVersion; ciphers: string } {
  return { minVersion: minimumVersion(settings), ciphers: acceptedCiphers(settings).join(':') };
}

/* Orthanc's numbers; 1 to 3 are SSL 3, TLS 1.0 and 1.1. */
function minimumVersion({ DicomTlsMinimumProtocolVersion: number }: Settings): SecureVersion {
  if (number >= 1 && number <= 3)
    throw wrong(
      `DicomTlsMinimumProtocolVersion ${number} asks for versions of TLS that are not safe any more; 0, 4 and 5 can be had.`,
    );
  return number === 5 ? 'TLSv1.3' : 'TLSv1.2';
}

function acceptedCiphers({ DicomTlsCiphersAccepted: wanted }: Settings): readonly string[] {
  const known = new Set(getCiphers().map((name) => name.toUpperCase()));
  /* What is built in differs between Node and Electron (BoringSSL), which has no DHE and takes those of TLS 1.3 unasked. */
  if (wanted.length === 0) return bcp195.filter((name) => name.startsWith('TLS_') || known.has(name));
  const names = wanted.map(opensslName);
  const unknown = names.findIndex((name) => !name.startsWith('TLS_') && !known.has(name.toUpperCase()));
  if (unknown >= 0) throw wrong(`DicomTlsCiphersAccepted: the cipher ${wanted[unknown]} is not known here.`);
  return names;
}

/* TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 is ECDHE-RSA-AES128-GCM-SHA256 to OpenSSL; those of TLS 1.3 have one name. */
function opensslName(name: string): string {
  const parts = /^TLS_(\w+)_WITH_(\w+)$/.exec(name);
  if (!parts) return name;
  const cipher = parts[2]?.replace(/^(AES)_(\d+)/, '$1$2').replace(/^(CHACHA20_POLY1305)_SHA256$/, '$1');
  return `${parts[1] === 'RSA' ? '' : `${parts[1]}-`}${cipher}`.replace(/_CBC/, '').replaceAll('_', '-');
}
