/** How the desktop application starts: in the user's language, at its last place, and with a sentence where it cannot. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { root } from '../support/shared-data.ts';
import { type Before, type Desktop, startDesktop, startInVain } from './support/desktop.ts';
import { isStandin } from './support/runtime.ts';

// Real Electron takes the language from the system, keeps windows off places of its choosing, and waits in its error box.
describe.skipIf(!isStandin)('the start of the desktop application, on the stand-in', { timeout: 90_000 }, () => {
  let desktop: Desktop | undefined;
  afterEach(async () => {
    await desktop?.dispose();
    desktop = undefined;
  });
  const start = async (before: Before): Promise<Desktop> => (desktop = await startDesktop(root, before));
  const bounds = ({ app }: Desktop) =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds());

  it('speaks German where the system does', async () => {
    const { app } = await start({ environment: { STANDIN_LANGUAGE: 'de-CH' } });
    const menu = await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map((item) => item.label));
    expect(menu).toEqual(['Datei', 'Bearbeiten', 'Ansicht', 'Hilfe']);
    const tray = await app.evaluate(() => Reflect.get(globalThis, 'standinTray') as { toolTip: string });
    expect(tray.toolTip).toMatch(/^Chairside empfängt als CHAIRSIDE auf Port \d+$/);
  });

  it('opens at its usual size where its last place is off every display, or cannot be read', async () => {
    const away = { bounds: { x: 5000, y: 90, width: 2500, height: 700 }, maximized: false };
    const first = await start({ files: { 'window-state.json': JSON.stringify(away) } });
    expect(await bounds(first)).toEqual({ x: 0, y: 0, width: 1920, height: 700 });
    await first.dispose();
    const second = await start({ files: { 'window-state.json': '{"bounds":' } });
    expect(await bounds(second)).toMatchObject({ width: 1440, height: 900 });
  });

  it('takes its settings from the configuration file', async () => {
    const configuration = '{\n  // Ours\n  "DicomAet": "PRAXIS", "StorageDirectory": "images",\n}';
    const { page } = await start({ files: { 'chairside.json': configuration } });
    const info = await page.evaluate(() => Reflect.get(window, 'pacs').call('system.info'));
    expect(info.value).toMatchObject({ AETitle: 'PRAXIS', archive: expect.stringMatching(/Chairside\/images$/) });
  });

  it('takes a configuration file, a folder and a port from the command line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chairside-told-'));
    const file = join(folder, 'clinic.json');
    writeFileSync(file, '{ "DicomAet": "PRAXIS", "DicomPort": 1, "StorageDirectory": "elsewhere" }');
    const args = [file, '--data', join(folder, 'archive'), '--dicom-port=0', '--http-port', '0', '--no-sandbox'];
    const { page } = await start({ args, environment: { ORTHANC__DICOM_PORT: '1' } });
    const info = await page.evaluate(() => Reflect.get(window, 'pacs').call('system.info'));
    expect(info.value).toMatchObject({ AETitle: 'PRAXIS', archive: join(folder, 'archive') });
    expect(info.value.dicomPort).toBeGreaterThan(1023);
    await desktop?.dispose();
    rmSync(folder, { recursive: true });
  });

  it('loads its page again when that ends by itself, but not on and on', async () => {
    const { app, page } = await start({});
    const isMarked = () => page.evaluate(() => 'marked' in window).catch(() => true);
    const crash = async () => {
      await page.evaluate(() => Object.assign(window, { marked: true }));
      await app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.emit(
          'render-process-gone',
          {},
          { reason: 'crashed', exitCode: 5 },
        ),
      );
    };
    await crash();
    await expect.poll(isMarked, { timeout: 10_000 }).toBe(false);
    await page.getByText('CHAIRSIDE').first().waitFor();
    await crash();
    await page.waitForTimeout(500);
    expect(await isMarked()).toBe(true);
  });

  it('says what is wrong on the command line, and ends', async () => {
    const { code, said } = await startInVain(root, { args: ['--data'] });
    expect(said).toMatch(/^\[dialog\] Chairside could not start: .*--data/m);
    expect(code).toBe(1);
  });

  it('says what is wrong in the configuration file, and ends', async () => {
    const before = { files: { 'chairside.json': '{\n  "DicomAet": "LONGER THAN SIXTEEN"\n}' } };
    const { code, said } = await startInVain(root, before);
    expect(said).toMatch(/^\[dialog\] Chairside could not start: .*chairside\.json: DicomAet: /m);
    expect(code).toBe(1);
  });

  it('says that the port is taken, and ends', async () => {
    const other = createServer().listen(0);
    const { port } = other.address() as AddressInfo;
    const { code, said } = await startInVain(root, { environment: { ORTHANC__DICOM_PORT: String(port) } });
    other.close();
    expect(said).toMatch(new RegExp(`^\\[dialog\\] Chairside could not start: .*${port}`, 'm'));
    expect(code).toBe(1);
  });
});
