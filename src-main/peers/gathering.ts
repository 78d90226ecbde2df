/** What callers did, added up until somebody finds out who they are. */
import { plainAddress } from './address.ts';
import type { Sighting } from './contacts.ts';

/** A caller, and what it did since the last time. */
export interface CallerSighting extends Sighting {
  readonly callingAET: string;
  readonly remoteAddress: string;
  /** How often it was refused, and why the last time. */
  readonly refusals: number;
  readonly reason?: string | undefined;
}

/** A sum a caller. */
export interface Gathering {
  seen(caller: Pick<CallerSighting, 'callingAET' | 'remoteAddress'>, sighting: Sighting): void;
  refused(
    caller: Pick<CallerSighting, 'callingAET' | 'remoteAddress'>,
    refusal: { readonly reason: string; readonly at: string },
  ): void;
  /** All, and begins anew. */
  take(): readonly CallerSighting[];
}

/* It is taken every second; more callers than these within one are an attack. */
const maximumCallers = 1000;

/** A gathering without callers. */
export function createGathering(): Gathering {
  let sums = new Map<string, CallerSighting>();

  function add(
    { callingAET, remoteAddress }: Pick<CallerSighting, 'callingAET' | 'remoteAddress'>,
    more: Sighting & { readonly refusals?: number; readonly reason?: string },
  ): void {
    const address = plainAddress(remoteAddress);
    const key = JSON.stringify([callingAET, address]);
    const sum = sums.get(key);
    if (!sum && sums.size >= maximumCallers) return;
    sums.set(key, {
      callingAET,
      remoteAddress: address,
      at: more.at,
      received: (sum?.received ?? 0) + (more.received ?? 0),
      sent: (sum?.sent ?? 0) + (more.sent ?? 0),
      error: more.error ?? sum?.error,
      refusals: (sum?.refusals ?? 0) + (more.refusals ?? 0),
      reason: more.reason ?? sum?.reason,
    });
  }

  return {
    seen: add,
    refused: (caller, { reason, at }) => add(caller, { at, error: reason, reason, refusals: 1 }),
    take: () => {
      const all = [...sums.values()];
      sums = new Map();
      return all;
    },
  };
}
