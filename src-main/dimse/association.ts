/** The life of one association, from the first byte of its connection to the last (PS3.8 9.2). */
import type { Socket } from 'node:net';
import type { Settings } from '#shared/settings.ts';
import { AssociationEnd } from './association-end.ts';
import { readAssociationRequest } from './association-request.ts';
import type { BlockPool } from './block-pool.ts';
import { createConversation, type Identity } from './conversation.ts';
import { createGate } from './gate.ts';
import { createInbox } from './inbox.ts';
import { negotiate, type Negotiated, type NegotiationContext } from './negotiation.ts';
import { abort, abortPdu } from './pdu.ts';
import type { Places } from './places.ts';
import { serve, type ServiceContext } from './service.ts';
import { SocketReader } from './socket-reader.ts';

/** What the associations of one server share. */
export interface AssociationContext extends NegotiationContext, ServiceContext {
  readonly settings: Settings;
  readonly identity: Identity;
  readonly places: Places;
  readonly blocks: BlockPool;
}

/** A running association. */
export interface Association {
  /** Resolves when it is over and its connection closed; never rejects. */
  readonly done: Promise<void>;
  /** Lets the message that is being received finish, then ends. */
  finish(): void;
  /** Ends now, with an A-ABORT and some time for the other side to take it. */
  abort(): void;
  /** Closes the connection now. */
  destroy(): void;
}

/* How long the other side has to close the connection after our last PDU (ARTIM timer of PS3.8 9.1.5). */
const closingTime = 2000;

const closing = (): AssociationEnd => new AssociationEnd('This program is closing.', abort.notSpecified);

/** Serves one connection that was accepted and not read yet. */
export function serveAssociation(accepted: Socket, remoteAddress: string, context: AssociationContext): Association {
  const connection = new Connection(accepted, remoteAddress, context);
  const { reader } = connection;
  return {
    done: connection.run(),
    finish: () => connection.finish(),
    abort: () => reader.fail(closing()),
    destroy: () => void reader.socket.destroy(),
  };
}

class Connection {
  readonly reader: SocketReader;
  readonly #socket: Socket;
  readonly #remoteAddress: string;
  readonly #context: AssociationContext;
  readonly #gate;
  readonly #conversation;
  #name: string;
  #isServing = false;
  #isFinishing = false;

  constructor(accepted: Socket, remoteAddress: string, context: AssociationContext) {
    this.#remoteAddress = remoteAddress;
    this.#name = remoteAddress;
    this.#context = context;
    this.reader = new SocketReader(accepted, context.settings.DicomScpTimeout, context.blocks);
    this.#socket = this.reader.socket;
    this.#gate = createGate(this.reader, context.identity.maximumPduLength);
    this.#conversation = createConversation(context.identity, (bytes) => this.#socket.write(bytes));
  }

  finish(): void {
    this.#isFinishing = true;
    if (!this.#isServing) this.reader.fail(closing());
  }

  async run(): Promise<void> {
    const place = this.#context.places.take(this.#remoteAddress);
    try {
      const negotiated = await this.#begin(place.refusal);
      if (negotiated) await this.#serveMessages(negotiated);
    } catch (thrown) {
      this.#end(thrown);
    } finally {
      this.#conversation.close();
      this.reader.discard();
      await close(this.reader);
      this.reader.giveBack();
      place.leave();
    }
  }

  async #begin(full: string | undefined): Promise<Negotiated | undefined> {
    const seconds = this.#context.settings.Chairside.AssociationRequestTimeout;
    const late = new AssociationEnd('The other side connected, but did not ask for an association.');
    const pdu = await this.#within(seconds, late, () => this.#gate.associationRequest());
    const request = readAssociationRequest(pdu);
    this.#name = `${request.callingAET} (${this.#remoteAddress})`;
    return negotiate(request, this.#remoteAddress, full, this.#conversation, this.#context);
  }

  async #serveMessages(negotiated: Negotiated): Promise<void> {
    const inbox = createInbox(this.#gate, new Set(negotiated.contexts.keys()));
    const serving = {
      negotiated,
      conversation: this.#conversation,
      reader: this.reader,
      inbox,
      context: this.#context,
    };
    const seconds = this.#context.settings.Chairside.MaximumAssociationMinutes * 60;
    const old = new AssociationEnd('It lasted longer than an association may.', abort.notSpecified);
    await this.#within(seconds, old, async () => {
      for (;;) {
        const message = await inbox.next();
        if (message === 'release') return this.#conversation.release();
        this.#isServing = true;
        await serve(message, serving);
        this.#isServing = false;
        this.reader.recycle();
        if (this.#isFinishing) throw closing();
        await this.reader.drained();
      }
    });
  }

  /* 0 seconds is without end. */
  async #within<T>(seconds: number, error: AssociationEnd, work: () => Promise<T>): Promise<T> {
    const timer = seconds > 0 ? setTimeout(() => this.reader.fail(error), seconds * 1000) : undefined;
    try {
      return await work();
    } finally {
      clearTimeout(timer);
    }
  }

  #end(thrown: unknown): void {
    const isOurs = !(thrown instanceof AssociationEnd);
    const {
      message,
      abort: told,
      cause,
    } = isOurs ? new AssociationEnd('A fault of this program.', abort.notSpecified, { cause: thrown }) : thrown;
    this.#context.log(
      isOurs ? 'error' : 'info',
      `The association with ${this.#name} broke off: ${message}`,
      told && cause,
    );
    if (told && !this.#socket.destroyed) this.#socket.write(abortPdu(told));
  }
}

/* The other side closes first, so that our last PDU is not lost with the connection. */
async function close({ socket, closed }: SocketReader): Promise<void> {
  if (!socket.destroyed) socket.end();
  const patience = setTimeout(() => socket.destroy(), closingTime).unref();
  await closed;
  clearTimeout(patience);
}
