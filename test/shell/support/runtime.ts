/** Which Electron the tests run on: the real one where it is there, else the stand-in. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { root } from '../../support/shared-data.ts';

function realElectron(): string | undefined {
  const given = process.env['ELECTRON_BIN'];
  if (given) return given;
  const pathFile = resolve(root, 'node_modules/electron/path.txt');
  const hasDisplay = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  if (!hasDisplay || !existsSync(pathFile)) return undefined;
  const path = resolve(root, 'node_modules/electron/dist', readFileSync(pathFile, 'utf8'));
  return existsSync(path) ? path : undefined;
}

const real = realElectron();

/** The stand-in's executable. */
export const standin = resolve(import.meta.dirname, '../standin/electron');
/** The executable that the tests start. */
export const electronBinary = real ?? standin;
/** True where the tests do not run on real Electron. */
export const isStandin = real === undefined;
/** For a title: what the tests ran on. */
export const runtimeNote = isStandin ? 'on the stand-in over Chromium' : 'on real Electron';
