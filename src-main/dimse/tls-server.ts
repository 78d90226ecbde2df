/** A server for DICOM over TLS: says why a caller did not come through, and takes renewed certificates while it runs. */
import { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Settings } from '#shared/settings.ts';
import type { Log } from '../log.ts';
import { serverTls } from './tls.ts';
import { tlsFilesVersion } from './tls-files.ts';
import { tlsRefusal } from './tls-refusal.ts';

/** What the server tells. */
export interface TlsServerOptions {
  readonly settings: Settings;
  /** A connection whose caller is who its certificate says, as far as the settings ask; not read yet. */
  readonly onConnection: (socket: TLSSocket) => void;
  /** A caller that did not come through, and why. */
  readonly onRefused: (remoteAddress: string, sentence: string) => void;
  readonly log: Log;
  /** Milliseconds between two looks at the files. */
  readonly lookInterval?: number;
}

/** The server, not listening yet. @throws PacsError `bad-request` with a sentence on the file or option that is wrong */
export async function createTlsServer(options: TlsServerOptions): Promise<Server> {
  const { settings, onConnection, onRefused } = options;
  const { AssociationRequestTimeout } = settings.Chairside;
  const server = createServer(
    {
      ...(await serverTls(settings)),
      noDelay: true,
      keepAlive: true,
      allowHalfOpen: true,
      ...(AssociationRequestTimeout > 0 ? { handshakeTimeout: AssociationRequestTimeout * 1000 } : {}),
    },
    (socket) => {
      const refusal = unwanted(socket);
      if (!refusal) return onConnection(socket);
      onRefused(socket.remoteAddress ?? '', refusal);
      socket.destroy();
    },
  );
  const connections = watchConnections(server);
  server.on('tlsClientError', (error, socket) => {
    const sentence = tlsRefusal(error, socket);
    if (sentence) onRefused(socket.remoteAddress ?? connections.addressOf(socket), sentence);
    socket.destroy();
  });
  await keepUpToDate(server, options);
  return server;
}

/* Where a certificate is not required, one that is shown must be good all the same. */
function unwanted(socket: TLSSocket): string | undefined {
  const isShown = Object.keys(socket.getPeerCertificate() ?? {}).length > 0;
  return socket.authorized || !isShown ? undefined : tlsRefusal(new Error('not trusted'), socket);
}

/* Node closes a connection with a bad certificate before it tells, and then the TLS socket knows no address any more; the
   connection below it, which is kept in a private field, is asked while it is open. */
function watchConnections(server: Server): { addressOf(socket: TLSSocket): string } {
  const addresses = new WeakMap<object, string>();
  server.on('connection', (socket: Socket) => addresses.set(socket, socket.remoteAddress ?? ''));
  return {
    addressOf: (socket) => {
      const below: unknown = Reflect.get(socket, '_parent');
      return (below instanceof Socket && addresses.get(below)) || '';
    },
  };
}

async function keepUpToDate(server: Server, { settings, log, lookInterval = 60_000 }: TlsServerOptions): Promise<void> {
  let version = await tlsFilesVersion(settings);
  const look = async (): Promise<void> => {
    const now = await tlsFilesVersion(settings);
    if (now === version) return;
    version = now;
    server.setSecureContext(await serverTls(settings));
    log('info', 'The DICOM TLS certificates were renewed.');
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => log('error', 'The new DICOM TLS certificates are not used.', error));
  }, lookInterval).unref();
  server.once('close', () => clearInterval(timer));
}
