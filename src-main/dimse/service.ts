/** Which service a message goes to, and the response to it (PS3.7 7.5). */
import { toPacsError, type PacsError, type PacsErrorCode } from '#shared/errors.ts';
import type { Operation } from '#shared/model.ts';
import type { Log } from '../log.ts';
import type { Peers } from '../peers/peers.ts';
import type { Store } from '../store/store.ts';
import { AssociationEnd } from './association-end.ts';
import { verification, type AnsweredContext } from './association-policy.ts';
import { cStore } from './c-store.ts';
import { commandField, noDataSet, writeCommand, type Command } from './command.ts';
import type { Conversation } from './conversation.ts';
import { createExchange, readIdentifier, type Exchange, type ExchangeResponse } from './exchange.ts';
import type { Inbox } from './inbox.ts';
import type { Message } from './message.ts';
import type { Negotiated } from './negotiation.ts';
import type { Caller } from './refusals.ts';
import type { SocketReader } from './socket-reader.ts';
import { otherClass, serviceStatus, status } from './status.ts';

/** One service of this node beside verification and storage. */
export interface Service {
  /** For the log and the conformance statement. */
  readonly name: string;
  readonly sopClasses: readonly { readonly uid: string; readonly name: string }[];
  /** The right that its callers need. */
  readonly operation: Operation;
  /** The command fields that it serves. */
  readonly commands: readonly number[];
  /** Serves one request; ends with a final response. What it throws becomes one by `status`. */
  serve(exchange: Exchange): Promise<void>;
  /** The status of a fault; PS3.7 Annex C where the service has none of its own. */
  readonly status?: (code: PacsErrorCode) => number;
  /** All statuses in words, for the conformance statement; made of `status` where absent. */
  readonly statuses?: readonly { readonly status: number; readonly meaning: string }[];
  /** Answers SOP class extended negotiation: application information in, application information out. */
  readonly extend?: (proposed: Uint8Array) => Uint8Array;
}

/** What the services need to know of their server. */
export interface ServiceContext {
  readonly store: Store;
  readonly peers: Peers;
  readonly takesClass: (uid: string) => boolean;
  readonly log: Log;
  /** Told of every instance that is refused before the archive could see it. */
  readonly refused: (error: PacsError, origin: Caller) => void;
  /** The services by SOP class. */
  readonly services: ReadonlyMap<string, Service>;
}

/** What one association serves with. */
export interface Serving {
  readonly negotiated: Negotiated;
  readonly conversation: Conversation;
  readonly reader: SocketReader;
  readonly inbox: Inbox;
  readonly context: ServiceContext;
}

/** Serves one message to its end, response included. @throws AssociationEnd where the association ends before it. */
export async function serve(message: Message, serving: Serving): Promise<void> {
  const { negotiated, conversation, context } = serving;
  const { command, contextId, dataSet } = message;
  const accepted = negotiated.contexts.get(contextId) as AnsweredContext;
  const { services } = context;
  const service = services.get(accepted.abstractSyntax);
  if (service) return serveService(message, service, serving);
  const exchange = plainExchange(message, serving);
  switch (command.CommandField) {
    case commandField.storeRequest: {
      const result = await cStore(message, accepted, {
        ...context,
        origin: negotiated.origin,
        own: negotiated.own,
      });
      return exchange.respond({ Status: result.status, sentence: result.sentence });
    }
    case commandField.echoRequest:
      await dataSet?.discard();
      if (accepted.abstractSyntax !== verification || command.AffectedSOPClassUID !== verification)
        return exchange.respond({ Status: status.sopClassNotSupported, sentence: otherClass });
      return conversation.perform(contextId, plainEcho(command));
    default:
      await dataSet?.discard();
      return exchange.respond(notOffered);
  }
}

const notOffered: ExchangeResponse = {
  Status: status.unrecognizedOperation,
  sentence: 'This operation is not offered here.',
};

/* Nothing is read on meanwhile: what is sent is answered in its order. */
const plainExchange = (message: Message, { negotiated, reader, inbox }: Serving): Exchange =>
  createExchange({ message, negotiated, reader, inbox, signal: never, dataSet: undefined });

const never = new AbortController().signal;

async function serveService(message: Message, service: Service, serving: Serving): Promise<void> {
  const { negotiated, reader, inbox, context } = serving;
  const { command } = message;
  const dataSet = await readIdentifier(message);
  reader.recycle();
  reader.isPatient = true;
  try {
    await inbox.during(command.MessageID, async (signal) => {
      const exchange = createExchange({ message, negotiated, reader, inbox, signal, dataSet });
      if (!service.commands.includes(command.CommandField)) return exchange.respond(notOffered);
      await service.serve(exchange).catch((thrown: unknown) => fail(thrown, exchange, service, context));
    });
  } finally {
    reader.isPatient = false;
  }
}

/* Nobody is left to be answered where the association is over. */
async function fail(thrown: unknown, exchange: Exchange, service: Service, { log }: ServiceContext): Promise<void> {
  if (thrown instanceof AssociationEnd) throw thrown;
  const { code, message, cause } = toPacsError(thrown);
  const { callingAET, remoteAddress } = exchange.caller;
  log(
    code === 'internal' ? 'error' : 'warn',
    `${service.name} for ${callingAET} (${remoteAddress}) failed: ${message}`,
    cause,
  );
  await exchange.respond({ Status: (service.status ?? serviceStatus)(code), sentence: message });
}

/* Written anew, so that what a stranger put into the command besides goes no further. */
const plainEcho = ({ AffectedSOPClassUID, MessageID }: Command): Buffer =>
  writeCommand({
    AffectedSOPClassUID,
    CommandField: commandField.echoRequest,
    MessageID,
    CommandDataSetType: noDataSet,
  });
