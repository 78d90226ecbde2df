/** Makes a connection read into memory of ours instead of a new buffer a read. */
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Where reads go. */
export interface ReadTarget {
  /** Memory for the next read. */
  readonly room: () => Buffer;
  /** So many bytes are there; false stops reading until `resume`. */
  readonly received: (count: number) => boolean;
}

/**
 * The connection, reading into the target. It must not have read yet (pauseOnConnect, or paused before it is connected).
 * A plain socket hands its connection over to the socket that comes back and is closed with it; a TLS socket comes back itself.
 */
export const readInto = (socket: Socket, target: ReadTarget): Socket =>
  socket instanceof TLSSocket ? copyInto(socket, target) : takeOver(socket, target);

/* Node offers `onread` for sockets made by hand only, so the connection's handle is taken over. */
function takeOver(connected: Socket, { room, received }: ReadTarget): Socket {
  const handle: unknown = Reflect.get(connected, '_handle');
  const onread = { buffer: room, callback: (count: number): boolean => received(count) };
  const options = { handle, allowHalfOpen: true, onread };
  const socket = new Socket(options as ConstructorParameters<typeof Socket>[0]);
  Reflect.set(connected, '_handle', null);
  socket.on('close', () => connected.destroy());
  /* The other side may be gone before its connection came to us. */
  if (!handle) socket.destroy();
  return socket;
}

/* What is decrypted comes in buffers of OpenSSL's making; they are copied, so that all that follows is the same. */
function copyInto(socket: TLSSocket, { room, received }: ReadTarget): TLSSocket {
  return socket.on('data', (chunk: Buffer) => {
    let goesOn = true;
    for (let at = 0; at < chunk.length;) {
      const count = chunk.copy(room(), 0, at);
      goesOn = received(count);
      at += count;
    }
    if (!goesOn) socket.pause();
  });
}
