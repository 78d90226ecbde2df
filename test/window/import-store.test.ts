/** The import's store over a real HTTP listener. */
import { mkdtempSync, openAsBlob, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SystemInfo } from '#shared/model.ts';
import { createImportStore } from '#window/state/import-store.ts';
import { fakeBridge } from './fake-bridge.ts';

let server: Server;
let base: string;
let largest = 0;
let open = 0;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    largest = Math.max(largest, ++open);
    const body = await text(request);
    await new Promise((resolve) => setTimeout(resolve, 5));
    open--;
    if (body === 'hang') return;
    const [status, answer] =
      body === 'full'
        ? [507, { code: 'storage-full', message: 'The disk is full.' }]
        : body === 'bad'
          ? [400, { code: 'not-dicom', message: 'Not DICOM.' }]
          : [200, { status: 'Success' }];
    response.writeHead(status).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const info = { name: 'Chairside' } as SystemInfo;
const store = (url = base) => {
  const bridge = url === base ? fakeBridge({ 'system.info': () => info }) : fakeBridge({});
  return createImportStore({ ...bridge, url: (path) => url + path });
};
const file = (name: string, body = 'good') => ({ name, file: new Blob([body]) });
const finished = ({ getState }: ReturnType<typeof store>) =>
  vi.waitUntil(() => getState().phase === 'done', { timeout: 5000 });

describe('the import store', () => {
  it('sends all files, few at a time, and passes over marker files', async () => {
    const imports = store();
    largest = 0;
    imports
      .getState()
      .add([...Array.from({ length: 40 }, (_, n) => file(`a/${n}`)), file('a/.DS_Store'), file('DICOMDIR')]);
    await finished(imports);
    expect(imports.getState()).toMatchObject({
      total: 40,
      done: 40,
      stored: 40,
      refusedCount: 0,
      stoppedBy: undefined,
    });
    expect(largest).toBeLessThanOrEqual(3);
  });

  it('keeps the reason of each refusal', async () => {
    const imports = store();
    imports.getState().add([file('x'), file('y.pdf', 'bad')]);
    await finished(imports);
    expect(imports.getState().refused).toEqual([{ name: 'y.pdf', reason: 'not-dicom', detail: 'Not DICOM.' }]);
  });

  it('refuses a file that cannot be read, and goes on with the others', async () => {
    const imports = store();
    const folder = mkdtempSync(join(tmpdir(), 'chairside-import-'));
    const path = join(folder, 'gone.dcm');
    writeFileSync(path, 'good');
    const gone = { name: 'gone.dcm', file: await openAsBlob(path) };
    rmSync(folder, { recursive: true });
    imports.getState().add([gone, ...Array.from({ length: 20 }, (_, n) => file(`${n}`))]);
    await finished(imports);
    expect(imports.getState()).toMatchObject({ done: 21, stored: 20, refusedCount: 1, stoppedBy: undefined });
    expect(imports.getState().refused).toEqual([{ name: 'gone.dcm', reason: 'unreadable' }]);
  });

  it('ends when the disk is full, since every other file would meet the same', async () => {
    const imports = store();
    imports.getState().add([file('a', 'full'), ...Array.from({ length: 200 }, (_, n) => file(`${n}`))]);
    await finished(imports);
    expect(imports.getState().stoppedBy).toBe('storage-full');
    expect(imports.getState().done).toBeLessThan(200);
  });

  it('ends when the core is gone', async () => {
    const imports = store('http://127.0.0.1:1');
    imports.getState().add([file('a'), file('b')]);
    await finished(imports);
    expect(imports.getState().stoppedBy).toBe('aborted');
  });

  it('is stopped by a person in the middle of a file', async () => {
    const imports = store();
    imports.getState().add([file('a', 'hang')]);
    imports.getState().stop();
    expect(imports.getState()).toMatchObject({ phase: 'done', stoppedBy: 'person', refusedCount: 0 });
    imports.getState().dismiss();
    expect(imports.getState().phase).toBe('idle');
  });

  it('takes more files while it runs', async () => {
    const imports = store();
    imports.getState().add([file('a')]);
    imports.getState().add([file('b'), file('c')]);
    await finished(imports);
    expect(imports.getState()).toMatchObject({ total: 3, done: 3 });
  });
});
