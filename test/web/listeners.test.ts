/** The two listeners over real sockets: who is let in, and what hostile callers get. */
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/instances.ts';
import { greyImage, keep, openTestWeb, type TestWeb, uids } from './support.ts';

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** A request with any headers and a path that nobody tidies. */
async function send(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; host?: string; body?: string } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, host = '127.0.0.1', body } = options;
  const asked = httpRequest({ host, port, path, method, headers, agent: false });
  asked.end(body);
  const [answer] = await once(asked, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks).toString() };
}

/** Raw bytes to a port, and all that comes back until the other side closes. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.end(bytes);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` });

describe('public listener', () => {
  let here: TestWeb;
  let port: number;
  beforeAll(async () => {
    here = await openTestWeb();
    port = (await here.web.start()).httpPort ?? 0;
  });
  afterAll(() => here.close());

  test('/system and /statistics as clients of Orthanc read them', async () => {
    await keep(here.store, greyImage(uids(1, 1, 1)));
    const system = JSON.parse((await send(port, '/system')).body) as Record<string, unknown>;
    expect(system).toMatchObject({
      Version: '9.8.7',
      Name: 'Chairside',
      DicomAet: 'CHAIRSIDE',
      DicomPort: 11_112,
      DatabaseVersion: here.store.catalogueVersion,
      PluginsEnabled: false,
    });
    expect((system['MainDicomTags'] as Record<string, string>)['Patient']).toContain('0010,0020');
    const statistics = JSON.parse((await send(port, '/statistics')).body) as Record<string, unknown>;
    expect(statistics).toMatchObject({
      CountPatients: 1,
      CountStudies: 1,
      CountSeries: 1,
      CountInstances: 1,
      TotalDiskSizeMB: 0,
    });
    expect(Number(statistics['TotalDiskSize'])).toBeGreaterThan(300);
  });

  test('what is for the window only is not here', async () => {
    const token = here.web.token;
    for (const path of [
      '/',
      '/index.html',
      '/events',
      '/window/pixels/1.2.3.1/1.2.3.1.1',
      `/window/thumbnail/1.2.3.1?token=${token}`,
    ])
      expect((await send(port, path, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(404);
    expect((await send(port, '/call/system.info', { method: 'POST' })).status).toBe(404);
  });

  test.each([
    'evil.example',
    `evil.example:1`,
    'localhost:1',
    '127.0.0.1',
    '127.0.0.1.evil.example',
    '[::2]',
    '0x7f000001:80',
    'localhost@evil',
  ])('Host %s is refused (DNS rebinding)', async (host) => {
    const { status, body } = await send(port, '/system', { headers: { Host: host } });
    expect([400, 403]).toContain(status);
    expect(body).not.toContain('CHAIRSIDE');
  });

  test('loopback names with our port are taken', async () => {
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, `127.1.2.3:${port}`])
      expect((await send(port, '/system', { headers: { Host: host } })).status, host).toBe(200);
  });

  test('pages of other origins are refused, reading and writing; no CORS header ever', async () => {
    for (const headers of [
      { Origin: 'http://evil.example' },
      { Origin: 'null' },
      { Origin: 'http://localhost:1' },
      { 'Sec-Fetch-Site': 'cross-site' },
    ] as Record<string, string>[])
      for (const [method, path] of [
        ['GET', '/system'],
        ['GET', '/dicom-web/studies'],
        ['POST', '/dicom-web/studies'],
        ['OPTIONS', '/dicom-web/studies'],
      ] as const) {
        const answer = await send(port, path, { method, headers });
        expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([403, undefined]);
      }
    const own = await send(port, '/system', {
      headers: { Origin: `http://127.0.0.1:${port}`, 'Sec-Fetch-Site': 'same-origin' },
    });
    expect([own.status, own.headers['x-content-type-options'], own.headers['cross-origin-resource-policy']]).toEqual([
      200,
      'nosniff',
      'same-origin',
    ]);
    const link = await send(port, '/system', {
      headers: { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Dest': 'document' },
    });
    expect([link.status, link.headers['x-frame-options']]).toEqual([200, 'DENY']);
  });

  test('huge headers, nonsense and absolute targets end in an answer, not in a crash', async () => {
    expect(
      await raw(port, `GET /system HTTP/1.1\r\nHost: localhost:${port}\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.1 431/);
    expect(await raw(port, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
    expect(await raw(port, 'GET /system HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
    expect(
      await raw(
        port,
        `GET http://evil.example/system HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`,
      ),
    ).toMatch(/^HTTP\/1\.1 403/);
    expect(
      await raw(
        port,
        `GET /system?${'a&'.repeat(5000)} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`,
      ),
    ).toMatch(/^HTTP\/1\.1 200/);
    expect(
      await raw(port, `GET /%c0%ae%c0%ae/%zz HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.1 40[04]/);
    expect((await send(port, '/system')).status).toBe(200);
  });

  test('it listens on the loopback only', async () => {
    const outside = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4');
    if (!outside) return;
    await expect(send(port, '/system', { host: outside.address })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('people and remote access', () => {
  test('names and passwords', async () => {
    const here = await openTestWeb({ AuthenticationEnabled: true, RegisteredUsers: { emr: 'pass:word' } });
    try {
      const port = (await here.web.start()).httpPort ?? 0;
      const refused = await send(port, '/system');
      expect([refused.status, refused.headers['www-authenticate']]).toEqual([
        401,
        'Basic realm="Chairside", charset="UTF-8"',
      ]);
      expect(JSON.parse(refused.body)).toMatchObject({ HttpStatus: 401, Uri: '/system' });
      expect((await send(port, '/system', { headers: basic('emr:pass:word') })).status).toBe(200);
      for (const wrong of ['emr:pass', 'emr:', ':pass:word', 'emr', 'nobody:pass:word', ''])
        expect((await send(port, '/system', { headers: basic(wrong) })).status, wrong).toBe(401);
      for (const header of ['Basic', 'Basic ???', `Bearer ${here.web.token}`, `Basic ${'A'.repeat(10_000)}`])
        expect((await send(port, '/system', { headers: { Authorization: header } })).status).toBe(401);
      expect((await send(port, `/system?token=${here.web.token}`)).status).toBe(401);
      expect((await send(port, '/nothing')).status).toBe(401);
    } finally {
      await here.close();
    }
  });

  test('remote access asks for passwords by default, and does not start without people', async () => {
    const nobody = await openTestWeb({ RemoteAccessAllowed: true });
    await expect(nobody.web.start()).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('RegisteredUsers'),
    });
    await nobody.close();
    const here = await openTestWeb({ RemoteAccessAllowed: true, RegisteredUsers: { emr: 'x' } });
    try {
      const port = (await here.web.start()).httpPort ?? 0;
      expect((await send(port, '/system')).status).toBe(401);
      expect(
        (await send(port, '/system', { headers: { ...basic('emr:x'), Host: 'pacs.clinic.example' } })).status,
      ).toBe(200);
    } finally {
      await here.close();
    }
  });

  test('a port in use is told, and nothing stays open', async () => {
    const first = await openTestWeb();
    const { httpPort } = await first.web.start();
    const second = await openTestWeb({ HttpPort: httpPort });
    await expect(second.web.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await second.close();
    await first.close();
  });

  test('HttpServerEnabled false opens the private listener only', async () => {
    const here = await openTestWeb({ HttpServerEnabled: false });
    const { httpPort, privateUrl } = await here.web.start();
    expect([httpPort, privateUrl]).toEqual([undefined, expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/)]);
    await here.close();
  });
});

describe('private listener', () => {
  const folder = temporaryFolder();
  let here: TestWeb;
  let port: number;
  beforeAll(async () => {
    const root = join(folder.path, 'window');
    mkdirSync(join(root, 'assets'), { recursive: true });
    writeFileSync(join(root, 'index.html'), '<!doctype html><title>Chairside</title>');
    writeFileSync(join(root, 'assets/index-AbCd1234.js'), 'export {};');
    writeFileSync(join(folder.path, 'secret.txt'), 'secret');
    symlinkSync(join(folder.path, 'secret.txt'), join(root, 'link.txt'));
    here = await openTestWeb({}, { windowFolder: root });
    port = Number(new URL((await here.web.start()).privateUrl).port);
    await keep(here.store, greyImage(uids(1, 1, 1), 3));
  });
  afterAll(async () => {
    await here.close();
    folder.remove();
  });

  test('the page comes with its policy and needs no token', async () => {
    const page = await send(port, '/');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval';",
    );
    expect(page.headers['content-security-policy']).toContain("style-src 'self';");
    expect(page.headers['content-security-policy']).not.toContain('unsafe-inline');
    expect([
      page.headers['x-content-type-options'],
      page.headers['referrer-policy'],
      page.headers['cache-control'],
    ]).toEqual(['nosniff', 'no-referrer', 'no-cache']);
    const script = await send(port, '/assets/index-AbCd1234.js');
    expect([script.headers['content-type'], script.headers['cache-control']]).toEqual([
      'text/javascript; charset=utf-8',
      'public, max-age=31536000, immutable',
    ]);
    const again = await send(port, '/', { headers: { 'If-None-Match': String(page.headers['etag']) } });
    expect(again.status).toBe(304);
  });

  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/link.txt',
    '//etc/passwd',
    '/%00',
    '/assets',
    '/nothing.js',
    '/%',
  ])('%s leads nowhere', async (path) => {
    const { status, body } = await send(port, path);
    expect([400, 401, 404]).toContain(status);
    expect(body).not.toContain('secret\n');
    expect(body).not.toMatch(/^secret|root:/);
  });

  test('data need the token, by header or query', async () => {
    const token = here.web.token;
    for (const path of ['/system', '/dicom-web/studies', '/events', '/window/thumbnail/1.2.3.1']) {
      expect((await send(port, path)).status, path).toBe(401);
      expect((await send(port, `${path}?token=${token}x`)).status, path).toBe(401);
      expect((await send(port, `${path}?token=${token.slice(0, -1)}`)).status, path).toBe(401);
      expect((await send(port, path, { headers: { Authorization: 'Bearer ' } })).status, path).toBe(401);
    }
    expect((await send(port, '/system', { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200);
    expect((await send(port, `/window/thumbnail/1.2.3.1?token=${token}`)).headers['content-type']).toBe('image/jpeg');
    expect((await send(port, '/call/system.info', { method: 'POST' })).status).toBe(401);
  });

  test('CORS for our own window and nobody else', async () => {
    const headers = { Authorization: `Bearer ${here.web.token}` };
    const own = await send(port, '/system', { headers: { ...headers, Origin: 'app://bundle' } });
    expect([own.status, own.headers['access-control-allow-origin']]).toEqual([200, 'app://bundle']);
    const failed = await send(port, '/system', { headers: { Origin: 'app://bundle' } });
    expect([failed.status, failed.headers['access-control-allow-origin']]).toEqual([401, 'app://bundle']);
    const preflight = await send(port, '/call/system.info', {
      method: 'OPTIONS',
      headers: { Origin: 'app://bundle', 'Access-Control-Request-Method': 'POST' },
    });
    expect([preflight.status, preflight.headers['access-control-allow-headers']]).toEqual([
      204,
      expect.stringContaining('Authorization'),
    ]);
    for (const Origin of ['http://evil.example', 'null', 'app://other', `http://localhost:${port + 1}`]) {
      const foreign = await send(port, '/system', { headers: { ...headers, Origin } });
      expect([foreign.status, foreign.headers['access-control-allow-origin']]).toEqual([403, undefined]);
    }
    expect((await send(port, '/', { headers: { Host: `evil.example:${port}` } })).status).toBe(403);
  });

  test('calls: checked input, plain errors', async () => {
    const call = (name: string, body?: string, type = 'application/json') =>
      send(port, `/call/${name}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${here.web.token}`, 'Content-Type': type },
        ...(body === undefined ? {} : { body }),
      });
    expect(JSON.parse((await call('system.info')).body)).toMatchObject({ version: '9.8.7' });
    expect(JSON.parse((await call('system.statistics', 'null')).body)).toMatchObject({ instances: 1 });
    expect(JSON.parse((await call('refusals.list', '{}')).body)).toEqual([]);
    for (const [name, body, type, status, code] of [
      ['refusals.list', '{"limit":0}', 'application/json', 400, 'bad-request'],
      ['refusals.list', '{', 'application/json', 400, 'bad-request'],
      ['refusals.list', '{}', 'text/plain', 415, 'unsupported'],
      ['system.info', '{"a":1}', 'application/json', 400, 'bad-request'],
      ['constructor', '{}', 'application/json', 404, 'not-found'],
      ['__proto__', '{}', 'application/json', 404, 'not-found'],
      ['refusals.list', `{"limit":${'1'.repeat(1_100_000)}}`, 'application/json', 413, 'too-large'],
    ] as const) {
      const answer = await call(name, body, type);
      expect(
        [answer.status, (JSON.parse(answer.body) as { code: string }).code],
        `${name} ${body.slice(0, 20)}`,
      ).toEqual([status, code]);
    }
    const wrongVerb = await send(port, '/call/system.info', { headers: { Authorization: `Bearer ${here.web.token}` } });
    expect([wrongVerb.status, wrongVerb.headers['allow']]).toEqual([405, 'POST, OPTIONS']);
  });

  test('import: one file as the body', async () => {
    const put = (body: Buffer, name = 'a.dcm') =>
      fetch(`http://127.0.0.1:${port}/window/import?name=${encodeURIComponent(name)}`, {
        method: 'POST',
        body: body as Uint8Array<ArrayBuffer>,
        headers: { Authorization: `Bearer ${here.web.token}` },
      });
    const stored = await put(greyImage(uids(9, 1, 1)));
    expect([stored.status, await stored.json()]).toEqual([
      200,
      expect.objectContaining({ status: 'Success', SOPInstanceUID: '1.2.3.9.1.1' }),
    ]);
    expect(await (await put(greyImage(uids(9, 1, 1)))).json()).toMatchObject({ status: 'AlreadyStored' });
    const refused = await put(Buffer.from('no DICOM at all '.repeat(30)));
    expect([refused.status, await refused.json()]).toEqual([400, { code: 'not-dicom', message: expect.any(String) }]);
    await put(Buffer.from('neither'), ' folder/\u202Etxt\n\0.dcm ');
    await put(Buffer.from('neither'), `${'ü'.repeat(500)}.dcm`);
    await put(Buffer.from('neither'), '\n');
    const origins = (await here.store.refusals(4)).map(({ origin }) => origin);
    expect(origins).toEqual(
      ['import', `…${'ü'.repeat(195)}.dcm`, 'folder/ txt .dcm', 'a.dcm'].map((name) => ({
        kind: 'import',
        path: name,
      })),
    );
  });
});
