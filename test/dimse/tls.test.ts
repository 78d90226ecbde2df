/** DICOM TLS at our door: DCMTK's programs and bare sockets call, with good certificates, bad ones, and none. */
import { copyFile } from 'node:fs/promises';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { settingsSchema } from '#shared/settings.ts';
import { createTlsServer } from '#main/dimse/tls-server.ts';
import { clientTls, serverTls } from '#main/dimse/tls.ts';
import {
  dataSetOf,
  dcmtk,
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

const ours = (more: Record<string, unknown> = {}) => ({
  DicomTlsEnabled: true,
  DicomTlsCertificate: file('server.pem'),
  DicomTlsPrivateKey: file('server.key'),
  DicomTlsTrustedCertificates: file('ca.pem'),
  ...more,
});
const settingsOf = (more: Record<string, unknown> = {}) => settingsSchema.parse(ours(more));
const asClient = (name = 'client', key = name): string[] => [
  '+tls',
  file(`${key}.key`),
  file(`${name}.pem`),
  '+cf',
  file('ca.pem'),
];
const echo = (port: number, ...args: readonly string[]) => dcmtk('echoscu', ...args, '127.0.0.1', String(port));
/* What is over must be over soon; nobody waits for a time-out. */
const soon = 5000;

describe.skipIf(!hasOpenssl || !hasDcmtk)(`DCMTK calls over TLS${note || dcmtkNote}`, () => {
  test('verifies the connection, with every profile of BCP 195', async () => {
    const { port } = await startServer(await fileStore(), ours());
    for (const profile of ['+py', '+px', '+pz'])
      expect(await echo(port, ...asClient(), profile)).toMatchObject({ code: 0 });
  });

  test('sends images that arrive byte for byte', async () => {
    const store = await fileStore();
    const { port, peers } = await startServer(store, ours());
    const folder = await writeInstances(5, 700_000);
    const sent = await dcmtk('storescu', ...asClient(), '+sd', '127.0.0.1', String(port), folder);
    expect(sent).toMatchObject({ code: 0 });
    for (let number = 1; number <= 5; number++) {
      const uid = `1.2.3.4.${number}`;
      expect(dataSetOf(await store.fileOf(uid)).equals(makeDataSet(uid, 700_000))).toBe(true);
    }
    expect(peers.list()).toEqual([]);
  });

  test('is refused with a certificate of another authority, with an expired one, and without one', async () => {
    const { port, lines, refusals } = await startServer(await fileStore(), ours());
    const start = Date.now();
    expect((await echo(port, ...asClient('stranger'))).code).not.toBe(0);
    expect((await echo(port, ...asClient('expired', 'client'))).code).not.toBe(0);
    expect((await echo(port, '+tla', '+cf', file('ca.pem'))).code).not.toBe(0);
    expect(Date.now() - start).toBeLessThan(3 * soon);
    await until(() => refusals.length === 3);
    expect(refusals.map(({ error }) => error.message)).toEqual([
      'Its TLS certificate is not one that we trust.',
      'Its TLS certificate has expired.',
      'It has shown no certificate, and this port asks for one.',
    ]);
    expect(refusals.map(({ origin }) => 'remoteAddress' in origin && origin.remoteAddress)).toEqual(
      Array.from({ length: 3 }, () => '127.0.0.1'),
    );
    expect(lines).toContain('warn 127.0.0.1 was refused: Its TLS certificate has expired.');
    expect(await echo(port, ...asClient())).toMatchObject({ code: 0 });
  });

  test('needs no certificate where none is required, but one that it shows must be good', async () => {
    const { port, refusals } = await startServer(await fileStore(), ours({ DicomTlsRemoteCertificateRequired: false }));
    expect(await echo(port, '+tla', '+cf', file('ca.pem'))).toMatchObject({ code: 0 });
    expect(await echo(port, ...asClient())).toMatchObject({ code: 0 });
    expect((await echo(port, ...asClient('stranger'))).code).not.toBe(0);
    await until(() => refusals.length === 1);
    expect(refusals[0]?.error.message).toBe('Its TLS certificate is not one that we trust.');
  });

  test('needs no authority of ours where no certificate is required', async () => {
    const { port } = await startServer(
      await fileStore(),
      ours({ DicomTlsRemoteCertificateRequired: false, DicomTlsTrustedCertificates: undefined }),
    );
    expect(await echo(port, ...asClient())).toMatchObject({ code: 0 });
  });

  test('does not trust us where its authority is another one; the log says so', async () => {
    const { port, refusals } = await startServer(await fileStore(), ours());
    const args = ['+tls', file('client.key'), file('client.pem'), '+cf', file('other-ca.pem')];
    expect((await echo(port, ...args)).code).not.toBe(0);
    await until(() => refusals.length === 1);
    expect(refusals[0]?.error.message).toBe('It does not accept our TLS certificate.');
  });

  test('in the clear is refused at an encrypted port, and over TLS at one in the clear; neither waits', async () => {
    const store = await fileStore();
    const encrypted = await startServer(store, ours());
    const start = Date.now();
    expect((await echo(encrypted.port)).code).not.toBe(0);
    await until(() => encrypted.refusals.length === 1);
    expect(encrypted.refusals[0]?.error.message).toBe('It did not speak TLS, but this port is encrypted.');
    const clear = await startServer(store);
    expect((await echo(clear.port, ...asClient())).code).not.toBe(0);
    await until(() => clear.lines.some((line) => line.includes('speaks TLS, but this port is not encrypted')));
    await until(() => clear.server.counts().connections === 0);
    expect(Date.now() - start).toBeLessThan(2 * soon);
  });

  test('finds both ports open at once where DicomTlsPort is given', async () => {
    const { port, tlsPort, lines } = await startServer(await fileStore(), ours({ Chairside: { DicomTlsPort: 0 } }));
    if (tlsPort === undefined) throw new Error('There is no second port.');
    expect(tlsPort).not.toBe(port);
    expect(await echo(port)).toMatchObject({ code: 0 });
    expect(await echo(tlsPort, ...asClient())).toMatchObject({ code: 0 });
    expect((await echo(tlsPort)).code).not.toBe(0);
    expect((await echo(port, ...asClient())).code).not.toBe(0);
    expect(lines.join()).not.toContain('no effect');
  });
});

describe.skipIf(!hasOpenssl)(`A caller over TLS${note}`, () => {
  const connect = (port: number, more: ConnectionOptions = {}) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...more });
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    return socket;
  };
  const certificate = async () =>
    clientTls(settingsOf({ DicomTlsCertificate: file('client.pem'), DicomTlsPrivateKey: file('client.key') }));

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'gets %s with authenticated encryption and forward secrecy',
    async (version) => {
      const { port } = await startServer(await fileStore(), ours());
      const socket = connect(port, { ...(await certificate()), maxVersion: version, minVersion: version });
      await once(socket, 'secureConnect');
      expect(socket.getProtocol()).toBe(version);
      expect(socket.getCipher().standardName).toMatch(
        /^TLS_((EC)?DHE_\w+_WITH_)?(AES_\d+_GCM|CHACHA20_POLY1305)_SHA\d+$/,
      );
    },
  );

  test.each([
    [
      'TLS 1.2 where 1.3 is asked for',
      { DicomTlsMinimumProtocolVersion: 5 },
      { maxVersion: 'TLSv1.2' },
      'versions of TLS',
    ],
    ['TLS 1.1', {}, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, 'versions of TLS'],
    ['a cipher without forward secrecy', {}, { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA256' }, 'no cipher'],
    [
      'a cipher that the settings do not name',
      { DicomTlsCiphersAccepted: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'] },
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES256-GCM-SHA384' },
      'no cipher',
    ],
  ] as const)('with %s is told off', async (_, settings, options, words) => {
    const { port, refusals } = await startServer(await fileStore(), ours(settings));
    const socket = connect(port, { ...(await certificate()), ...options });
    await new Promise((resolve) => socket.once('close', resolve));
    await until(() => refusals.length === 1);
    expect(refusals[0]?.error.message).toContain(words);
  });

  test('gets the ciphers that the settings name', async () => {
    const { port } = await startServer(
      await fileStore(),
      ours({ DicomTlsCiphersAccepted: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_AES_128_GCM_SHA256'] }),
    );
    const socket = connect(port, {
      ...(await certificate()),
      maxVersion: 'TLSv1.2',
      minVersion: 'TLSv1.2',
      ciphers: 'DEFAULT',
    });
    await once(socket, 'secureConnect');
    expect(socket.getCipher().standardName).toBe('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256');
  });

  test('who says nothing is cut off, and is not waited for when the door closes', async () => {
    const { port, refusals, server } = await startServer(
      await fileStore(),
      ours({ Chairside: { AssociationRequestTimeout: 0.3 } }),
    );
    const silent = connectTcp(port, '127.0.0.1');
    await once(silent, 'close');
    expect(refusals[0]?.error.message).toBe('It connected, but did not begin with TLS.');
    const late = connectTcp(port, '127.0.0.1');
    await once(late, 'connect');
    const start = Date.now();
    await server.stop();
    expect(Date.now() - start).toBeLessThan(2000);
    late.destroy();
  });

  test('who goes away in the middle leaves nothing behind', async () => {
    const { port, refusals, server } = await startServer(await fileStore(), ours());
    const socket = connectTcp(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(Buffer.from([0x16, 3, 1, 2, 0]));
    socket.destroy();
    const other = connect(port, await certificate());
    await once(other, 'secureConnect');
    await until(() => server.counts().connections === 1);
    other.destroy();
    await until(() => server.counts().connections === 0);
    expect(refusals).toEqual([]);
  });

  test('meets the renewed certificate without a restart; one that is not good is not taken', async () => {
    await Promise.all([copyFile(file('server.pem'), file('live.pem')), copyFile(file('server.key'), file('live.key'))]);
    await certificates.issue('renewed');
    const lines: string[] = [];
    const server = await createTlsServer({
      settings: settingsOf({ DicomTlsCertificate: file('live.pem'), DicomTlsPrivateKey: file('live.key') }),
      onConnection: (socket) => void socket.on('error', () => undefined),
      onRefused: () => undefined,
      log: (level, message, cause) => lines.push(`${level} ${message} ${String(cause ?? '')}`),
      lookInterval: 50,
    });
    await once(server.listen(0), 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const named = async (): Promise<string | undefined> => {
      const socket = connect(port, await certificate());
      await once(socket, 'secureConnect');
      const { CN } = socket.getPeerCertificate().subject;
      socket.destroy();
      return Array.isArray(CN) ? CN[0] : CN;
    };
    expect(await named()).toBe('server');
    await copyFile(file('renewed.pem'), file('live.pem'));
    await until(() => lines.some((line) => line.startsWith('error')));
    expect(lines.join()).toContain('does not belong to the certificate');
    expect(await named()).toBe('server');
    await copyFile(file('renewed.key'), file('live.key'));
    await until(() => lines.some((line) => line.startsWith('info')));
    expect(await named()).toBe('renewed');
  });
});

describe.skipIf(!hasOpenssl)(`A file or option of TLS that is not good is named${note}`, () => {
  test.each([
    ['DicomTlsCertificate and DicomTlsPrivateKey', { DicomTlsCertificate: undefined, DicomTlsPrivateKey: undefined }],
    ['needs the option DicomTlsPrivateKey', { DicomTlsPrivateKey: undefined }],
    ['DicomTlsCertificate cannot be read: /nowhere/c.pem', { DicomTlsCertificate: '/nowhere/c.pem' }],
    ['DicomTlsCertificate has no certificate', { DicomTlsCertificate: 'garbage.pem' }],
    ['DicomTlsPrivateKey has no private key', { DicomTlsPrivateKey: 'server.pem' }],
    ['does not belong to the certificate', { DicomTlsPrivateKey: 'client.key' }],
    ['protected by a password', { DicomTlsPrivateKey: 'locked.key' }],
    ['expired on 20', { DicomTlsCertificate: 'expired-server.pem' }],
    ['DicomTlsRemoteCertificateRequired needs', { DicomTlsTrustedCertificates: undefined }],
    ['DicomTlsTrustedCertificates has no certificate', { DicomTlsTrustedCertificates: 'garbage.pem' }],
    ['DicomTlsMinimumProtocolVersion 2', { DicomTlsMinimumProtocolVersion: 2 }],
    ['the cipher ROT13 is not known', { DicomTlsCiphersAccepted: ['ROT13'] }],
  ])('%s', async (words, values) => {
    const absolute = Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' && !value.startsWith('/') ? file(value) : value,
    ]);
    await expect(serverTls(settingsOf(Object.fromEntries(absolute)))).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining(words) as string,
    });
  });

  test('when the door opens; the port in the clear is closed again', async () => {
    await expect(
      startServer(
        await fileStore(),
        ours({ DicomTlsCertificate: file('garbage.pem'), Chairside: { DicomTlsPort: 0 } }),
      ),
    ).rejects.toMatchObject({ code: 'bad-request' });
  });

  test('to call others, authorities are needed and a certificate of ours is not', async () => {
    const none = { DicomTlsCertificate: undefined, DicomTlsPrivateKey: undefined };
    await expect(clientTls(settingsOf({ DicomTlsTrustedCertificates: undefined }))).rejects.toMatchObject({
      message: 'To call a device over TLS the option DicomTlsTrustedCertificates is needed.',
    });
    expect(await clientTls(settingsOf(none))).not.toHaveProperty('key');
    expect((await clientTls(settingsOf({ DicomTlsTrustedCertificates: file('both.pem') }))).ca).toHaveLength(2);
  });
});
