/** The desktop application, started for a test with a data folder of its own and free ports. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { electronBinary } from './runtime.ts';

/** A running application. */
export interface Desktop {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** The application's folder for the user's data. */
  readonly userData: string;
  readonly environment: Record<string, string>;
  /** Everything that the page's console said as an error. */
  readonly pageErrors: readonly string[];
  /** Quits by `app.quit()` and answers the exit code. */
  quit(): Promise<number | null>;
  /** Ends what a failed test left, and deletes the data. */
  dispose(): Promise<void>;
}

/** Starts the application of that folder on Electron or the stand-in. */
export async function startDesktop(folder: string): Promise<Desktop> {
  const home = mkdtempSync(join(tmpdir(), 'chairside-desktop-'));
  // APPDATA and HOME serve where the tests run on real Electron on another system.
  const environment = {
    ...(process.env as Record<string, string>),
    XDG_CONFIG_HOME: home,
    APPDATA: home,
    ORTHANC__DICOM_PORT: '0',
    ORTHANC__HTTP_PORT: '0',
  };
  const app = await _electron.launch({ executablePath: electronBinary, args: [folder], env: environment });
  const exit = new Promise<number | null>((done) => app.process().once('exit', done));
  const page = await app.firstWindow();
  const pageErrors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && pageErrors.push(message.text()));
  page.on('pageerror', (error) => pageErrors.push(String(error)));
  await page.waitForFunction(() => 'pacs' in window);
  const quit = async () => {
    // The application is gone before it can answer.
    await app.evaluate(({ app: running }) => running.quit()).catch(() => undefined);
    return exit;
  };
  const dispose = async () => {
    if (app.process().exitCode === null) app.process().kill('SIGKILL');
    await exit;
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  return { app, page, userData: join(home, 'Chairside'), environment, pageErrors, quit, dispose };
}

/** Starts the same application a second time beside a running one, and answers its exit code. */
export const startAgain = (folder: string, { environment }: Desktop): Promise<number | null> =>
  new Promise((done) => spawn(electronBinary, [folder], { env: environment, stdio: 'ignore' }).once('exit', done));
