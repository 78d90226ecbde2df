/** How often an address may name somebody with a wrong password, and that what is remembered of addresses is bounded. */
import { expect, test } from 'vitest';
import { createUserCheck, type TryBounds } from '#main/dimse/user-check.ts';
import { openPeople } from '#main/people/people.ts';

function start(bounds?: Partial<TryBounds>) {
  const { verify } = openPeople({ RegisteredUsers: { anna: 'right' } });
  let looks = 0;
  const counted = (name: string, password: string): Promise<boolean> => {
    looks++;
    return verify(name, password);
  };
  const usual = { tries: 5, seconds: 60, addresses: 1000 };
  const check = createUserCheck({ count: 1, verify: counted }, { ...usual, ...bounds });
  const say = (password: string, address: string, now: number, type = 2) =>
    check({ type, wantsAnswer: true, primary: 'anna', secondary: password }, address, now);
  return { say, check, looks: () => looks };
}

test('After five wrong passwords within a minute an address is locked out for a minute, and nothing is looked at', async () => {
  const { say, looks } = start();
  expect(await say('right', 'A', 0)).toBe('known');
  for (const now of [1, 2, 3, 4, 5]) expect(await say('wrong', 'A', now)).toBe('unknown');
  expect(looks()).toBe(6);
  expect(await say('right', 'A', 6)).toBe('locked out');
  expect(await say('wrong', 'A', 60_004)).toBe('locked out');
  expect(looks()).toBe(6);
  expect(await say('right', 'B', 7)).toBe('known');
  expect(await say('right', 'A', 60_005)).toBe('known');
  for (const now of [60_006, 60_007, 60_008, 60_009]) await say('wrong', 'A', now);
  expect(await say('right', 'A', 60_010)).toBe('known');
});

test('Wrong ones further apart, and what is no password, lock nobody out', async () => {
  const { say, check } = start();
  for (let now = 0; now < 600_000; now += 15_000) expect(await say('wrong', 'A', now)).toBe('unknown');
  for (let now = 700_000; now < 700_050; now++) expect(await say('right', 'A', now, 1)).toBe('unknown');
  expect(await check(undefined, 'A', 700_050)).toBe('unknown');
  expect(await say('right', 'A', 700_051)).toBe('known');
});

test('Of many addresses the latest are remembered', async () => {
  const { say } = start({ tries: 1, addresses: 2 });
  for (const [at, address] of ['A', 'B', 'C'].entries()) await say('wrong', address, at);
  expect(await say('right', 'A', 3)).toBe('known');
  expect(await say('right', 'B', 3)).toBe('locked out');
  expect(await say('right', 'C', 3)).toBe('locked out');
});
