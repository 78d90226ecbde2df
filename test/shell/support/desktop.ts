/** The desktop application, started for a test with a data folder of its own and free ports. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { electronBinary } from './runtime.ts';

/** What is there before the application starts. */
export interface Before {
  /** Files in the folder for the user's data: name and text. */
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** What stands on the command line after the application's folder. */
  readonly args?: readonly string[];
}

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
  /** Ends what still runs, and deletes the data. */
  dispose(): Promise<void>;
}

/** Starts the application of that folder on Electron or the stand-in. */
export async function startDesktop(folder: string, before: Before = {}): Promise<Desktop> {
  const { home, userData, environment } = prepare(before);
  const app = await _electron.launch({
    executablePath: electronBinary,
    args: [folder, ...(before.args ?? [])],
    env: environment,
  });
  const child = app.process();
  const exit = new Promise<number | null>((done) => child.once('exit', done));
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
    // Killed at once, the stand-in would leave its Chromium behind.
    if (child.exitCode === null) child.kill('SIGTERM');
    await exit;
    remove(home);
  };
  return { app, page, userData, environment, pageErrors, quit, dispose };
}

/** Starts the same application a second time beside a running one, and answers its exit code. */
export const startAgain = (folder: string, { environment }: Desktop): Promise<number | null> =>
  new Promise((done) => spawn(electronBinary, [folder], { env: environment, stdio: 'ignore' }).once('exit', done));

/** Starts an application that is expected to end by itself; answers its exit code and what it said. */
export async function startInVain(folder: string, before: Before): Promise<{ code: number | null; said: string }> {
  const { home, environment } = prepare(before);
  const child = spawn(electronBinary, [folder, ...(before.args ?? [])], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exit = new Promise<number | null>((done) => child.once('exit', done));
  const said = await text(child.stderr);
  const code = await exit;
  remove(home);
  return { code, said };
}

function prepare({ files = {}, environment = {} }: Before) {
  const home = mkdtempSync(join(tmpdir(), 'chairside-desktop-'));
  const userData = join(home, 'Chairside');
  mkdirSync(userData);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(userData, name), content);
  const inherited = process.env as Record<string, string>;
  const ports = { ORTHANC__DICOM_PORT: '0', ORTHANC__HTTP_PORT: '0' };
  // Where Electron looks for the user's data on Linux and on Windows.
  return {
    home,
    userData,
    environment: { ...inherited, XDG_CONFIG_HOME: home, APPDATA: home, ...ports, ...environment },
  };
}

const remove = (folder: string) => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
