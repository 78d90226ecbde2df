/** What the tests of the jobs need: records in a folder of the test, jobs with handed-in runners, quick back-off. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Job } from '#shared/model.ts';
import type { JobRunners } from '#main/jobs/job-runner.ts';
import { openJobs, type Jobs, type JobsOptions } from '#main/jobs/jobs.ts';
import { jobsSchema } from '#main/jobs/schema.ts';
import { openRecords } from '#main/records/open-records.ts';
import type { Records } from '#main/records/records.ts';

/** A folder that is removed with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jobs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Records with the tables of the jobs, closed with the test. */
export async function testRecords(folder?: string): Promise<Records> {
  const records = await openRecords(folder ?? (await temporaryFolder()), [jobsSchema]);
  onTestFinished(() => records.close());
  return records;
}

/** Jobs that run, and all they told. */
export interface TestJobs {
  readonly jobs: Jobs;
  readonly told: Job[];
  readonly lines: string[];
  readonly records: Records;
}

/** Opens and starts jobs; they are stopped with the test. */
export async function testJobs(
  runners: JobRunners,
  {
    ConcurrentJobs = 2,
    JobsHistorySize = 100,
    ...more
  }: Partial<JobsOptions & { ConcurrentJobs: number; JobsHistorySize: number }> = {},
): Promise<TestJobs> {
  const records = more.records ?? (await testRecords());
  const [told, lines]: [Job[], string[]] = [[], []];
  const jobs = openJobs({
    records,
    settings: { ConcurrentJobs, JobsHistorySize },
    runners,
    log: (level, message) => lines.push(`${level} ${message}`),
    backOff: more.backOff ?? ((tries) => (tries < 4 ? 20 : undefined)),
  });
  jobs.events.on('job.changed', (job) => told.push(job));
  await jobs.start();
  onTestFinished(() => jobs.stop());
  return { jobs, told, lines, records };
}

/** A job without much. */
export const aJob = (content: unknown, more: { priority?: number; lane?: string } = {}) => ({
  type: 'DicomModalityStore' as const,
  description: 'a test',
  content,
  ...more,
});

/** Waits until the condition holds. @throws Error after the time. */
export async function until(condition: () => boolean | Promise<boolean>, milliseconds = 20_000): Promise<void> {
  for (const end = Date.now() + milliseconds; !(await condition());) {
    if (Date.now() > end) throw new Error('It did not come about.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A gate: what waits at it goes on when it is opened, or fails when the signal is aborted. */
export function createGate(): { wait(signal: AbortSignal): Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    open: resolve,
    wait: (signal) =>
      new Promise((go, fail) => {
        signal.addEventListener('abort', () => fail(signal.reason), { once: true });
        void promise.then(go);
      }),
  };
}
