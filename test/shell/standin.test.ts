/** The stand-in catches an application that does what it should not, and what it lacks fails aloud. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { expect, it } from 'vitest';
import { standin } from './support/runtime.ts';

const main = `
import { app, BrowserWindow, protocol, session } from 'electron';
protocol.registerSchemesAsPrivileged([{ scheme: 'bad' }]);
try { app.setJumpList([]); } catch (error) { globalThis.missing = error.message; }
app.whenReady().then(() => {
  protocol.handle('bad', () => new Response('<title>bad</title><a href="/two">x</a>', { headers: { 'content-type': 'text/html' } }));
  const window = new BrowserWindow({ webPreferences: { sandbox: false, webSecurity: false, preload: import.meta.dirname + '/preload.mjs' } });
  window.loadURL('bad://host/');
});`;

it('notes every fault of a careless application', { timeout: 90_000 }, async () => {
  const home = mkdtempSync(join(tmpdir(), 'chairside-careless-'));
  const folder = join(home, 'app');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "careless", "type": "module", "main": "main.js" }');
  writeFileSync(join(folder, 'main.js'), main);
  writeFileSync(join(folder, 'preload.mjs'), "import { contextBridge } from 'electron';");
  const environment = { ...(process.env as Record<string, string>), XDG_CONFIG_HOME: home };
  const app = await _electron.launch({ executablePath: standin, args: [folder], env: environment });
  try {
    const page = await app.firstWindow();
    await page.click('a');
    await page.evaluate(() => void window.open('/three'));
    const found = () => app.evaluate(() => Reflect.get(globalThis, 'standin').audit as string[]);
    await expect
      .poll(found)
      .toEqual(
        expect.arrayContaining([
          'app.enableSandbox() was not called',
          'webPreferences.sandbox is false',
          'webPreferences.webSecurity is false',
          'no permission request handler before the first window',
          'no permission check handler before the first window',
          'the scheme bad is not registered as standard and secure',
          expect.stringContaining('no Content-Security-Policy header'),
          expect.stringContaining('the preload does not load: SyntaxError'),
          'no guard against navigation',
          'no handler of window.open',
        ]),
      );
    expect(await app.evaluate(() => Reflect.get(globalThis, 'missing'))).toBe(
      'electron.app.setJumpList is not implemented in the stand-in',
    );
  } finally {
    await app.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
});
