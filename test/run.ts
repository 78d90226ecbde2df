/** `npm test`: sees to the peers that the tests need, builds what they open, runs them, and closes with one plain line. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { root } from './support/shared-data.ts';

/** Programs the tests talk to, and the Debian packages that bring them. */
const peers = [
  ['storescu', 'dcmtk'],
  ['dcmsend', 'dcmtk'],
  ['chromium', 'chromium'],
  ['dciodvfy', 'dicom3tools'],
] as const;

const has = (program: string): boolean =>
  spawnSync(process.platform === 'win32' ? 'where' : 'which', [program], { stdio: 'ignore' }).status === 0;

function run(command: string, input: readonly string[]): number {
  return spawnSync(command, input, { stdio: 'inherit', cwd: root }).status ?? 1;
}

function bringPeers(): void {
  const missing = peers.filter(([program]) => !has(program));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, name]) => name))];
  if (process.getuid?.() === 0 && has('apt-get')) {
    console.log(`Installing what the tests talk to: ${packages.join(', ')}`);
    run('apt-get', ['update', '-qq']);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  }
  const still = missing.filter(([program]) => !has(program));
  if (still.length === 0) return;
  console.error(`The tests need ${still.map(([program, name]) => `${program} (Debian package ${name})`).join(', ')}.`);
  process.exit(1);
}

interface Summary {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly success: boolean;
}

const report = `${root}/test-results/summary.json`;
bringPeers();
if (run(process.execPath, ['vite.build.ts']) !== 0) process.exit(1);
rmSync(report, { force: true });
const status = run(process.execPath, [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);
if (!existsSync(report)) process.exit(status || 1);
const summary = JSON.parse(readFileSync(report, 'utf8')) as Summary;
console.log(`${summary.numPassedTests} passed, ${summary.numFailedTests} failed, ${summary.numPendingTests} skipped`);
process.exit(status);
