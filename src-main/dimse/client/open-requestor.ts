/** Asks another node for an association (PS3.8 7.1). */
import { ImplementationClassUID, ImplementationVersionName } from '../../dicom/part10.ts';
import { AssociationEnd } from '../association-end.ts';
import type { Roles } from '../association-items.ts';
import { dicomApplicationContext, writeAssociationRequest } from '../association-request.ts';
import { createBlockPool } from '../block-pool.ts';
import { createGate } from '../gate.ts';
import { abort, abortPdu } from '../pdu.ts';
import { SocketReader } from '../socket-reader.ts';
import { readAssociationAnswer, type AssociationAnswer } from './association-answer.ts';
import { cancelledError, endError, noAnswerError, notDicomError, rejectionError } from './client-errors.ts';
import { closeConnection } from './close-connection.ts';
import { connectSocket, type ConnectOptions } from './connect-socket.ts';
import type { AcceptedContext, Negotiation, Requestor } from './requestor.ts';
import { RunningRequestor } from './running-requestor.ts';

/** A service that we ask for; it becomes one presentation context. */
export interface ContextProposal {
  readonly abstractSyntax: string;
  /** In the order of our liking; the other side chooses one. */
  readonly transferSyntaxes: readonly string[];
  /** Our roles; without it we ask and the other side performs. */
  readonly role?: Roles | undefined;
  /** Application information of SOP class extended negotiation. */
  readonly extended?: Uint8Array | undefined;
}

/** Whom to ask, and for what. */
export interface RequestorOptions extends ConnectOptions {
  /** 1 to 128 of them; the same abstract syntax may be there several times. */
  readonly contexts: readonly ContextProposal[];
  /** Seconds that the other side may be silent once the association stands; `timeout` if not given, 0 is without end. */
  readonly patience?: number | undefined;
  /** Longest P-DATA body that we take, in bytes. */
  readonly maximumPduLength: number;
}

/** The most contexts that fit one association: their IDs are the odd numbers below 256. */
export const maximumContexts = 128;

/* Associations of ours share their memory; there are seldom more than a few. */
const blocks = createBlockPool(32);

/**
 * Connects and asks for an association. @throws PacsError `busy` (nobody answers, too many connections), `forbidden` (rejected),
 * `unsupported` (no DICOM, other TLS), `aborted` (broken off, cancelled)
 */
export async function openRequestor(options: RequestorOptions): Promise<Requestor> {
  const { timeout, patience = timeout, maximumPduLength, signal } = options;
  const socket = await connectSocket(options);
  const reader = new SocketReader(socket, patience, blocks);
  const gate = createGate(reader, maximumPduLength);
  const late = new AssociationEnd('late', abort.notSpecified);
  const timer = timeout > 0 ? setTimeout(() => reader.fail(late), timeout * 1000) : undefined;
  const cancel = (): void => reader.fail(new AssociationEnd('It was cancelled.', { source: 0, reason: 0 }));
  signal?.addEventListener('abort', cancel);
  try {
    reader.socket.write(writeRequest(options));
    const answer = readAssociationAnswer(await gate.associationAnswer());
    if (!answer.isAccepted) throw rejectionError(options, answer);
    return new RunningRequestor(options, reader, gate, negotiationOf(options, answer));
  } catch (thrown) {
    if (thrown instanceof AssociationEnd && thrown.abort) reader.socket.write(abortPdu(thrown.abort));
    void closeConnection(reader);
    if (signal?.aborted) throw cancelledError();
    if (thrown === late) throw noAnswerError(options);
    const isStrange = thrown instanceof AssociationEnd && thrown.abort?.reason === abort.unrecognizedPdu.reason;
    throw isStrange ? notDicomError(options, thrown) : endError(options, thrown);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}

const idAt = (index: number): number => 2 * index + 1;

function writeRequest({ callingAET, calledAET, contexts, maximumPduLength }: RequestorOptions): Buffer {
  return writeAssociationRequest({
    protocolVersion: 1,
    callingAET,
    calledAET,
    applicationContextName: dicomApplicationContext,
    contexts: contexts.map((context, index) => ({ ...context, id: idAt(index) })),
    maximumLength: maximumPduLength,
    implementationClassUID: ImplementationClassUID,
    implementationVersionName: ImplementationVersionName,
    roles: new Map(contexts.flatMap(({ abstractSyntax, role }) => (role ? [[abstractSyntax, role]] : []))),
    extended: new Map(
      contexts.flatMap(({ abstractSyntax, extended }) => (extended ? [[abstractSyntax, extended]] : [])),
    ),
  });
}

/* A context that is not answered, or with a transfer syntax that was not proposed, is not accepted. */
function negotiationOf(
  { calledAET, contexts: proposed }: RequestorOptions,
  answer: Extract<AssociationAnswer, { isAccepted: true }>,
): Negotiation {
  const byId = new Map(answer.contexts.map((each) => [each.id, each]));
  const contexts = new Map<string, AcceptedContext[]>();
  const refused = new Map<string, number>();
  proposed.forEach(({ abstractSyntax, transferSyntaxes }, index) => {
    const id = idAt(index);
    const { result, transferSyntax } = byId.get(id) ?? { result: 2, transferSyntax: '' };
    if (result !== 0 || !transferSyntaxes.includes(transferSyntax)) refused.set(abstractSyntax, result || 4);
    else
      contexts.set(abstractSyntax, [...(contexts.get(abstractSyntax) ?? []), { id, abstractSyntax, transferSyntax }]);
  });
  for (const accepted of contexts.keys()) refused.delete(accepted);
  const { roles, extended, maximumLength } = answer;
  return { calledAET, contexts, refused, roles, extended, maximumLength };
}
