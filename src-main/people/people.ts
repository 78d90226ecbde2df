/** The door of the room of people: who may use the program over the network. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Settings } from '#shared/settings.ts';

/** The registered people. */
export interface People {
  /** How many people are registered. */
  readonly count: number;
  /** True when that name has that password; an unknown name takes the same time as a wrong password. */
  verify(name: string, password: string): Promise<boolean>;
}

/** The people of `RegisteredUsers`; passwords are held as keyed digests of a key that lives as long as this object. */
export function openPeople(settings: Pick<Settings, 'RegisteredUsers'>): People {
  const key = randomBytes(32);
  const digest = (password: string) => createHmac('sha256', key).update(password, 'utf8').digest();
  const people = new Map(Object.entries(settings.RegisteredUsers).map(([name, password]) => [name, digest(password)]));
  const nobody = randomBytes(32);
  return {
    count: people.size,
    verify: async (name, password) => {
      const known = people.get(name);
      const isEqual = timingSafeEqual(digest(password), known ?? nobody);
      return isEqual && known !== undefined;
    },
  };
}
