/** What a caller hears of the sub-operations of its request while one of them takes long. */
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Exchange } from '#main/dimse/exchange.ts';
import { SubOperations } from '#main/dimse/suboperations.ts';

function withCaller(respond: Exchange['respond']): SubOperations {
  const exchange: Partial<Exchange> = { respond, signal: new AbortController().signal };
  return new SubOperations(exchange as Exchange, 3, 20);
}

it('it is reminded that we are at work, and nothing more is written when the next image begins', async () => {
  const told: unknown[] = [];
  let writing = 0;
  const operations = withCaller(async (response) => {
    writing++;
    await wait(15);
    told.push(response);
    writing--;
  });
  expect(await operations.during(wait(110, 'changed'))).toBe('changed');
  expect(writing).toBe(0);
  expect(told.length).toBeGreaterThan(1);
  expect(told[0]).toMatchObject({ Status: 0xff00, NumberOfRemainingSuboperations: 3 });
  const before = told.length;
  await wait(60);
  expect(told).toHaveLength(before);
});

it('a caller that is gone does not turn into a fault of the image', async () => {
  const operations = withCaller(() => Promise.reject(new Error('gone')));
  expect(await operations.during(wait(50, 'changed'))).toBe('changed');
});
