/** One listening HTTP server with its bounds: header size, time-outs, connections. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';

/** An open listener. */
export interface Listener {
  readonly port: number;
  /** Closes it and every connection. */
  close(): Promise<void>;
}

/** Where to listen, and what answers. */
export interface ListenerOptions {
  /** Absent: every address of this computer. */
  readonly host?: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly answer: (request: Request, incoming: IncomingMessage) => Response | Promise<Response>;
}

const serverOptions = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  connectionsCheckingInterval: 5_000,
  requestTimeout: 0, // an upload may take long; a silent one ends by the idle time-out
  keepAliveTimeout: 30_000,
  requireHostHeader: true,
  noDelay: true,
  highWaterMark: 1 << 18,
};
const idleTimeout = 120_000;
const maximumConnections = 512;

/** Opens a listener; throws what the operating system says, such as EADDRINUSE. */
export async function openListener({ host, port, answer }: ListenerOptions): Promise<Listener> {
  const server = createAdaptorServer({
    fetch: (request, env) => answer(request, env.incoming as IncomingMessage),
    createServer,
    serverOptions,
    overrideGlobalObjects: false,
  }) as Server;
  server.setTimeout(idleTimeout);
  server.maxConnections = maximumConnections;
  server.listen({ port, ...(host === undefined ? {} : { host }) });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
