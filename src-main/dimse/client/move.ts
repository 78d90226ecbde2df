/** C-MOVE: has another node send images to a third one, mostly to us (PS3.4 C.4.2). */
import type { Modality } from '#shared/model.ts';
import { commandField } from '../command.ts';
import {
  callingAETOf,
  contextOf,
  plainTransferSyntaxes,
  timeoutOf,
  withAssociation,
  type ClientContext,
} from './client-context.ts';
import { retrieve, retrievePatience, type RetrieveOptions, type RetrieveResult } from './retrieve.ts';
import { retrieveIdentifier, type RetrieveRequest } from './retrieve-identifier.ts';

/** What is moved, and where to. */
export interface MoveRequest extends RetrieveRequest {
  /** AE title that the node sends to and must know; the one that we call it with if not given. */
  readonly destination?: string | undefined;
}

const patientRoot = '1.2.840.10008.5.1.4.1.2.1.2';
const studyRoot = '1.2.840.10008.5.1.4.1.2.2.2';

/** Has it sent; resolves when the node has done what it could. @throws PacsError; `aborted` where it was cancelled */
export async function move(
  node: Modality,
  request: MoveRequest,
  context: ClientContext,
  options: RetrieveOptions = {},
): Promise<RetrieveResult> {
  retrieveIdentifier(request);
  const abstractSyntax = request.level === 'PATIENT' ? patientRoot : studyRoot;
  const proposal = { abstractSyntax, transferSyntaxes: plainTransferSyntaxes };
  const MoveDestination = request.destination ?? callingAETOf(node, context);
  return withAssociation(
    node,
    [proposal],
    context,
    async (requestor) => {
      const accepted = contextOf(requestor, abstractSyntax, 'fetching (C-MOVE)');
      const command = { CommandField: commandField.moveRequest, MoveDestination };
      return retrieve(requestor, accepted, node, request, command, options);
    },
    { signal: options.signal, patience: timeoutOf(node, context) * retrievePatience },
  );
}
