/** DICOM TLS when we call: DCMTK's programs listen with good certificates and bad ones, and so do we. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { modalitySchema, settingsSchema } from '#shared/settings.ts';
import { PacsError } from '#shared/errors.ts';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { ClientContext } from '#main/dimse/client/client-context.ts';
import { echo } from '#main/dimse/client/echo.ts';
import { store } from '#main/dimse/client/store.ts';
import { clientTls } from '#main/dimse/tls.ts';
import { clientContext, nodeAt, startStorescp } from './client/support.ts';
import { storedFile } from './client/stored-file.ts';
import {
  dataSetOf,
  dcmtkNote,
  fileStore,
  hasDcmtk,
  makeDataSet,
  startServer,
  until,
  writeInstances,
} from './support.ts';
import { hasOpenssl, makeCertificates, type TestCertificates } from './tls-certificates.ts';

const note = hasOpenssl ? '' : ' (left out: openssl is not installed)';
let certificates: TestCertificates;
beforeAll(async () => {
  if (hasOpenssl) certificates = await makeCertificates();
}, 60_000);
afterAll(() => certificates?.remove());
const file = (name: string): string => certificates.file(name);

const listening = (name: string, ...more: readonly string[]): string[] => [
  '+tls',
  file(`${name === 'expired-server' ? 'server' : name}.key`),
  file(`${name}.pem`),
  '+cf',
  file('ca.pem'),
  ...more,
];

function calling(name: string | undefined, trusted = 'ca.pem'): ClientContext {
  const own = name && { DicomTlsCertificate: file(`${name}.pem`), DicomTlsPrivateKey: file(`${name}.key`) };
  const settings = settingsSchema.parse({ DicomTlsTrustedCertificates: file(trusted), DicomScuTimeout: 5, ...own });
  return { ...clientContext(), settings, tls: () => clientTls(settings) };
}

const over = (port: number) => ({ ...nodeAt(port), UseDicomTls: true });
const sentence = (outcome: Promise<unknown>): Promise<string> =>
  outcome.then(
    () => 'It worked.',
    (error: unknown) => (error instanceof PacsError ? `${error.code}: ${error.message}` : String(error)),
  );

describe.skipIf(!hasOpenssl || !hasDcmtk)(`storescp over TLS${note || dcmtkNote}`, () => {
  test('is tested, and gets images', async () => {
    const { port, folder } = await startStorescp(...listening('server'));
    expect((await echo(over(port), calling('client'))).milliseconds).toBeGreaterThanOrEqual(0);
    const from = await writeInstances(4, 600_000);
    const files = await Promise.all((await readdir(from)).map((name) => storedFile(join(from, name))));
    const results = await store(over(port), files, calling('client'));
    expect(results.map(({ outcome }) => outcome)).toEqual(['stored', 'stored', 'stored', 'stored']);
    expect(await readdir(folder)).toHaveLength(4);
  });

  test('is not called where its certificate is not one that we trust, or has expired', async () => {
    const trusted = await startStorescp(...listening('server'));
    expect(await sentence(echo(over(trusted.port), calling('client', 'other-ca.pem')))).toBe(
      `forbidden: The TLS certificate of 127.0.0.1 port ${trusted.port} is not trusted here.`,
    );
    const expired = await startStorescp(...listening('expired-server'));
    expect(await sentence(echo(over(expired.port), calling('client')))).toMatch(/^forbidden: The TLS certificate of/);
  });

  test('refuses us without a certificate; where it wants none, none is needed', async () => {
    const strict = await startStorescp(...listening('server'));
    expect(await sentence(echo(over(strict.port), calling(undefined)))).toMatch(/does not accept our TLS certificate/);
    const lenient = await startStorescp(...listening('server', '-ic'));
    expect(await sentence(echo(over(lenient.port), calling(undefined)))).toBe('It worked.');
  });

  test('in the clear is not spoken to over TLS, nor the other way round; nobody waits', async () => {
    const start = Date.now();
    const clear = await startStorescp();
    expect(await sentence(echo(over(clear.port), calling('client')))).not.toBe('It worked.');
    const encrypted = await startStorescp(...listening('server'));
    expect(await sentence(echo(nodeAt(encrypted.port), calling('client')))).not.toBe('It worked.');
    expect(Date.now() - start).toBeLessThan(15_000);
  });
});

describe.skipIf(!hasOpenssl)(`We call ourselves over TLS${note}`, () => {
  const server = async () => {
    const kept = await fileStore();
    const running = await startServer(kept, {
      DicomTlsEnabled: true,
      DicomTlsCertificate: file('server.pem'),
      DicomTlsPrivateKey: file('server.key'),
      DicomTlsTrustedCertificates: file('ca.pem'),
    });
    return { ...running, kept };
  };

  test('and large images arrive byte for byte', async () => {
    const { port, kept } = await server();
    const from = await writeInstances(3, 8_000_000);
    const files = await Promise.all((await readdir(from)).map((name) => storedFile(join(from, name))));
    const results = await store(over(port), files, calling('client'));
    expect(results.map(({ outcome }) => outcome)).toEqual(['stored', 'stored', 'stored']);
    for (const uid of ['1.2.3.4.1', '1.2.3.4.2', '1.2.3.4.3'])
      expect(dataSetOf(await kept.fileOf(uid)).equals(makeDataSet(uid, 8_000_000))).toBe(true);
  });

  test('and the file or option that is wrong is named before anything is sent', async () => {
    const { port, server: door } = await server();
    const settings = settingsSchema.parse({});
    const context = { ...clientContext(), settings, tls: () => clientTls(settings) };
    expect(await sentence(echo(over(port), context))).toBe(
      'bad-request: To call a device over TLS the option DicomTlsTrustedCertificates is needed.',
    );
    expect(door.counts().served).toBe(0);
  });

  test('and a node that begins with TLS and then says nothing is given up in time', async () => {
    const silent = createServer((socket) => void socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as { port: number };
    const node = {
      name: 'silent',
      ...modalitySchema.parse({ AET: 'S', Host: '127.0.0.1', Port: port, Timeout: 0.5, UseDicomTls: true }),
    };
    const start = Date.now();
    expect(await sentence(echo(node, calling('client')))).toMatch(/^busy: /);
    expect(Date.now() - start).toBeLessThan(3000);
    await until(
      async () => (await new Promise<number>((resolve) => silent.getConnections((_, count) => resolve(count)))) === 0,
    );
  });
});
