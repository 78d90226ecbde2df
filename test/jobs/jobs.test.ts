/** The queue of jobs on real tables: order, tries, pausing, what is kept, and what it costs to wait. */
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { PacsError } from '#shared/errors.ts';
import { Later, type JobRunner } from '#main/jobs/job-runner.ts';
import type { Statement } from '#main/records/records.ts';
import { aJob, createGate, testJobs, testRecords, until } from './support.ts';

it('does a job and keeps what came out', async () => {
  const { jobs, told } = await testJobs({
    DicomModalityStore: async (content, { progress }) => {
      progress({ done: 3, total: 3 });
      return { sent: content };
    },
  });
  const id = await jobs.submit({ ...aJob([1, 2]), total: 3 });
  const job = await jobs.ended(id);
  expect(job).toMatchObject({
    status: 'success',
    done: 3,
    total: 3,
    failed: 0,
    content: [1, 2],
    output: { sent: [1, 2] },
  });
  expect(job.startedAt && job.endedAt && job.createdAt <= job.startedAt && job.startedAt <= job.endedAt).toBe(true);
  expect(told.map(({ status }) => status)).toEqual(['pending', 'running', 'success']);
  expect(await jobs.get(id)).toEqual(job);
  expect(await jobs.ended(id)).toEqual(job);
  expect(await jobs.list()).toEqual([job]);
  await jobs.remove(id);
  expect(await jobs.get(id)).toBeUndefined();
  await expect(jobs.ended(id)).rejects.toMatchObject({ code: 'not-found' });
  await expect(jobs.remove(id)).rejects.toMatchObject({ code: 'not-found' });
});

it('takes the larger priority first, then the older', async () => {
  const order: unknown[] = [];
  const gate = createGate();
  const { jobs } = await testJobs(
    {
      DicomModalityStore: async (content, { signal }) => {
        order.push(content);
        await gate.wait(signal);
      },
    },
    { ConcurrentJobs: 1 },
  );
  const first = await jobs.submit(aJob('first'));
  await until(() => order.length === 1);
  const ids = [];
  for (const [name, priority] of [
    ['a', 0],
    ['b', 0],
    ['c', 5],
    ['d', 0],
  ] as const)
    ids.push(await jobs.submit(aJob(name, { priority })));
  await jobs.prioritise(ids[3]!, 9);
  gate.open();
  await Promise.all([first, ...ids].map((id) => jobs.ended(id)));
  expect(order).toEqual(['first', 'd', 'c', 'a', 'b']);
});

it('runs so many at once as the settings say', async () => {
  let [running, most] = [0, 0];
  const { jobs } = await testJobs(
    {
      DicomModalityStore: async () => {
        most = Math.max(most, ++running);
        await wait(15);
        running--;
      },
    },
    { ConcurrentJobs: 3 },
  );
  const ids = await Promise.all(Array.from({ length: 9 }, (_, at) => jobs.submit(aJob(at))));
  await Promise.all(ids.map((id) => jobs.ended(id)));
  expect(most).toBe(3);
});

it('keeps one place more for what is urgent', async () => {
  const gate = createGate();
  let running = 0;
  const { jobs } = await testJobs({
    DicomModalityStore: async (content, { signal }) => {
      running++;
      if (content === 'long') await gate.wait(signal);
    },
  });
  for (let at = 0; at < 4; at++) await jobs.submit(aJob('long'));
  await until(() => running === 2);
  expect((await jobs.ended(await jobs.submit(aJob('urgent', { priority: 10 })))).status).toBe('success');
  expect(running).toBe(3);
  gate.open();
});

it('tries again what failed for now, and gives up at last', async () => {
  let tries = 0;
  const { jobs, told, lines } = await testJobs({
    DicomModalityStore: async () => {
      tries++;
      throw new PacsError('busy', 'The node does not answer.');
    },
  });
  const job = await jobs.ended(await jobs.submit(aJob(1)));
  expect(job).toMatchObject({
    status: 'failure',
    tries: 4,
    error: { code: 'busy', message: 'The node does not answer.' },
  });
  expect(tries).toBe(4);
  const waiting = told.filter(({ status }) => status === 'retry');
  expect(waiting).toHaveLength(3);
  expect(waiting.every(({ nextTryAt, error }) => nextTryAt && error?.code === 'busy')).toBe(true);
  expect(lines[0]).toBe('warn DicomModalityStore (a test): The node does not answer.');
});

it('does not try again what will not be otherwise, and hides what is not for people', async () => {
  const { jobs, lines } = await testJobs({
    DicomModalityStore: async (content) => {
      throw content === 1 ? new PacsError('forbidden', 'The node refuses us.') : new Error('secret path');
    },
  });
  expect(await jobs.ended(await jobs.submit(aJob(1)))).toMatchObject({
    status: 'failure',
    tries: 1,
    error: { code: 'forbidden' },
  });
  const job = await jobs.ended(await jobs.submit(aJob(2)));
  expect(job.error?.code).toBe('internal');
  expect(JSON.stringify(job)).not.toContain('secret');
  expect(lines.some((line) => line.startsWith('error'))).toBe(true);
  const none = await jobs.ended(await jobs.submit({ ...aJob(3), type: 'DicomGetScu' }));
  expect(none).toMatchObject({ status: 'failure', error: { code: 'unsupported' } });
});

it('counts the tries anew after each step forward, and goes on with what is left', async () => {
  const seen: unknown[] = [];
  const runner: JobRunner = async (content, { progress, save, report }) => {
    const left = content as number[];
    seen.push(left);
    const done = 8 - left.length + 1;
    progress({ done, total: 8 });
    await save(left.slice(1));
    report({ sent: done });
    if (left.length > 1) throw new PacsError('aborted', 'The connection broke off.');
  };
  const { jobs } = await testJobs({ DicomModalityStore: runner }, { backOff: (tries) => (tries < 2 ? 5 : undefined) });
  const all = [1, 2, 3, 4, 5, 6, 7, 8];
  const job = await jobs.ended(await jobs.submit(aJob(all)));
  expect(job).toMatchObject({ status: 'success', done: 8, content: all, output: { sent: 8 } });
  expect(seen).toEqual(all.map((_, at) => all.slice(at)));
  /* Once more from the beginning. */
  await jobs.control(job.id, 'resubmit');
  await jobs.ended(job.id);
  expect(seen[8]).toEqual(all);
});

it('a job that waits for its next try holds no place', async () => {
  const { jobs } = await testJobs(
    {
      DicomModalityStore: async (content) => {
        if (content === 'bad') throw new PacsError('busy', 'Not now.');
      },
    },
    { ConcurrentJobs: 1, backOff: () => 60_000 },
  );
  const bad = await jobs.submit(aJob('bad'));
  const good = await jobs.submit(aJob('good'));
  expect((await jobs.ended(good)).status).toBe('success');
  expect((await jobs.get(bad))?.status).toBe('retry');
  /* At once, when a person says so. */
  await jobs.control(bad, 'resume');
  await until(async () => (await jobs.get(bad))?.tries === 1 && (await jobs.get(bad))?.status === 'retry');
});

it('a node that does not answer leaves places for the others, however many jobs wait for it', async () => {
  const running = new Set<string>();
  let mostDead = 0;
  const { jobs } = await testJobs(
    {
      DicomModalityStore: async (content, { signal }) => {
        const name = content as string;
        if (name !== 'alive') {
          running.add(name);
          mostDead = Math.max(mostDead, running.size);
          await wait(150, undefined, { signal }).catch(() => undefined);
          running.delete(name);
          throw new PacsError('busy', 'No answer.');
        }
      },
    },
    { ConcurrentJobs: 3, backOff: () => 30 },
  );
  for (let at = 0; at < 10; at++)
    for (const lane of ['dead', 'silent', 'gone']) await jobs.submit(aJob(`${lane} ${at}`, { lane }));
  await wait(400);
  const begin = Date.now();
  for (let at = 0; at < 20; at++) await jobs.ended(await jobs.submit(aJob('alive', { lane: 'alive' })));
  expect(Date.now() - begin).toBeLessThan(1500);
  mostDead = running.size;
  await wait(400);
  expect(mostDead).toBeLessThanOrEqual(2);
});

it('keeps the order of a strand, whatever fails meanwhile', async () => {
  const seen: unknown[] = [];
  const { jobs } = await testJobs({
    MppsForward: async (content) => {
      seen.push(content);
      if (content === 'create' && seen.length < 3) throw new PacsError('busy', 'Not now.');
    },
  });
  const submit = (content: unknown, strand: string) =>
    jobs.submit({ type: 'MppsForward', description: 'a step', content, strand });
  const ids = [await submit('create', 'a'), await submit('set', 'a'), await submit('other', 'b')];
  await Promise.all(ids.map((id) => jobs.ended(id)));
  expect(seen.filter((content) => content !== 'other')).toEqual(['create', 'create', 'set']);
});

it('pauses, goes on with what is left, cancels and starts again', async () => {
  const gates = [createGate(), createGate(), createGate()];
  let run = 0;
  const contents: unknown[] = [];
  const { jobs, told } = await testJobs({
    DicomModalityStore: async (content, { signal, save, progress }) => {
      contents.push(content);
      progress({ done: 1, total: 2 });
      await save('the rest');
      await gates[run++]!.wait(signal);
    },
  });
  const id = await jobs.submit(aJob('all'));
  await until(() => run === 1);
  await jobs.control(id, 'pause');
  expect(await jobs.get(id)).toMatchObject({ status: 'paused', done: 1, content: 'all' });
  await expect(jobs.control(id, 'pause')).rejects.toMatchObject({ code: 'bad-request' });
  await jobs.control(id, 'resume');
  await until(() => run === 2);
  await jobs.control(id, 'cancel');
  const job = await jobs.ended(id);
  expect(job.status).toBe('cancelled');
  expect(job.endedAt).toBeDefined();
  await expect(jobs.control(id, 'cancel')).rejects.toMatchObject({ code: 'bad-request' });
  await expect(jobs.control(id, 'resume')).rejects.toMatchObject({ code: 'bad-request' });
  await expect(jobs.control('no such', 'cancel')).rejects.toMatchObject({ code: 'not-found' });
  await jobs.control(id, 'resubmit');
  await until(() => run === 3);
  await expect(jobs.remove(id)).rejects.toMatchObject({ code: 'bad-request' });
  gates[2]!.open();
  expect((await jobs.ended(id)).status).toBe('success');
  expect(contents).toEqual(['all', 'the rest', 'the rest']);
  /* Nothing is told of a run after it was stopped. */
  const states = told.map(({ status }) => status);
  expect(states.slice(states.indexOf('paused'), states.indexOf('paused') + 2)).toEqual(['paused', 'pending']);
});

it('a run that will not stop does not come twice', async () => {
  let [running, most] = [0, 0];
  const gate = createGate();
  const { jobs } = await testJobs({
    DicomModalityStore: async () => {
      most = Math.max(most, ++running);
      await gate.wait(new AbortController().signal);
      running--;
    },
  });
  const id = await jobs.submit(aJob(1));
  await until(() => running === 1);
  await jobs.control(id, 'cancel');
  await jobs.control(id, 'resubmit');
  await wait(50);
  expect((await jobs.get(id))?.status).toBe('pending');
  gate.open();
  expect((await jobs.ended(id)).status).toBe('success');
  expect(most).toBe(1);
});

it('waits for something without a place, and goes on when it is there', async () => {
  let runs = 0;
  const { jobs } = await testJobs(
    {
      StorageCommitmentScu: async () => (++runs === 1 ? new Later(60_000) : 'there'),
      DicomModalityStore: async () => 1,
    },
    { ConcurrentJobs: 1 },
  );
  const id = await jobs.submit({ ...aJob(1), type: 'StorageCommitmentScu' });
  await jobs.ended(await jobs.submit(aJob(2)));
  expect(await jobs.get(id)).toMatchObject({ status: 'pending', tries: 0 });
  await jobs.wake(id);
  expect(await jobs.ended(id)).toMatchObject({ status: 'success', output: 'there' });
});

it('hears a call that comes while it is still running', async () => {
  let runs = 0;
  const gate = createGate();
  const { jobs } = await testJobs({
    StorageCommitmentScu: async (_, { signal }) => {
      if (++runs > 1) return 'there';
      await gate.wait(signal);
      return new Later(60_000);
    },
  });
  const id = await jobs.submit({ ...aJob(1), type: 'StorageCommitmentScu' });
  await until(() => runs === 1);
  await jobs.wake(id);
  gate.open();
  expect((await jobs.ended(id)).output).toBe('there');
});

it('comes back by itself when its time is there', async () => {
  let runs = 0;
  const { jobs } = await testJobs({ StorageCommitmentScu: async () => (++runs < 5 ? new Later(10) : runs) });
  const job = await jobs.ended(await jobs.submit({ ...aJob(1), type: 'StorageCommitmentScu' }));
  expect(job).toMatchObject({ output: 5, tries: 0 });
});

it('tells progress at most four times a second, however often it comes', async () => {
  const { jobs, told } = await testJobs({
    DicomModalityStore: async (_, { progress }) => {
      for (let done = 0; done <= 1000; done++) {
        progress({ done, total: 1000 });
        if (done % 10 === 0) await wait(10);
      }
    },
  });
  const begin = Date.now();
  const id = await jobs.submit(aJob(1));
  await until(async () => ((await jobs.get(id))?.done ?? 0) > 0);
  await jobs.ended(id);
  const progress = told.filter(({ status, done }) => status === 'running' && done > 0);
  expect(progress.length).toBeGreaterThan(1);
  expect(progress.length).toBeLessThanOrEqual(4 * ((Date.now() - begin) / 1000) + 1);
  expect(told.at(-1)).toMatchObject({ status: 'success', done: 1000 });
});

it('keeps so many ended jobs as the settings say, and long contents out of lists and events', async () => {
  const { jobs, told } = await testJobs({ DicomModalityStore: async () => undefined }, { JobsHistorySize: 3 });
  const long = 'x'.repeat(5000);
  const ids = [];
  for (let at = 0; at < 6; at++) {
    ids.push(await jobs.submit(aJob(long)));
    await jobs.ended(ids[at]!);
  }
  await until(async () => (await jobs.list()).length === 3);
  const listed = await jobs.list();
  expect(listed.map(({ id }) => id)).toEqual(ids.slice(3).toReversed());
  expect(listed.concat(told).every(({ content }) => content === undefined)).toBe(true);
  expect((await jobs.get(ids[5]!))?.content).toBe(long);
  expect(await jobs.list(1)).toHaveLength(1);
});

it('refuses a content without bound', async () => {
  const { jobs } = await testJobs({});
  await expect(jobs.submit(aJob('x'.repeat(17 * 1024 * 1024)))).rejects.toMatchObject({ code: 'too-large' });
});

it('does nothing while nothing is due', async () => {
  const records = await testRecords();
  let calls = 0;
  const counted = {
    ...records,
    all: <T>(...input: Parameters<typeof records.all>) => (calls++, records.all<T>(...input)),
    change: (...statements: readonly Statement[]) => (calls++, records.change(...statements)),
  };
  const { jobs } = await testJobs(
    {
      DicomModalityStore: async () => {
        throw new PacsError('busy', 'Not now.');
      },
    },
    { records: counted, backOff: () => 60_000 },
  );
  const id = await jobs.submit(aJob(1, { lane: 'dead' }));
  await until(async () => (await jobs.get(id))?.status === 'retry');
  await wait(50);
  const before = calls;
  await wait(500);
  expect(calls).toBe(before);
});

it('stops quickly, and what ran goes on at the next start', async () => {
  const records = await testRecords();
  const gate = createGate();
  const first = await testJobs(
    {
      DicomModalityStore: async (_, { signal, save }) => {
        await save('half');
        await gate.wait(signal);
      },
    },
    { records },
  );
  const id = await first.jobs.submit(aJob('whole'));
  await until(async () => (await first.jobs.get(id))?.status === 'running');
  await wait(30);
  await first.jobs.stop();
  const second = await testJobs({ DicomModalityStore: async (content) => content }, { records });
  expect(await second.jobs.ended(id)).toMatchObject({ status: 'success', output: 'half', tries: 0 });
});
