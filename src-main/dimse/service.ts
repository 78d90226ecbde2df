/** Which service a message goes to, and the response to it (PS3.7 7.5). */
import type { Socket } from 'node:net';
import type { PacsError } from '#shared/errors.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { verification, type AnsweredContext } from './association-policy.ts';
import { cStore, type StoreResult } from './c-store.ts';
import { commandField, noDataSet, writeCommand, type Command } from './command.ts';
import type { Conversation } from './conversation.ts';
import type { Message } from './message.ts';
import type { Negotiated } from './negotiation.ts';
import { dataPdus } from './pdu.ts';
import type { Caller } from './refusals.ts';
import { errorComment, otherClass, status } from './status.ts';

/** What the services need to know of their server. */
export interface ServiceContext {
  readonly store: Store;
  readonly takesClass: (uid: string) => boolean;
  readonly log: Log;
  /** Told of every instance that is refused before the archive could see it. */
  readonly refused: (error: PacsError, origin: Caller) => void;
}

/** Serves one message to its end, response included. @throws AssociationEnd where the association ends before it. */
export async function serve(
  message: Message,
  { request, origin, contexts }: Negotiated,
  conversation: Conversation,
  socket: Socket,
  context: ServiceContext,
): Promise<void> {
  const { command, contextId, dataSet } = message;
  const respond = (result: StoreResult): void =>
    void socket.write(dataPdus(contextId, 'command', response(command, result), request.maximumLength));
  const accepted = contexts.get(contextId) as AnsweredContext;
  switch (command.CommandField) {
    case commandField.storeRequest:
      return respond(await cStore(message, accepted, { ...context, origin }));
    case commandField.echoRequest:
      await dataSet?.discard();
      if (accepted.abstractSyntax !== verification || command.AffectedSOPClassUID !== verification)
        return respond({ status: status.sopClassNotSupported, sentence: otherClass });
      return conversation.perform(contextId, plainEcho(command));
    case commandField.cancelRequest:
      return;
    default:
      await dataSet?.discard();
      if (command.CommandField < commandField.response)
        respond({ status: status.unrecognizedOperation, sentence: 'This operation is not offered here.' });
  }
}

/* Written anew, so that what a stranger put into the command besides goes no further. */
const plainEcho = ({ AffectedSOPClassUID, MessageID }: Command): Buffer =>
  writeCommand({
    AffectedSOPClassUID,
    CommandField: commandField.echoRequest,
    MessageID,
    CommandDataSetType: noDataSet,
  });

/** The response to a request, with its status and the reason in words. */
function response(command: Command, { status: code, sentence }: StoreResult): Buffer {
  return writeCommand({
    AffectedSOPClassUID: command.AffectedSOPClassUID,
    CommandField: command.CommandField | commandField.response,
    MessageIDBeingRespondedTo: command.MessageID,
    CommandDataSetType: noDataSet,
    Status: code,
    ErrorComment: sentence === undefined ? undefined : errorComment(sentence),
    AffectedSOPInstanceUID: command.AffectedSOPInstanceUID,
  });
}
