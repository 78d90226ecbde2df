/** `npm start`: the desktop application where Electron can run, else the same program with its window in the browser. */
import { spawn, spawnSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findElectron, hasDisplay } from './electron-runtime.ts';
import { startHeadless } from './headless-process.ts';
import { requireNode } from './require-node.ts';

requireNode();

const root = resolve(import.meta.dirname, '..');

/** Builds when there is no build, or one that is older than what it was made from. */
function buildIfOld(): void {
  const changed = (pattern: string) =>
    globSync(pattern, { cwd: root, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs);
  const built = [...changed('out/shell/main.js'), ...changed('out/window/index.html')];
  const sources = ['src-*/**', 'vite.*.ts', 'package.json'].flatMap(changed);
  if (built.length === 2 && Math.min(...built) > Math.max(...sources)) return;
  console.error('Building Chairside…');
  const { status } = spawnSync(process.execPath, ['vite.build.ts'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function startDesktop(electron: string, args: readonly string[]): void {
  const child = spawn(electron, [root, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
  child.on('error', (error) => {
    if (child.pid === undefined) insteadInBrowser(`the Electron runtime does not start here (${error.message})`, args);
  });
}

function insteadInBrowser(reason: string, args: readonly string[]): void {
  console.error(`Starting in the browser, because ${reason}.`);
  startInBrowser(args);
}

function startInBrowser(args: readonly string[]): void {
  startHeadless(['--window', join(root, 'out/window'), ...args], ({ window, dicomPort }) => {
    if (dicomPort !== undefined) console.log(`Scanners send to port ${dicomPort} of this computer.`);
    console.log(`Chairside is open at ${window}`);
    if (hasDisplay()) openBrowser(window);
  });
}

/** Opens the address in the person's browser; where that fails it is printed all the same. */
function openBrowser(url: string): void {
  const commands: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
    darwin: ['open', url],
    win32: ['rundll32', 'url.dll,FileProtocolHandler', url],
  };
  const [command, ...args] = commands[process.platform] ?? ['xdg-open', url];
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}

buildIfOld();
const args = process.argv.slice(2);
const electron = findElectron(root);
if ('path' in electron) startDesktop(electron.path, args);
else insteadInBrowser(electron.missing, args);
