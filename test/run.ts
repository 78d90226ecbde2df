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
  ['Orthanc', 'orthanc'],
  ['tshark', 'tshark'],
] as const;

const has = (program: string): boolean =>
  spawnSync(process.platform === 'win32' ? 'where' : 'which', [program], { stdio: 'ignore' }).status === 0;

/* Some packages ask questions when they are installed. */
const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };

function run(command: string, input: readonly string[]): number {
  return spawnSync(command, input, { stdio: 'inherit', cwd: root, env }).status ?? 1;
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
}

/** Runs vitest and answers its summary; a run that ends without one counts as a failure. */
function vitest(name: string, input: readonly string[]): Summary & { readonly status: number } {
  const report = `${root}/test-results/${name}.json`;
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const status = run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...input]);
  if (!existsSync(report)) return { status: status || 1, numPassedTests: 0, numFailedTests: 1, numPendingTests: 0 };
  return { ...(JSON.parse(readFileSync(report, 'utf8')) as Summary), status };
}

/* What opens browsers runs alone: a picture drawn in software leaves a small machine no time for anything beside it. */
const browsers = ['test/app', 'test/shell'];
const wanted = process.argv.slice(2);

bringPeers();
if (run(process.execPath, ['vite.build.ts']) !== 0) process.exit(1);
const runs =
  wanted.length > 0
    ? [vitest('wanted', wanted)]
    : [
        vitest(
          'core',
          browsers.map((folder) => `--exclude=${folder}/**`),
        ),
        vitest('browsers', [...browsers, '--maxWorkers=1']),
      ];
const total = (key: keyof Summary): number => runs.reduce((sum, summary) => sum + summary[key], 0);
console.log(
  `${total('numPassedTests')} passed, ${total('numFailedTests')} failed, ${total('numPendingTests')} skipped`,
);
process.exit(runs.find(({ status }) => status !== 0)?.status ?? 0);
