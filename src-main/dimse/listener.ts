/** A port that is listened on, in the clear or encrypted. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { PacsError } from '#shared/errors.ts';
import type { Log } from '../log.ts';

/** An open port. */
export interface Listener {
  readonly port: number;
  /** Takes nothing new; resolves when the last connection is closed. */
  close(): Promise<void>;
  /** Closes every connection now, also those that are not through with TLS yet. */
  destroy(): void;
}

/** Opens a port; 0 takes any free one. @throws PacsError `busy` where the port is taken */
export async function openListener(server: Server, port: number, log: Log): Promise<Listener> {
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.listen(port);
  await once(server, 'listening').catch((cause: unknown) => {
    server.close();
    throw new PacsError('busy', `DICOM port ${port} cannot be opened: another program may use it.`, { cause });
  });
  server.on('error', (error) => log('error', 'The DICOM port has a fault.', error));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
    destroy: () => connections.forEach((socket) => socket.destroy()),
  };
}

/** A server in the clear. Half-open, since a sender may close its side after the last byte and still wait for our answers. */
export const createClearServer = (serve: (socket: Socket) => void): Server =>
  createServer({ noDelay: true, keepAlive: true, allowHalfOpen: true, pauseOnConnect: true }, serve);
