/** Closes a connection of ours after its last PDU. */
import type { SocketReader } from '../socket-reader.ts';

/* How long the other side has to take our last PDU and close (ARTIM timer of PS3.8 9.1.5). */
const closingTime = 2000;

/** Sends what is written, throws away what still comes, and closes; all memory may be used again. Never fails. */
export async function closeConnection(reader: SocketReader): Promise<void> {
  const { socket, closed } = reader;
  reader.discard();
  if (!socket.destroyed) socket.end();
  const patience = setTimeout(() => socket.destroy(), closingTime);
  await closed;
  clearTimeout(patience);
  reader.giveBack();
}
