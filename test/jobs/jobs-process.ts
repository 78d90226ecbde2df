/** A process that works through jobs: it crosses numbers off and writes each to a file, so that a test can kill it on the way. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PacsError } from '#shared/errors.ts';
import { openJobs } from '#main/jobs/jobs.ts';
import { jobsSchema } from '#main/jobs/schema.ts';
import { openRecords } from '#main/records/open-records.ts';

const [folder = '', task = ''] = process.argv.slice(2);
const records = await openRecords(folder, [jobsSchema]);
const jobs = openJobs({
  records,
  settings: { ConcurrentJobs: 4, JobsHistorySize: 100 },
  log: () => undefined,
  backOff: () => 3_600_000,
  runners: {
    DicomModalityStore: async (content, { progress, save, signal }) => {
      let left = content as number[];
      while (left.length > 0 && !signal.aborted) {
        appendFileSync(join(folder, 'done.txt'), `${left[0]}\n`);
        await wait(3);
        left = left.slice(1);
        progress({ done: 200 - left.length, total: 200 });
        await save(left);
      }
      return 'all';
    },
    DicomMoveScu: async () => {
      throw new PacsError('busy', 'Not now.');
    },
    DicomGetScu: async () => {
      process.kill(process.pid, 'SIGKILL');
    },
  },
});
if (task === 'submit') {
  const numbers = Array.from({ length: 200 }, (_, at) => at);
  await jobs.submit({ type: 'DicomModalityStore', description: 'numbers', content: numbers, total: 200 });
  await jobs.submit({ type: 'DicomMoveScu', description: 'waits', content: null });
  const paused = await jobs.submit({ type: 'DicomModalityStore', description: 'paused', content: [1000] });
  await jobs.control(paused, 'pause');
}
if (task === 'poison') await jobs.submit({ type: 'DicomGetScu', description: 'poison', content: null });
await jobs.start();
process.stdout.write('ready\n');
/* The queue itself keeps no process alive; the doors do. */
setInterval(() => undefined, 60_000);
