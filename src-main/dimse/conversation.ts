/** dcmjs-dimse's side of one association: negotiation, release and small messages, spoken through a carrier that the gate feeds. */
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import dcmjsDimse from 'dcmjs-dimse';
import type { association, requests, responses } from 'dcmjs-dimse';
import { PacsError } from '#shared/errors.ts';
import { AssociationEnd } from './association-end.ts';
import type { AnsweredContext } from './association-policy.ts';
import { withUserItems, writeAssociationRequest, type AssociationRequest } from './association-request.ts';
import { cEcho } from './c-echo.ts';
import { abort, dataPdus, releaseRequestPdu, type Rejection } from './pdu.ts';

const { Implementation, Scp, log } = dcmjsDimse;
const { PresentationContextResult } = dcmjsDimse.constants;

/* It logs AE titles and whole requests to the console; what is worth a line is logged by association.ts. */
log.setLevel('silent');

/** Who we are on the network. */
export interface Identity {
  readonly implementationClassUID: string;
  readonly implementationVersionName: string;
  /** Largest P-DATA body that we take, in bytes. */
  readonly maximumPduLength: number;
}

/**
 * The conversation of one association. Each call writes its PDUs before it resolves. @throws AssociationEnd where the other
 * side is to blame, PacsError `internal` where dcmjs-dimse has neither answered nor complained in time.
 */
export interface Conversation {
  /** Answers with an A-ASSOCIATE-AC; `items` are added to its user information. */
  accept(request: AssociationRequest, contexts: readonly AnsweredContext[], items?: Buffer): Promise<void>;
  /** Answers with an A-ASSOCIATE-RJ. */
  reject(request: AssociationRequest, rejection: Rejection): Promise<void>;
  /** Performs one message without a data set and answers it. */
  perform(contextId: number, command: Buffer): Promise<void>;
  /** Answers an A-RELEASE-RQ. */
  release(): Promise<void>;
  /** Lets go of timers and listeners. */
  close(): void;
}

/** Where dcmjs-dimse expects a socket: what it writes goes to the wire, what it hears comes from the gate. */
class Carrier extends EventEmitter {
  readonly #write: (bytes: Buffer) => void;
  /** For the A-ASSOCIATE-AC that is written next. */
  addedItems: Buffer = Buffer.alloc(0);

  constructor(write: (bytes: Buffer) => void) {
    super();
    this.#write = write;
  }

  write(bytes: Buffer): boolean {
    const items = this.addedItems;
    this.addedItems = Buffer.alloc(0);
    this.#write(items.length > 0 ? withUserItems(bytes, items) : bytes);
    return true;
  }

  /* Time-outs are kept by the socket reader, which knows whose turn it is. */
  setTimeout(): this {
    return this;
  }
}

/* Milliseconds for a turn, in which nothing is waited for: one that takes longer never ends. */
const turnTime = 30_000;

type Turn = (scp: ConversationScp, association: association.Association) => void;

/** One turn at a time: a PDU goes in, and the turn ends when dcmjs-dimse has answered it or said that it cannot. */
class ConversationScp extends Scp {
  readonly #carrier: Carrier;
  readonly #time: number;
  #answer: Turn | undefined;
  #settle: ((error?: Error) => void) | undefined;

  constructor(carrier: Carrier, time: number) {
    super(carrier as unknown as Socket);
    this.#carrier = carrier;
    this.#time = time;
    this.on('networkError', (error: Error) => this.#settle?.(error));
  }

  async turn(pdu: Buffer, answer?: Turn): Promise<void> {
    const overdue = new PacsError('internal', 'The other side could not be answered in time.');
    const timer = setTimeout(() => this.#settle?.(overdue), this.#time);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#answer = answer;
        this.#settle = (error) => (error ? reject(error) : resolve());
        this.#carrier.emit('data', pdu);
      });
    } catch (cause) {
      if (cause === overdue) throw overdue;
      throw new AssociationEnd('The other side sent something that could not be read.', abort.notSpecified, { cause });
    } finally {
      clearTimeout(timer);
      this.#answer = undefined;
      this.#settle = undefined;
    }
  }

  override associationRequested(asked: association.Association): void {
    this.#answer?.(this, asked);
    this.#settle?.();
  }

  override cEchoRequest(request: requests.CEchoRequest, callback: (response: responses.CEchoResponse) => void): void {
    callback(cEcho(request));
    /* dcmjs-dimse 0.3.3 keeps the bytes of a command without data set and reads the next command behind them. */
    Reflect.set(this, 'dimseStream', undefined);
    this.#settle?.();
  }

  override associationReleaseRequested(): void {
    this.sendAssociationReleaseResponse();
    this.#settle?.();
  }
}

/* dcmjs-dimse keeps the identity once for the whole process, so it is set anew for each answer. */
function assume({ implementationClassUID, implementationVersionName, maximumPduLength }: Identity): void {
  Implementation.setImplementationClassUid(implementationClassUID);
  Implementation.setImplementationVersion(implementationVersionName);
  Implementation.setMaxPduLength(maximumPduLength);
}

/** A conversation whose PDUs go to `write`; each call has `time` milliseconds. */
export function createConversation(
  identity: Identity,
  write: (bytes: Buffer) => void,
  time: number = turnTime,
): Conversation {
  const carrier = new Carrier(write);
  const scp = new ConversationScp(carrier, time);

  return {
    accept: (request, contexts, items = Buffer.alloc(0)) =>
      scp.turn(plainRequest(request), (_, asked) => {
        carrier.addedItems = items;
        for (const { id, result, transferSyntax } of contexts)
          asked.getPresentationContext(id).setResult(resultOf[result], transferSyntax);
        assume(identity);
        /* It would advertise the smaller of both lengths, although each side states its own (PS3.8 D.1). */
        asked.setMaxPduLength(identity.maximumPduLength);
        scp.sendAssociationAccept();
        asked.setMaxPduLength(request.maximumLength);
      }),
    reject: (request, { result, source, reason }) =>
      scp.turn(plainRequest(request), () => scp.sendAssociationReject(result, source, reason)),
    perform: (contextId, command) => scp.turn(dataPdus(contextId, 'command', command, 0)),
    release: () => scp.turn(releaseRequestPdu()),
    close: () => void carrier.emit('close'),
  };
}

/* It takes no part in the negotiation of roles and extensions; they are answered by `items`. */
const plainRequest = (request: AssociationRequest): Buffer =>
  writeAssociationRequest({ ...request, roles: new Map(), extended: new Map() });

const resultOf = {
  0: PresentationContextResult.Accept,
  1: PresentationContextResult.RejectUser,
  3: PresentationContextResult.RejectAbstractSyntaxNotSupported,
  4: PresentationContextResult.RejectTransferSyntaxesNotSupported,
} as const satisfies Record<AnsweredContext['result'], number>;
