/** Refusals at the door: all are counted, and so many are noted that who tries for ever fills neither the log nor the catalogue. */
import type { PacsError } from '#shared/errors.ts';
import type { Origin, Refusal } from '#shared/model.ts';
import type { Log } from '../log.ts';

/** A caller, as far as we know. */
export type Caller = Extract<Origin, { kind: 'dimse' }>;

/** How many refusals are noted within any so many seconds; of one caller for one reason it is one. */
export interface RefusalBounds {
  readonly seconds: number;
  readonly perAddress: number;
  readonly total: number;
}

/** What becomes of a refusal; the first that is left out is worth a line. */
export type Noting = 'noted' | 'first left out' | 'left out';

/** The bound as a function of who is refused, why, and when (milliseconds, never falling). */
export function createRefusalBound({
  seconds,
  perAddress,
  total,
}: RefusalBounds): (caller: Caller, reason: string, now: number) => Noting {
  /* By rising time. A key that was noted is not noted again before it is forgotten. */
  const noted = new Map<string, { readonly at: number; readonly address: string }>();
  const silenced = new Map<string, { readonly at: number }>();

  const isNew = ({ callingAET, remoteAddress: address }: Caller, reason: string, at: number): boolean => {
    const key = JSON.stringify([callingAET, address, reason]);
    const here = [...noted.values()].filter((each) => each.address === address).length;
    if (noted.has(key) || here >= perAddress || noted.size >= total) return false;
    noted.set(key, { at, address });
    return true;
  };

  return (caller, reason, now) => {
    forget(noted, now - seconds * 1000);
    forget(silenced, now - seconds * 1000);
    if (isNew(caller, reason, now)) return 'noted';
    if (silenced.has(caller.remoteAddress) || silenced.size >= total) return 'left out';
    silenced.set(caller.remoteAddress, { at: now });
    return 'first left out';
  };
}

function forget(entries: Map<string, { readonly at: number }>, until: number): void {
  for (const [key, { at }] of entries) {
    if (at > until) return;
    entries.delete(key);
  }
}

/** The refusals of one door. */
export interface Refusals {
  /** All since the start. */
  readonly count: number;
  refused(error: PacsError, origin: Caller): void;
}

const bounds: RefusalBounds = { seconds: 10, perAddress: 20, total: 100 };

/** Counts refusals, and logs and tells those that are noted. */
export function createRefusals(log: Log, tell: (refusal: Refusal) => void): Refusals {
  const noting = createRefusalBound(bounds);
  let count = 0;

  return {
    get count() {
      return count;
    },
    refused: ({ code, message }, origin) => {
      count++;
      const { callingAET, remoteAddress } = origin;
      const outcome = noting(origin, `${code} ${message}`, performance.now());
      if (outcome === 'first left out')
        log('warn', `${remoteAddress} is refused again and again: for ${bounds.seconds} s this is only counted.`);
      if (outcome !== 'noted') return;
      log('warn', `${callingAET ? `${callingAET} (${remoteAddress})` : remoteAddress} was refused: ${message}`);
      tell({ at: new Date().toISOString(), origin, error: { code, message } });
    },
  };
}
