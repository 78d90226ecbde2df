/** One request on its way to its responses: what a service sees of its association (PS3.7 7.5). */
import { PacsError } from '#shared/errors.ts';
import type { AnsweredContext } from './association-policy.ts';
import { noDataSet, withDataSet, writeCommand, commandField, type Command, type CommandValues } from './command.ts';
import type { Inbox } from './inbox.ts';
import type { Message } from './message.ts';
import type { Negotiated } from './negotiation.ts';
import type { OwnTitle } from './own-titles.ts';
import type { Caller } from './refusals.ts';
import { keepingTime, sendMessage, type OutgoingDataSet, type PduWriter } from './send-data-set.ts';
import type { SocketReader } from './socket-reader.ts';
import { errorComment } from './status.ts';

/** What a response says. */
export type ExchangeResponse = CommandValues & {
  readonly Status: number;
  /** The reason in words; it becomes the ErrorComment. */
  readonly sentence?: string | undefined;
  readonly dataSet?: Uint8Array | undefined;
};

/** One request on its way to its responses. */
export interface Exchange {
  readonly command: Command;
  readonly contextId: number;
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
  readonly caller: Caller;
  /** Which of our titles was called. */
  readonly own: OwnTitle;
  /** Longest P-DATA body that the caller takes, in bytes; 0 is without bound. */
  readonly maximumLength: number;
  /** The accepted presentation contexts by ID. */
  readonly contexts: ReadonlyMap<number, AnsweredContext>;
  /** SOP class extended negotiation as we answered it, by SOP class. */
  readonly extended: ReadonlyMap<string, Uint8Array>;
  /** Aborted by the C-CANCEL of this message (reason 'cancel') and by the end of the association. */
  readonly signal: AbortSignal;
  /** The data set of the request, at most 1 MB. @throws PacsError `too-large`, `bad-request` where there is none */
  identifier(): Promise<Uint8Array>;
  /** Writes a response and waits until the other side takes it; what every response has is filled in. @throws AssociationEnd */
  respond(response: ExchangeResponse): Promise<void>;
  /**
   * Sends a request on this association and waits for its response; MessageID and CommandDataSetType are filled in. The
   * other side has its usual time to answer, and that for keeping a data set of `size` bytes. @throws AssociationEnd
   */
  request(contextId: number, command: CommandValues, dataSet?: OutgoingDataSet, size?: number): Promise<Command>;
}

/* More than any identifier, worklist query or commitment of thousands of images needs. */
const maximumIdentifier = 1024 * 1024;

/** What an exchange is made of. */
export interface ExchangeParts {
  readonly message: Message;
  readonly negotiated: Negotiated;
  readonly reader: SocketReader;
  readonly inbox: Inbox;
  readonly signal: AbortSignal;
  /** The data set as it was read before; an error where it could not be. */
  readonly dataSet: Uint8Array | PacsError | undefined;
}

/** Reads the data set of a request whole; what is longer than an identifier may be is read to its end and is an error. */
export async function readIdentifier({ dataSet }: Message): Promise<Uint8Array | PacsError | undefined> {
  if (!dataSet) return undefined;
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of dataSet.chunks(new Uint8Array(0))) {
    length += chunk.length;
    /* Copied, for the memory of the connection is used again. */
    if (length <= maximumIdentifier) parts.push(Uint8Array.from(chunk));
  }
  if (length > maximumIdentifier) return new PacsError('too-large', 'The data set of the request is too long.');
  return Buffer.concat(parts);
}

/** Makes the exchange of one request. */
export function createExchange({ message, negotiated, reader, inbox, signal, dataSet }: ExchangeParts): Exchange {
  const { command, contextId } = message;
  const { request: asked, origin, own, contexts, extended } = negotiated;
  const { abstractSyntax, transferSyntax = '' } = contexts.get(contextId) as AnsweredContext;
  const writer = pduWriter(reader);
  const send = (id: number, values: CommandValues, body?: OutgoingDataSet): Promise<void> =>
    sendMessage(
      writer,
      id,
      writeCommand({ ...values, CommandDataSetType: body ? withDataSet : noDataSet }),
      body,
      asked.maximumLength,
    );

  return {
    command,
    contextId,
    abstractSyntax,
    transferSyntax,
    caller: origin,
    own,
    maximumLength: asked.maximumLength,
    contexts,
    extended,
    signal,
    identifier: async () => {
      if (dataSet instanceof PacsError) throw dataSet;
      if (!dataSet) throw new PacsError('bad-request', 'The request has no data set.');
      return dataSet;
    },
    respond: ({ sentence, dataSet: body, ...values }) =>
      send(contextId, { ...responseTo(command), ErrorComment: sentence && errorComment(sentence), ...values }, body),
    request: async (id, values, body, size = 0) => {
      const MessageID = negotiated.nextMessageId();
      const response = inbox.response(MessageID);
      /* Whoever sends may fail before the response is asked for. */
      response.catch(() => undefined);
      await send(id, { ...values, MessageID }, body);
      /* From then on its silence is counted. */
      const othersTurn = setTimeout(() => (reader.isPatient = false), keepingTime(size) * 1000);
      try {
        return await response;
      } finally {
        clearTimeout(othersTurn);
        reader.isPatient = true;
      }
    },
  };
}

/** What every response to a command has, PS3.7 E.1. */
export const responseTo = (command: Command): CommandValues => ({
  AffectedSOPClassUID: command.AffectedSOPClassUID ?? command.RequestedSOPClassUID,
  CommandField: command.CommandField | commandField.response,
  MessageIDBeingRespondedTo: command.MessageID,
  AffectedSOPInstanceUID: command.AffectedSOPInstanceUID ?? command.RequestedSOPInstanceUID,
});

/** The writing side of a connection; what is written within one turn goes out in one step. */
export function pduWriter(reader: SocketReader): PduWriter {
  const { socket } = reader;
  return {
    write: (bytes) => {
      socket.cork();
      socket.write(bytes);
      process.nextTick(() => socket.uncork());
    },
    cork: () => socket.cork(),
    uncork: () => socket.uncork(),
    drained: () => reader.drained(),
  };
}
