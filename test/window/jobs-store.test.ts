/** The store of the jobs: the list with what is told meanwhile, parts, failures not seen yet, and what may be done. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outputs } from '#shared/contract.ts';
import type { Job } from '#shared/model.ts';
import { failuresOf } from '#window/state/job-failures.ts';
import { createJobsStore, jobsOf, unseenFailures } from '#window/state/jobs-store.ts';
import type { Memory } from '#window/state/jobs-store.ts';
import { madeJob } from '../app/support/made-clinic.ts';
import { fakeBridge } from './fake-bridge.ts';
import type { FakeBridge } from './fake-bridge.ts';

const at = (minute: number) => `2026-11-21T10:${String(minute).padStart(2, '0')}:00.000Z`;
const settle = () => vi.advanceTimersByTimeAsync(2200);

let jobs: Job[];
let bridge: FakeBridge;
let kept: Map<string, string>;
let memory: Memory;

beforeEach(() => {
  vi.useFakeTimers();
  jobs = [
    madeJob({ id: 'a', status: 'success', createdAt: at(1) }),
    madeJob({ id: 'b', status: 'failure', createdAt: at(2), endedAt: at(4) }),
    madeJob({ id: 'c', status: 'running', createdAt: at(3), priority: 3 }),
    madeJob({ id: 'd', status: 'success', createdAt: at(0), endedAt: at(1), failed: 2 }),
    madeJob({ id: 'e', status: 'pending', createdAt: at(5) }),
  ];
  bridge = fakeBridge({ 'jobs.list': () => jobs, 'jobs.control': () => undefined, 'jobs.priority': () => undefined });
  kept = new Map();
  memory = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
  return () => vi.useRealTimers();
});

describe('the jobs store', () => {
  it('lists the newest first and parts them', async () => {
    const { getState } = createJobsStore(bridge, memory);
    await settle();
    const ids = (list: readonly Job[]) => list.map(({ id }) => id).join('');
    expect(ids(getState().jobs ?? [])).toBe('ecbad');
    expect(ids(jobsOf(getState().jobs ?? [], 'running'))).toBe('ec');
    expect(ids(jobsOf(getState().jobs ?? [], 'failed'))).toBe('bd');
  });

  it('takes what it is told at once, and lets no list that was under way undo it', async () => {
    let answer: ((list: Outputs['jobs.list']) => void) | undefined;
    const late = fakeBridge({ 'jobs.list': () => new Promise((resolve) => (answer = resolve)) });
    const { getState } = createJobsStore(late, memory);
    await settle();
    late.tell('job.changed', madeJob({ id: 'c', status: 'success', createdAt: at(3) }));
    late.tell('job.changed', madeJob({ id: 'new', status: 'running', createdAt: at(9) }));
    answer?.(jobs);
    await settle();
    expect(getState().jobs?.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'new running',
      'e pending',
      'c success',
      'b failure',
      'a success',
      'd success',
    ]);
  });

  it('counts failures until they are seen, also by the next window', async () => {
    const { getState } = createJobsStore(bridge, memory);
    await settle();
    expect(unseenFailures(getState())).toBe(2);
    getState().see();
    expect(unseenFailures(getState())).toBe(0);
    const next = createJobsStore(bridge, memory);
    await settle();
    expect(unseenFailures(next.getState())).toBe(0);
    bridge.tell('job.changed', madeJob({ id: 'c', status: 'failure', createdAt: at(3), endedAt: at(30) }));
    expect(unseenFailures(next.getState())).toBe(1);
  });

  it('puts a waiting job before all others, within what the archive takes', async () => {
    const { getState } = createJobsStore(bridge, memory);
    await settle();
    await getState().first('e');
    bridge.tell('job.changed', madeJob({ id: 'c', status: 'running', priority: 100, createdAt: at(3) }));
    await getState().first('e');
    const asked = bridge.asked.filter(([name]) => name === 'jobs.priority').map(([, input]) => input);
    expect(asked).toEqual([
      { id: 'e', priority: 4 },
      { id: 'e', priority: 100 },
    ]);
  });

  it('asks for what came of a failed job where the list leaves it out', async () => {
    const whole = { ...jobs[1]!, output: { failed: [{ sentence: 'No room.' }] } };
    const { getState } = createJobsStore(fakeBridge({ 'jobs.list': () => jobs, 'jobs.get': () => whole }), memory);
    await settle();
    getState().choose('b');
    await settle();
    expect(failuresOf(getState().whole!)).toMatchObject([{ sentence: 'No room.' }]);
    getState().choose('a');
    expect(getState().whole).toBeUndefined();
  });

  it('answers an action with why it was not done', async () => {
    const { getState } = createJobsStore(fakeBridge({ 'jobs.list': () => jobs }), memory);
    await settle();
    expect(await getState().control('a', 'pause')).toMatchObject({ code: 'internal' });
  });
});

describe('what failed of a job', () => {
  it('is told once a reason, the most frequent first', () => {
    const failed = ['1', '2', '3'].map((SOPInstanceUID) => ({ SOPInstanceUID, sentence: 'No room.' }));
    const output = { sent: 4, failed: [{ SOPInstanceUID: '9', sentence: 'Not taken.' }, ...failed] };
    expect(failuresOf({ output })).toEqual([
      { sentence: 'No room.', count: 3, SOPInstanceUID: '' },
      { sentence: 'Not taken.', count: 1, SOPInstanceUID: '9' },
    ]);
  });

  it('is read from fetching, and from nothing', () => {
    const failures = [{ keys: {}, sentence: '2 of 3 did not come.', instances: ['1', '2'] }, { keys: {} }];
    expect(failuresOf({ output: { fetched: 1, failures } })).toMatchObject([{ count: 2 }]);
    for (const output of [undefined, null, 3, { failed: 7 }, { failed: [null, 'x'] }])
      expect(failuresOf({ output })).toEqual([]);
  });
});
