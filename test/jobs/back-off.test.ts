/** The waits between tries. */
import { expect, it } from 'vitest';
import { createBackOff } from '#main/jobs/back-off.ts';
import { createLanes } from '#main/jobs/lanes.ts';

const minutes = (waits: readonly (number | undefined)[]) => waits.map((wait) => wait && wait / 60_000);

it('doubles from a minute to an hour, for a day', () => {
  const backOff = createBackOff({ random: () => 0 });
  const waits = Array.from({ length: 40 }, (_, at) => backOff(at + 1));
  expect(minutes(waits.slice(0, 9))).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  const all = waits.filter((wait) => wait !== undefined);
  const sum = minutes(all).reduce<number>((total, wait) => total + (wait ?? 0), 0) / 60;
  expect(sum).toBeGreaterThanOrEqual(24);
  expect(sum).toBeLessThan(25);
  expect(waits[all.length]).toBeUndefined();
  expect(backOff(1_000_000)).toBeUndefined();
});

it('is shortened by chance by up to a fifth', () => {
  const waits = Array.from({ length: 200 }, () => createBackOff()(1) as number);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(48_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(60_000);
  expect(new Set(waits).size).toBeGreaterThan(50);
});

it('a lane takes all places but one, a lane in trouble one, all in trouble all but one', () => {
  const { closed } = createLanes(4);
  const runs = (...lanes: (string | null)[]) => lanes.map((lane) => ({ lane }));
  expect(closed(runs('a', 'a', null), [])).toEqual([]);
  expect(closed(runs('a', 'a', 'a'), [])).toEqual(['a']);
  expect(closed(runs('a'), ['a', 'b'])).toEqual(['a']);
  expect(closed(runs('a', 'b', 'c'), ['a', 'b', 'c', 'd'])).toEqual(['a', 'b', 'c', 'd']);
  expect(createLanes(1).closed([], ['a'])).toEqual([]);
  expect(createLanes(2).closed(runs('a'), [])).toEqual(['a']);
});
