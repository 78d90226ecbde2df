/** The program as a user starts it: with sample configurations, on free ports, ended cleanly. */
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { startHeadless, type Headless } from './support/headless.ts';
import { temporaryFolder } from './support/instances.ts';
import { hasSharedData, sharedData, sharedDataNote } from './support/shared-data.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());
let running: Headless | undefined;
afterEach(async () => void (await running?.end('SIGKILL')));

const echo = (port: number, called: string): number | null =>
  spawnSync('echoscu', ['-aec', called, '127.0.0.1', String(port)], { timeout: 20_000 }).status;
const http = async (port: number, path: string, user?: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, user ? { headers: { Authorization: `Basic ${btoa(user)}` } } : {});

describe('without a configuration', () => {
  it('answers C-ECHO and HTTP, and ends cleanly', async () => {
    running = await startHeadless(join(folder.path, 'plain'));
    expect(echo(running.dicomPort, 'CHAIRSIDE')).toBe(0);
    expect(await (await http(running.httpPort, '/system')).json()).toMatchObject({
      DicomAet: 'CHAIRSIDE',
      DicomPort: running.dicomPort,
    });
    expect(await (await http(running.httpPort, '/dicom-web/studies')).json()).toEqual([]);
    expect(await running.end()).toBe(0);
  });

  it('refuses a second start on the same archive in words', async () => {
    running = await startHeadless(join(folder.path, 'twice'));
    await expect(startHeadless(join(folder.path, 'twice'))).rejects.toThrow(/in use by another running Chairside/);
  });

  it('says in words what is wrong with a configuration', async () => {
    const file = join(folder.path, 'wrong.json');
    writeFileSync(file, '{ "DicomAet": "AN AE TITLE THAT IS TOO LONG" }');
    await expect(startHeadless(join(folder.path, 'wrong'), [file])).rejects.toThrow(/DicomAet/);
  });
});

const samples = hasSharedData ? readdirSync(resolve(sharedData, 'config')) : [];

describe.skipIf(!hasSharedData)(`the sample configurations${sharedDataNote}`, () => {
  it.each(samples)('%s starts unmodified', async (name) => {
    running = await startHeadless(join(folder.path, name), [resolve(sharedData, 'config', name)]);
    const { dicomPort, httpPort } = running;
    const expected = {
      'clinic.json': {
        called: 'ORTHANC',
        user: 'orthanc:change-this-password',
        warned: ['TemporaryDirectory', 'Plugins', 'StorageCompression'],
      },
      'docker.json': { called: 'ORTHANC', user: 'admin:admin', warned: [] },
      'api-only.json': { called: 'CHAIRSIDE', user: 'emr:change-this-password', warned: ['WebViewer', 'Explorer'] },
    }[name] as { called: string; user: string; warned: string[] };
    expect(echo(dicomPort, expected.called)).toBe(0);
    expect(echo(dicomPort, 'SOMEONE') === 0).toBe(name !== 'clinic.json');
    expect((await http(httpPort, '/system')).status).toBe(401);
    expect((await http(httpPort, '/system', 'emr:wrong')).status).toBe(401);
    expect((await http(httpPort, '/dicom-web/studies', expected.user)).status).toBe(200);
    for (const option of expected.warned)
      expect(
        running
          .errors()
          .split('\n')
          .filter((line) => line.includes(` option ${option} `)),
      ).toHaveLength(1);
    expect(running.errors().match(/The option/g) ?? []).toHaveLength(expected.warned.length);
  });
});
