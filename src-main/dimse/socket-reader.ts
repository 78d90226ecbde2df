/** The connection as something that is asked for bytes: it is not read while nobody asks and enough lies here already. */
import type { Socket } from 'node:net';
import { AssociationEnd } from './association-end.ts';
import type { BlockPool } from './block-pool.ts';
import { abort } from './pdu.ts';
import { readInto } from './read-into.ts';
import { ReceivedBytes } from './received-bytes.ts';

/* Bytes that may lie here while the archive is busy; a sender that does not wait goes on for so long. */
const highWater = 2 * 1024 * 1024;

/* Bytes that may be written before the other side has taken any; less would leave the line idle between two disk reads. */
const writeAhead = 1024 * 1024;

/** Someone who waits for the other side. */
type Settle = (error?: AssociationEnd) => void;

/** Reads a connection by pulling. One may wait for bytes and one for what was written to be taken, at the same time. */
export class SocketReader {
  /** The connection, for writing and closing. */
  readonly socket: Socket;
  /** Resolves when the connection is closed: nothing is read into our memory any more. */
  readonly closed: Promise<void>;
  readonly #bytes: ReceivedBytes;
  readonly #idle: NodeJS.Timeout | undefined;
  #wanted = 0;
  #reading: Settle | undefined;
  #draining: Settle | undefined;
  #isPatient = false;
  #lastTaken = 0;
  #ended: AssociationEnd | undefined;
  #isStopped = false;
  #isDiscarding = false;

  /** Takes over an accepted connection. The other side may be silent for `idleSeconds` while it is its turn; 0 is without end. */
  constructor(accepted: Socket, idleSeconds: number, pool: BlockPool) {
    this.#bytes = new ReceivedBytes(pool);
    const socket = readInto(accepted, { room: () => this.#bytes.room(), received: (count) => this.#receive(count) });
    socket.on('end', () => this.fail(new AssociationEnd('The other side closed the connection.')));
    socket.on('error', (cause) => this.fail(new AssociationEnd('The connection was lost.', undefined, { cause })));
    socket.on('close', () => this.#close());
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    this.socket = socket;
    if (idleSeconds > 0) this.#idle = setTimeout(() => this.#expire(), idleSeconds * 1000);
  }

  /** Waits until `count` bytes are here. @throws AssociationEnd once the association is over. */
  async ready(count: number): Promise<void> {
    if (this.#bytes.length >= count) return;
    if (this.#ended) throw this.#ended;
    this.#wanted = count;
    if (!this.#isPatient) this.#idle?.refresh();
    try {
      await new Promise<void>((resolve, reject) => {
        this.#reading = (error) => (error ? reject(error) : resolve());
        this.#resume();
      });
    } finally {
      this.#reading = undefined;
      this.#wanted = 0;
    }
  }

  /** The next `count` bytes in one piece; they must be here. Good until `recycle`. */
  take(count: number): Buffer {
    const bytes = this.#bytes.take(count);
    this.#goOn();
    return bytes;
  }

  /** The next `count` bytes as views of what came; they must be here. Good until `recycle`. */
  slices(count: number): Buffer[] {
    const views = this.#bytes.slices(count);
    this.#goOn();
    return views;
  }

  /** Nobody uses any bytes that were taken before: their memory may be used again. */
  recycle(): void {
    this.#bytes.recycle();
  }

  /** Nobody reads any more and the connection is closed: all its memory may be used again. */
  giveBack(): void {
    this.#bytes.giveBack();
  }

  /** Waits until the other side has taken what was written to it. @throws AssociationEnd once the association is over. */
  async drained(): Promise<void> {
    if (this.socket.writableLength < writeAhead) return;
    if (this.#ended) throw this.#ended;
    const onDrain = (): void => this.#draining?.();
    this.socket.once('drain', onDrain);
    this.#lastTaken = this.#bytesTaken;
    this.#idle?.refresh();
    try {
      await new Promise<void>((resolve, reject) => (this.#draining = (error) => (error ? reject(error) : resolve())));
    } finally {
      this.#draining = undefined;
      this.socket.off('drain', onDrain);
    }
  }

  /** While it is our turn to do something, whoever waits for bytes waits for what need not come: silence is not counted. */
  set isPatient(isPatient: boolean) {
    this.#isPatient = isPatient;
    this.#idle?.refresh();
  }

  /** Ends the association from our side: whoever waits, or asks for more than lies here, gets the error. */
  fail(error: AssociationEnd): void {
    this.#ended ??= error;
    this.#reading?.(this.#ended);
    this.#draining?.(this.#ended);
  }

  /** Stops reading for good: what still comes is thrown away. */
  discard(): void {
    this.#isDiscarding = true;
    clearTimeout(this.#idle);
    this.#resume();
  }

  #receive(count: number): boolean {
    if (this.#isDiscarding) return true;
    this.#bytes.received(count);
    this.#idle?.refresh();
    if (this.#wanted > 0 && this.#bytes.length >= this.#wanted) this.#reading?.();
    this.#isStopped = this.#bytes.length >= Math.max(highWater, this.#wanted);
    return !this.#isStopped;
  }

  #resume(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.socket.resume();
  }

  #goOn(): void {
    if (this.#bytes.length < highWater / 2) this.#resume();
  }

  /* After a stall of this program the bytes of the other side may lie in the kernel: they get one turn to come before they are missed. */
  #expire(): void {
    const { bytesRead } = this.socket;
    const taken = this.#bytesTaken;
    setImmediate(() => {
      const isOthersTurn = this.#draining !== undefined || (this.#reading !== undefined && !this.#isPatient);
      const takesOn = this.#draining !== undefined && taken > this.#lastTaken;
      this.#lastTaken = taken;
      if (isOthersTurn && !takesOn && this.socket.bytesRead === bytesRead)
        this.fail(new AssociationEnd('The other side was silent for too long.', abort.notSpecified));
      else this.#idle?.refresh();
    });
  }

  /* Of what was written; who reads slowly is not silent. */
  get #bytesTaken(): number {
    return this.socket.bytesWritten - this.socket.writableLength;
  }

  #close(): void {
    clearTimeout(this.#idle);
    this.fail(new AssociationEnd('The connection was lost.'));
  }
}
