/** kill -9 of a process in the midst of its jobs, many times: all is done, what was crossed off is not done again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openJobs } from '#main/jobs/jobs.ts';
import { temporaryFolder, testRecords, until } from './support.ts';

/** Runs the process until it is killed after so many milliseconds of work, or ends by itself. */
async function runAndKill(folder: string, task: string, milliseconds: number): Promise<void> {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, 'jobs-process.ts'), folder, task], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended]);
  await Promise.race([wait(milliseconds), ended]);
  child.kill('SIGKILL');
  await ended;
}

async function jobsOf(folder: string) {
  const records = await testRecords(folder);
  return openJobs({
    records,
    settings: { ConcurrentJobs: 1, JobsHistorySize: 100 },
    runners: {},
    log: () => undefined,
  });
}

it('goes on with what is left after every kill', async () => {
  const folder = await temporaryFolder();
  const kills = 6;
  const numbers = () => readFileSync(join(folder, 'done.txt'), 'utf8').trim().split('\n').map(Number);
  for (let at = 0; at < kills; at++) await runAndKill(folder, at === 0 ? 'submit' : '', 90 + at * 10);
  expect(new Set(numbers()).size).toBeGreaterThan(kills);
  await runAndKill(folder, '', 3000);
  expect(new Set(numbers())).toEqual(new Set(Array.from({ length: 200 }, (_, at) => at)));
  /* At each kill at most the one under way is done again. */
  expect(numbers().length).toBeLessThanOrEqual(200 + kills);

  const jobs = await jobsOf(folder);
  const all = await jobs.list();
  const byName = (name: string) => all.find(({ description }) => description === name);
  expect(byName('numbers')).toMatchObject({ status: 'success', done: 200, total: 200, output: 'all' });
  expect(byName('waits')).toMatchObject({ status: 'retry', tries: 1, error: { code: 'busy' } });
  expect(byName('paused')).toMatchObject({ status: 'paused', content: [1000] });
});

it('gives a job up that the program dies of every time', async () => {
  const folder = await temporaryFolder();
  await runAndKill(folder, 'poison', 2000);
  for (let at = 0; at < 5; at++) await runAndKill(folder, '', at < 4 ? 2000 : 200);
  const jobs = await jobsOf(folder);
  await until(async () => (await jobs.list())[0]?.status === 'failure');
  expect((await jobs.list())[0]).toMatchObject({ status: 'failure', error: { code: 'internal' } });
});
