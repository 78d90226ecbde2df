/** The socket as something that is asked for bytes: it is paused while nobody asks and enough lies here already. */
import type { Socket } from 'node:net';
import { AssociationEnd } from './association-end.ts';
import { ByteQueue } from './byte-queue.ts';
import { abort } from './pdu.ts';

/* Bytes that may lie here while the archive is busy; a sender that does not wait goes on for so long. */
const highWater = 2 * 1024 * 1024;

/** Reads a socket by pulling. One reader may wait at a time. */
export class SocketReader {
  readonly #socket: Socket;
  readonly #queue = new ByteQueue();
  readonly #idle: NodeJS.Timeout | undefined;
  #wanted = 0;
  #settle: ((error?: AssociationEnd) => void) | undefined;
  #ended: AssociationEnd | undefined;
  #isDiscarding = false;

  /** `idleSeconds` is how long the other side may be silent while it is its turn; 0 is without end. */
  constructor(socket: Socket, idleSeconds: number) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('end', () => this.fail(new AssociationEnd('The other side closed the connection.')));
    socket.on('error', (cause) => this.fail(new AssociationEnd('The connection was lost.', undefined, { cause })));
    socket.on('close', () => this.#close());
    if (idleSeconds > 0) this.#idle = setTimeout(() => this.#expire(), idleSeconds * 1000);
  }

  /** Waits until `count` bytes are here. @throws AssociationEnd once the association is over. */
  async ready(count: number): Promise<void> {
    if (this.#queue.length >= count) return;
    if (this.#ended) throw this.#ended;
    this.#socket.resume();
    await this.#othersTurn(count);
  }

  /** The next `count` bytes in one piece; they must be here. */
  take(count: number): Buffer {
    const bytes = this.#queue.take(count);
    this.#makeRoom();
    return bytes;
  }

  /** The next `count` bytes as views of what came; they must be here. */
  slices(count: number): Buffer[] {
    const views = this.#queue.slices(count);
    this.#makeRoom();
    return views;
  }

  /** Waits until the other side has taken what was written to it. @throws AssociationEnd once the association is over. */
  async drained(): Promise<void> {
    if (this.#ended) throw this.#ended;
    if (!this.#socket.writableNeedDrain) return;
    const onDrain = (): void => this.#settle?.();
    this.#socket.once('drain', onDrain);
    await this.#othersTurn(0).finally(() => this.#socket.off('drain', onDrain));
  }

  /** Ends the association from our side: whoever waits, or asks for more than lies here, gets the error. */
  fail(error: AssociationEnd): void {
    this.#ended ??= error;
    this.#settle?.(this.#ended);
  }

  /** Stops reading for good: what still comes is thrown away. */
  discard(): void {
    this.#isDiscarding = true;
    this.#queue.clear();
    clearTimeout(this.#idle);
    this.#socket.resume();
  }

  async #othersTurn(wanted: number): Promise<void> {
    this.#wanted = wanted;
    this.#idle?.refresh();
    try {
      await new Promise<void>((resolve, reject) => {
        this.#settle = (error) => (error ? reject(error) : resolve());
      });
    } finally {
      this.#settle = undefined;
      this.#wanted = 0;
    }
  }

  #receive(bytes: Buffer): void {
    if (this.#isDiscarding) return;
    this.#queue.push(bytes);
    this.#idle?.refresh();
    if (this.#wanted > 0 && this.#queue.length >= this.#wanted) this.#settle?.();
    if (this.#queue.length >= Math.max(highWater, this.#wanted)) this.#socket.pause();
  }

  #makeRoom(): void {
    if (this.#socket.isPaused() && this.#queue.length < highWater / 2) this.#socket.resume();
  }

  #expire(): void {
    const isOurTurn = this.#settle === undefined;
    if (isOurTurn) this.#idle?.refresh();
    else this.fail(new AssociationEnd('The other side was silent for too long.', abort.notSpecified));
  }

  #close(): void {
    clearTimeout(this.#idle);
    this.fail(new AssociationEnd('The connection was lost.'));
  }
}
