/** Opens a TCP or TLS connection to another node, within a time. */
import { isIP, connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { cancelledError, connectionError, type CallEnds } from './client-errors.ts';

/** Where to, and how long. */
export interface ConnectOptions extends CallEnds {
  /** Seconds; 0 leaves it to the system. */
  readonly timeout: number;
  /** Certificates and rules; without it the connection is in the clear. */
  readonly tls?: ConnectionOptions | undefined;
  /** Its abort ends the opening; afterwards it is for the requests to regard it. */
  readonly signal?: AbortSignal | undefined;
}

/** The connection, not read yet. @throws PacsError `busy`, `forbidden` and `unsupported` for TLS, `aborted` by the signal */
export async function connectSocket(options: ConnectOptions): Promise<Socket> {
  const { timeout, signal, tls } = options;
  if (signal?.aborted) throw cancelledError();
  const socket = begin(options);
  const late = timeout > 0 ? setTimeout(() => socket.destroy(new Error('timeout')), timeout * 1000) : undefined;
  const cancel = (): void => void socket.destroy(cancelledError());
  signal?.addEventListener('abort', cancel);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(tls ? 'secureConnect' : 'connect', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed')));
    });
    return socket;
  } catch (cause) {
    socket.destroy();
    throw signal?.aborted ? cancelledError() : connectionError(options, cause);
  } finally {
    clearTimeout(late);
    signal?.removeEventListener('abort', cancel);
  }
}

/* Paused, so that not a byte is read before it can go where it shall. */
function begin({ Host: host, Port: port, tls }: ConnectOptions): Socket {
  if (!tls) return connectTcp({ host, port, noDelay: true, keepAlive: true }).pause();
  const socket = connectTls({ ...(isIP(host) ? {} : { servername: host }), ...tls, host, port });
  socket.setNoDelay(true).setKeepAlive(true);
  return socket;
}
