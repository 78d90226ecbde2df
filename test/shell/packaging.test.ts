/** The package that electron-builder makes: what is in it, its fuses, and that the application runs from it. */
import { extractAll, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/shared-data.ts';
import { desktopSuite } from './support/desktop-suite.ts';
import { writeFakeElectron } from './support/fake-electron.ts';

const folder = mkdtempSync(join(tmpdir(), 'chairside-package-'));
const unpacked = join(folder, 'release/linux-unpacked');
const archive = join(unpacked, 'resources/app.asar');
const extracted = join(folder, 'app');

describe.skipIf(process.platform !== 'linux')('the package for Linux, over a fake Electron', () => {
  beforeAll(async () => {
    await writeFakeElectron(join(folder, 'electron'));
    const options = { electronDist: join(folder, 'electron'), 'directories.output': join(folder, 'release') };
    const flags = Object.entries(options).map(([name, value]) => `-c.${name}=${value}`);
    const builder = join(root, 'node_modules/electron-builder/cli.js');
    execFileSync(process.execPath, [builder, '--dir', '--linux', ...flags], { cwd: root, stdio: 'pipe' });
    extractAll(archive, extracted);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('holds the bundles, and of the packages only those that run beside them', () => {
    const files = listPackage(archive, { isPack: false });
    const at = (depth: number, under: string) =>
      [
        ...new Set(
          files
            .filter((file) => file.startsWith(under))
            .map((file) =>
              file
                .split('/')
                .slice(1, depth + 1)
                .join('/'),
            ),
        ),
      ]
        .filter((path) => path.split('/').length === depth)
        .toSorted();
    expect(at(1, '/')).toEqual(['assets', 'node_modules', 'out', 'package.json']);
    expect(at(2, '/out/')).toEqual(['out/shell', 'out/window']);
    expect(at(2, '/node_modules/').map((path) => path.replace('node_modules/', ''))).toEqual([
      '@img',
      '@napi-rs',
      'better-sqlite3',
      'dcmjs-codecs',
      'detect-libc',
      'piscina',
      'semver',
      'sharp',
    ]);
    expect(files).toEqual(
      expect.arrayContaining([
        '/out/shell/main.js',
        '/out/shell/preload.cjs',
        '/out/window/index.html',
        ...builtWorkers(),
      ]),
    );
    expect(files.filter((file) => /\.(ts|tsx|map|md)$|node-linux|\/(test|docs|bench)\//.test(file))).toEqual([]);
  });

  it('keeps native code outside the archive, for this system only', () => {
    const native = execFileSync('find', [`${archive}.unpacked`, '-name', '*.node', '-printf', '%f\n'], {
      encoding: 'utf8',
    });
    const names = native.trim().split('\n').toSorted();
    expect(names).toHaveLength(3);
    expect(names.every((name) => name.includes(`linux-${process.arch}`))).toBe(true);
  });

  it('is small', () => {
    const bytes = execFileSync('du', ['-sb', join(unpacked, 'resources')], { encoding: 'utf8' });
    expect(Number.parseInt(bytes, 10)).toBeLessThan(60_000_000);
  });

  it('carries a manifest without scripts and development packages', () => {
    const manifest = JSON.parse(readFileSync(join(extracted, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toMatchObject({ main: 'out/shell/main.js', type: 'module', productName: 'Chairside' });
    expect(Object.keys(manifest)).not.toEqual(expect.arrayContaining(['devDependencies']));
  });

  it('has its fuses set', async () => {
    const wire = await getCurrentFuseWire(join(unpacked, 'chairside'));
    const on = [
      FuseV1Options.EnableCookieEncryption,
      FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
      FuseV1Options.OnlyLoadAppFromAsar,
    ];
    const off = [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ];
    // The wire holds the characters 0 and 1.
    expect(String.fromCharCode(...on.map((fuse) => wire[fuse] ?? 0))).toBe('111');
    expect(String.fromCharCode(...off.map((fuse) => wire[fuse] ?? 0))).toBe('0000');
  });

  it('brings its icons', () => {
    for (const name of ['icon.png', 'tray.png', 'tray@2x.png', 'trayTemplate.png', 'trayTemplate@2x.png'])
      expect(existsSync(join(extracted, 'assets/icons', name))).toBe(true);
  });

  desktopSuite('the packaged application', () => extracted);
});

const builtWorkers = (): string[] =>
  execFileSync('find', ['src-main', '-name', '*-worker.ts', '-printf', '/out/shell/%f\n'], {
    cwd: root,
    encoding: 'utf8',
  })
    .trim()
    .split('\n')
    .map((file) => file.replace(/\.ts$/, '.js'));
