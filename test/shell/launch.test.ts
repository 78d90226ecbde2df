/** `npm start` where Electron cannot run: one line says why, and the same window opens in the browser. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { root } from '../support/shared-data.ts';
import { standin } from './support/runtime.ts';

const data = mkdtempSync(join(tmpdir(), 'chairside-launch-'));
let child: ChildProcess | undefined;

afterEach(async () => {
  const running = child;
  child = undefined;
  if (running && running.exitCode === null) {
    running.kill('SIGTERM');
    await new Promise((done) => running.once('exit', done));
  }
  rmSync(data, { recursive: true, force: true });
});

/** Starts the launcher and collects its output until `until` matches, if given. */
async function launch(
  environment: Record<string, string>,
  until?: RegExp,
): Promise<{ text: string; errors: string[] }> {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...inherited } = process.env;
  const args = ['src-main/launch.ts', '--data', data, '--dicom-port', '0', '--http-port', '0'];
  const started = spawn(process.execPath, args, { cwd: root, env: { ...inherited, ...environment } });
  child = started;
  const errors: string[] = [];
  started.stderr.on('data', (bytes: Buffer) => errors.push(...bytes.toString().trim().split('\n')));
  if (!until) return { text: '', errors };
  let text = '';
  await new Promise<void>((done, failed) => {
    started.stdout.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      if (until.test(text)) done();
    });
    started.once('exit', (code) =>
      until.test(text) ? done() : failed(new Error(`exit ${code}: ${errors.join('\n')}`)),
    );
  });
  return { text, errors };
}

const reasons = (errors: readonly string[]) => errors.filter((line) => line.startsWith('Starting in the browser'));

describe.skipIf(process.platform !== 'linux')('npm start', { timeout: 90_000 }, () => {
  it('starts in the browser without a display, and the window works there', async () => {
    const { text, errors } = await launch({}, /Chairside is open at (\S+)/);
    expect(reasons(errors)).toEqual(['Starting in the browser, because there is no display.']);
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      await page.goto(/open at (\S+)/.exec(text)?.[1] ?? '');
      await page.getByText('CHAIRSIDE').first().waitFor();
    } finally {
      await browser.close();
    }
  });

  it('says so where the Electron runtime is not to be had', async () => {
    const environment = {
      DISPLAY: ':9',
      PATH: '/nowhere',
      ELECTRON_SKIP_BINARY_DOWNLOAD: '1',
      ELECTRON_OVERRIDE_DIST_PATH: data,
    };
    const { errors } = await launch(environment, /Chairside is open at (\S+)/);
    expect(reasons(errors)).toEqual([
      'Starting in the browser, because the Electron runtime is not here and could not be downloaded.',
    ]);
  });

  it('starts the desktop application where the runtime is there', async () => {
    const environment = { DISPLAY: ':9', ELECTRON_OVERRIDE_DIST_PATH: join(standin, '..'), XDG_CONFIG_HOME: data };
    const { errors } = await launch({ ...environment, ORTHANC__DICOM_PORT: '0', ORTHANC__HTTP_PORT: '0' });
    await expect.poll(() => errors.join('\n'), { timeout: 20_000 }).toContain('DevTools listening on ws://');
    expect(reasons(errors)).toEqual([]);
    // The archive is where the command line says, not in the user's own folder.
    await expect.poll(() => readdirSync(data), { timeout: 20_000 }).toContain('catalogue.sqlite');
  });
});
