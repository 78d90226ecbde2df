/** IP addresses in one spelling, so that they can be compared. */
import { isIP, isIPv4, SocketAddress } from 'node:net';

/** An address without zone, IPv4 where it is IPv4 mapped into IPv6, IPv6 in its shortest form; what is no address stays as it is. */
export function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/, '');
  if (isIP(bare) !== 6) return bare;
  const shortest = new SocketAddress({ address: bare, family: 'ipv6' }).address;
  const mapped = /^::ffff:(.+)$/i.exec(shortest)?.[1];
  return mapped && isIPv4(mapped) ? mapped : shortest;
}
