/** The room of people: registered names and passwords. */
import { describe, expect, test } from 'vitest';
import { openPeople } from '#main/people/people.ts';

describe('people', () => {
  const people = openPeople({ RegisteredUsers: { emr: 'geheim:ß', second: '' } });

  test('the right password is right, a wrong one and an unknown name are not', async () => {
    expect(people.count).toBe(2);
    expect(await people.verify('emr', 'geheim:ß')).toBe(true);
    expect(await people.verify('emr', 'geheim:ss')).toBe(false);
    expect(await people.verify('emr', '')).toBe(false);
    expect(await people.verify('nobody', 'geheim:ß')).toBe(false);
    expect(await people.verify('nobody', '')).toBe(false);
    expect(await people.verify('second', '')).toBe(true);
  });

  test('names of object members are no people', async () => {
    for (const name of ['__proto__', 'constructor', 'toString']) expect(await people.verify(name, '')).toBe(false);
  });

  test('no password can be read out of the object', () => {
    expect(JSON.stringify(people)).not.toContain('geheim');
  });
});
