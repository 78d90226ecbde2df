/** Takes an accepted connection over so that it reads into memory of ours instead of a new buffer a read. */
import { Socket } from 'node:net';

/** Where reads go. */
export interface ReadTarget {
  /** Memory for the next read. */
  readonly room: () => Buffer;
  /** So many bytes are there; false stops reading until `resume`. */
  readonly received: (count: number) => boolean;
}

/**
 * The same connection as a socket that reads into the target. Node offers `onread` for sockets made by hand only, so the
 * accepted one (which must not have read yet: pauseOnConnect) hands over its handle and is closed with the new one.
 */
export function readInto(accepted: Socket, { room, received }: ReadTarget): Socket {
  const handle: unknown = Reflect.get(accepted, '_handle');
  const onread = { buffer: room, callback: (count: number): boolean => received(count) };
  const options = { handle, allowHalfOpen: true, onread };
  const socket = new Socket(options as ConstructorParameters<typeof Socket>[0]);
  Reflect.set(accepted, '_handle', null);
  socket.on('close', () => accepted.destroy());
  /* The other side may be gone before its connection came to us. */
  if (!handle) socket.destroy();
  return socket;
}
