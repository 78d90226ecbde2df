/** The association behind a requestor: one request at a time on it, its responses, and its end (PS3.7 7.5, PS3.8 7). */
import { AssociationEnd } from '../association-end.ts';
import { commandField, noDataSet, withDataSet, writeCommand, type Command, type CommandValues } from '../command.ts';
import { pduWriter, readIdentifier, responseTo } from '../exchange.ts';
import type { Gate } from '../gate.ts';
import { nextMessage, type Message } from '../message.ts';
import { abort, abortPdu, releaseRequestPdu, releaseResponsePdu } from '../pdu.ts';
import { sendMessage, type OutgoingDataSet } from '../send-data-set.ts';
import type { SocketReader } from '../socket-reader.ts';
import { errorComment, status } from '../status.ts';
import { cancelledError, endError, type CallEnds } from './client-errors.ts';
import { closeConnection } from './close-connection.ts';
import { createRequestStop } from './request-stop.ts';
import type { Negotiation, PeerAnswer, PeerRequest, RequestOptions, Requestor } from './requestor.ts';

/* Seconds that the other side has to answer our release. */
const releaseTime = 5;

/* Pending, and pending with a warning that some optional keys were not regarded, PS3.4 C.4.1.1.4. */
const isPending = ({ Status = 0 }: Command): boolean => Status === status.pending || Status === status.pendingWarning;

const violation = (message: string): AssociationEnd =>
  new AssociationEnd(`The other side broke the DICOM protocol: ${message}.`, abort.unexpectedParameter);

/** An association that stands, as open-requestor.ts has asked for it. */
export class RunningRequestor implements Requestor {
  readonly calledAET: string;
  readonly contexts;
  readonly refused;
  readonly roles;
  readonly extended;
  readonly maximumLength;
  readonly remoteAddress: string;
  readonly #ends: CallEnds;
  readonly #reader: SocketReader;
  readonly #gate: Gate;
  readonly #writer;
  readonly #accepted;
  #messageId = 0;
  #ahead: Promise<Message | 'release'> | undefined;
  #isOver = false;

  constructor(ends: CallEnds, reader: SocketReader, gate: Gate, negotiation: Negotiation) {
    this.calledAET = negotiation.calledAET;
    this.contexts = negotiation.contexts;
    this.refused = negotiation.refused;
    this.roles = negotiation.roles;
    this.extended = negotiation.extended;
    this.maximumLength = negotiation.maximumLength;
    this.remoteAddress = reader.socket.remoteAddress ?? ends.Host;
    this.#ends = ends;
    this.#reader = reader;
    this.#gate = gate;
    this.#writer = pduWriter(reader);
    this.#accepted = new Map([...negotiation.contexts.values()].flat().map((context) => [context.id, context]));
  }

  async request(
    contextId: number,
    command: CommandValues,
    options: RequestOptions = {},
  ): Promise<{ command: Command; dataSet?: Uint8Array | undefined }> {
    const { dataSet, signal } = options;
    if (signal?.aborted) throw cancelledError();
    this.#messageId = (this.#messageId % 0xffff) + 1;
    const MessageID = this.#messageId;
    const stop = createRequestStop(command.CommandField, {
      cancel: () => this.#cancel(contextId, command, MessageID),
      fail: (end) => this.#reader.fail(end),
    });
    signal?.addEventListener('abort', stop.ask);
    try {
      const broken = await this.#send(contextId, { ...command, MessageID }, dataSet).catch((error: unknown) => error);
      if (broken && !(broken instanceof AssociationEnd)) throw broken;
      stop.isSent();
      /* Who could not send all of it may still hear why: the response can come before the end of the data set. */
      return await this.#finalResponse(MessageID, command, options).catch((error: unknown) => {
        throw broken ?? error;
      });
    } catch (thrown) {
      this.#end(thrown);
      throw signal?.aborted ? cancelledError() : endError(this.#ends, thrown);
    } finally {
      signal?.removeEventListener('abort', stop.ask);
      stop.done();
    }
  }

  async listen(
    seconds: number,
    onRequest: (request: PeerRequest) => Promise<PeerAnswer>,
    enough: AbortSignal,
  ): Promise<void> {
    if (this.#isOver) return;
    let stop = (): void => undefined;
    const over = new Promise<'over'>((resolve) => (stop = () => resolve('over')));
    const timer = setTimeout(stop, seconds * 1000);
    enough.addEventListener('abort', stop);
    this.#reader.isPatient = true;
    try {
      while (!enough.aborted) {
        this.#ahead ??= nextMessage(this.#gate, this.#ids());
        this.#ahead.catch(() => undefined);
        const message = await Promise.race([this.#ahead, over]);
        if (message === 'over') return;
        this.#ahead = undefined;
        if (message === 'release') return this.#released();
        await this.#answer(message, onRequest);
      }
    } catch (thrown) {
      this.#end(thrown);
      throw endError(this.#ends, thrown);
    } finally {
      clearTimeout(timer);
      enough.removeEventListener('abort', stop);
      this.#reader.isPatient = false;
    }
  }

  async release(): Promise<void> {
    if (this.#isOver) return;
    const late = new AssociationEnd('The other side did not answer the release.', abort.notSpecified);
    const timer = setTimeout(() => this.#reader.fail(late), releaseTime * 1000);
    this.#gate.releasing(() => this.#writer.write(releaseResponsePdu()));
    this.#writer.write(releaseRequestPdu());
    try {
      for (;;) {
        const message = await this.#next();
        if (message === 'release') break;
        await message.dataSet?.discard();
        this.#reader.recycle();
      }
      this.#isOver = true;
      await closeConnection(this.#reader);
    } catch (thrown) {
      this.#end(thrown);
    } finally {
      clearTimeout(timer);
    }
  }

  abort(): void {
    this.#end(new AssociationEnd('This side broke off.', { source: 0, reason: 0 }));
  }

  #ids(): ReadonlySet<number> {
    return new Set(this.#accepted.keys());
  }

  #next(): Promise<Message | 'release'> {
    const message = this.#ahead ?? nextMessage(this.#gate, this.#ids());
    this.#ahead = undefined;
    return message;
  }

  #send(contextId: number, values: CommandValues, dataSet?: OutgoingDataSet): Promise<void> {
    const command = writeCommand({ ...values, CommandDataSetType: dataSet ? withDataSet : noDataSet });
    return sendMessage(this.#writer, contextId, command, dataSet, this.maximumLength);
  }

  async #finalResponse(
    messageId: number,
    { CommandField = 0 }: CommandValues,
    { onPending, onRequest }: RequestOptions,
  ): Promise<{ command: Command; dataSet?: Uint8Array | undefined }> {
    for (;;) {
      const message = await this.#next();
      if (message === 'release') {
        this.#writer.write(releaseResponsePdu());
        throw new AssociationEnd('The other side ended the association before it had answered.');
      }
      const { command } = message;
      if (command.CommandField < commandField.response) {
        await this.#answer(message, onRequest);
        continue;
      }
      if (command.MessageID !== messageId || command.CommandField !== (CommandField | commandField.response))
        throw violation('a response to something that was not asked');
      const dataSet = await readIdentifier(message);
      if (dataSet instanceof Error) throw dataSet;
      this.#reader.recycle();
      if (!isPending(command)) return { command, dataSet };
      await onPending?.(command, dataSet);
    }
  }

  async #answer(message: Message, onRequest: RequestOptions['onRequest']): Promise<void> {
    const { command, contextId, dataSet } = message;
    const context = this.#accepted.get(contextId);
    if (!context) throw violation(`presentation context ${contextId}, which was not accepted`);
    const refusal: PeerAnswer = {
      Status: status.unrecognizedOperation,
      sentence: 'This operation is not offered here.',
    };
    const { sentence, ...values } = (await onRequest?.({ ...message, ...context })) ?? refusal;
    await dataSet?.discard();
    this.#reader.recycle();
    if (command.CommandField === commandField.cancelRequest) return;
    const ErrorComment = sentence === undefined ? undefined : errorComment(sentence);
    await this.#send(contextId, { ...responseTo(command), ErrorComment, ...values });
  }

  #released(): Promise<void> {
    this.#writer.write(releaseResponsePdu());
    this.#isOver = true;
    return closeConnection(this.#reader);
  }

  #cancel(contextId: number, { AffectedSOPClassUID }: CommandValues, MessageIDBeingRespondedTo: number): void {
    const CommandField = commandField.cancelRequest;
    this.#send(contextId, { AffectedSOPClassUID, CommandField, MessageIDBeingRespondedTo }).catch(() => undefined);
  }

  #end(thrown: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const told = thrown instanceof AssociationEnd ? thrown.abort : { source: 0 as const, reason: 0 as const };
    const end = thrown instanceof AssociationEnd ? thrown : new AssociationEnd('This side broke off.', told);
    this.#reader.fail(end);
    if (told && !this.#reader.socket.destroyed) this.#reader.socket.write(abortPdu(told));
    void closeConnection(this.#reader);
  }
}
