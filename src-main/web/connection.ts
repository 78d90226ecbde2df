/** What the router knows of the connection behind a request, and the type of its context. */
import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';
import type { Context } from 'hono';

/** One connection; ports are absent where a request did not come over a socket. */
export interface Connection {
  readonly listener: 'private' | 'public';
  readonly remoteAddress: string;
  readonly localPort?: number;
  /** The body, read without the detour over a web stream. */
  readonly incoming?: IncomingMessage;
}

/** The environment of every handler. */
export interface WebEnv {
  Bindings: Connection;
  Variables: { user?: string };
}

/** The context of every handler. */
export type WebContext = Context<WebEnv>;

/** The connection of a Node request. */
export const connectionOf = (listener: Connection['listener'], incoming: IncomingMessage): Connection => ({
  listener,
  remoteAddress: incoming.socket.remoteAddress ?? '',
  ...(incoming.socket.localPort === undefined ? {} : { localPort: incoming.socket.localPort }),
  incoming,
});

/** True for an address of this computer's loopback, IPv4-mapped ones included. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}
