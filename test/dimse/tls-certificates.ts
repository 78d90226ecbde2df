/** Certificates for the tests of TLS, made by openssl on the spot; nothing secret lies in the repository. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** True where openssl is installed. */
export const hasOpenssl = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, 'openssl')));

/** A folder of certificates and keys, all PEM. */
export interface TestCertificates {
  readonly folder: string;
  /** Absolute path of `ca.pem`, `server.pem`, `server.key`, `client.*`, `expired.pem` (of client.key), `other-ca.pem`, `stranger.*` and so on. */
  file(name: string): string;
  /** A new certificate by our CA under another name. */
  issue(name: string, days?: number): Promise<void>;
  remove(): Promise<void>;
}

/** Makes two authorities, a certificate for each side, one that has expired, one by the other authority, and keys that are of no use. */
export async function makeCertificates(): Promise<TestCertificates> {
  const folder = await mkdtemp(join(tmpdir(), 'chairside-tls-'));
  /* Names without spaces, so that a command can be read as it would be typed. */
  const openssl = (command: string) => run('openssl', command.split(' '), { cwd: folder });
  const authority = (name: string) =>
    openssl(`req -x509 -newkey rsa:2048 -nodes -days 10 -subj /CN=${name} -keyout ${name}.key -out ${name}.pem`);
  const sign = (request: string, out: string, ca: string, days: number) =>
    openssl(
      `x509 -req -in ${request}.csr -CA ${ca}.pem -CAkey ${ca}.key -CAcreateserial -days ${days} -out ${out}.pem`,
    );
  const issue = async (name: string, days = 10, ca = 'ca'): Promise<void> => {
    await openssl(`req -newkey rsa:2048 -nodes -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`);
    await sign(name, name, ca, days);
  };
  await Promise.all([authority('ca'), authority('other-ca')]);
  await issue('server');
  await issue('client');
  await issue('stranger', 10, 'other-ca');
  await sign('client', 'expired', 'ca', -1);
  await sign('server', 'expired-server', 'ca', -1);
  await openssl('rsa -aes256 -passout pass:secret -in server.key -out locked.key');
  await writeFile(join(folder, 'garbage.pem'), 'not a certificate\n');
  const both = await Promise.all(['other-ca.pem', 'ca.pem'].map((name) => readFile(join(folder, name), 'utf8')));
  await writeFile(join(folder, 'both.pem'), both.join(''));
  return {
    folder,
    file: (name) => join(folder, name),
    issue,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
