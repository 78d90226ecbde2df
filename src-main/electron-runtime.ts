/** Finds the Electron executable, fetches it where it is not there yet, and says in words why it cannot run. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The executable, or why there is none that runs: half a sentence. */
export type Electron = { readonly path: string } | { readonly missing: string };

/** Longest time that fetching the executable may take, in milliseconds. */
const fetchTimeout = 300_000;

/** True where a window can be shown. */
export const hasDisplay = (): boolean =>
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);

/** The Electron of the project in `root`. Its module is never imported: that would fetch without a limit of time. */
export function findElectron(root: string): Electron {
  if (!hasDisplay()) return { missing: 'there is no display' };
  const folder = join(root, 'node_modules/electron');
  const path = installed(folder) ?? (fetchElectron(folder) ? installed(folder) : undefined);
  if (!path) return { missing: 'the Electron runtime is not here and could not be downloaded' };
  const { status, error, stderr } = spawnSync(path, ['--version'], { timeout: 20_000, encoding: 'utf8' });
  if (status === 0) return { path };
  const reason = error?.message ?? stderr.trim().split('\n').at(-1);
  return { missing: `the Electron runtime does not start here (${reason || `exit code ${status}`})` };
}

/* As electron/index.js finds it: `path.txt` beside it names the file in `dist`, or in the folder of the variable. */
function installed(folder: string): string | undefined {
  const pathFile = join(folder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : undefined;
  const other = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const path = other ? join(other, name ?? 'electron') : name && join(folder, 'dist', name);
  return path && existsSync(path) ? path : undefined;
}

function fetchElectron(folder: string): boolean {
  if (process.env['ELECTRON_SKIP_BINARY_DOWNLOAD']) return false;
  console.error('Fetching the Electron runtime, about 120 MB, this once…');
  // Its own account of a failure is a page of stack trace; ours is one line.
  const { status } = spawnSync(process.execPath, [join(folder, 'install.js')], {
    stdio: 'ignore',
    timeout: fetchTimeout,
  });
  return status === 0;
}
