/** Checks the people whom callers name; an address that tries one password after the other is not listened to for a while. */
import type { People } from '../people/people.ts';
import type { UserIdentity } from './association-request.ts';

/** What a check says; `locked out`: nothing was looked at. */
export type UserVerdict = 'known' | 'unknown' | 'locked out';

/** So many wrong tries of one address within so many seconds lock it out for as long; so many addresses are remembered. */
export interface TryBounds {
  readonly tries: number;
  readonly seconds: number;
  readonly addresses: number;
}

/** A check of what a caller at an address says, at a time in milliseconds that never falls. */
export type UserCheck = (
  identity: UserIdentity | undefined,
  remoteAddress: string,
  now?: number,
) => Promise<UserVerdict>;

/** What is known of an address: when it was wrong of late, and until when it is locked out. */
interface Tries {
  readonly wrong: readonly number[];
  readonly lockedUntil: number;
}

/* Nobody mistypes that often, and nobody guesses a password at that pace. */
const usualBounds: TryBounds = { tries: 5, seconds: 60, addresses: 1000 };

/** The check of these people. Only a name with a password (type 2, PS3.7 D.3.3.7) can be known, and only that counts as a try. */
export function createUserCheck(people: People, bounds: TryBounds = usualBounds): UserCheck {
  const time = bounds.seconds * 1000;
  /* By rising time of the latest wrong try. */
  const addresses = new Map<string, Tries>();

  function noteWrong(address: string, now: number): void {
    const wrong = [...(addresses.get(address)?.wrong ?? []).filter((at) => now - at < time), now];
    const isLocked = wrong.length >= bounds.tries;
    addresses.delete(address);
    addresses.set(address, isLocked ? { wrong: [], lockedUntil: now + time } : { wrong, lockedUntil: 0 });
    for (const oldest of addresses.keys()) {
      if (addresses.size <= bounds.addresses) return;
      addresses.delete(oldest);
    }
  }

  return async (identity, remoteAddress, now = performance.now()) => {
    if (identity?.type !== 2) return 'unknown';
    if (now < (addresses.get(remoteAddress)?.lockedUntil ?? 0)) return 'locked out';
    if (await people.verify(identity.primary, identity.secondary)) return 'known';
    noteWrong(remoteAddress, now);
    return 'unknown';
  };
}
