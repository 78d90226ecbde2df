/** The addresses behind a host name, asked for when they are needed and kept for a while. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { plainAddress } from './address.ts';

/** Finds addresses of hosts; an unknown host has none. */
export type HostAddresses = (host: string) => Promise<readonly string[]>;

/* A clinic's addresses change with DHCP leases; a caller waits for a name server no longer than this. */
const keptMilliseconds = 60_000;
const patienceMilliseconds = 3000;

/** A resolver with a memory; `resolve` is how names are looked up. */
export function createHostAddresses(resolve: HostAddresses = lookupAll): HostAddresses {
  const kept = new Map<string, { readonly until: number; readonly addresses: Promise<readonly string[]> }>();
  return async (host) => {
    if (isIP(host.replace(/%.*$/, ''))) return [plainAddress(host)];
    const known = kept.get(host);
    if (known && known.until > Date.now()) return known.addresses;
    const addresses = Promise.race([resolve(host).catch(() => []), wait(patienceMilliseconds, [], { ref: false })]);
    kept.set(host, { until: Date.now() + keptMilliseconds, addresses });
    return addresses;
  };
}

const lookupAll: HostAddresses = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => plainAddress(address));
