/** N-ACTION of storage commitment: asks another node to confirm that it keeps images (PS3.4 J.3.2). */
import { toPacsError } from '#shared/errors.ts';
import type { Modality } from '#shared/model.ts';
import type { CommitmentAnswer } from '../../jobs/commitment-values.ts';
import { commandField } from '../command.ts';
import {
  readEventInformation,
  requestAction,
  storageCommitment,
  storageCommitmentInstance,
  writeActionInformation,
  type CommitmentQuestion,
} from '../commitment-data-set.ts';
import { readIdentifier } from '../exchange.ts';
import { serviceStatus, status } from '../status.ts';
import { contextOf, plainTransferSyntaxes, withAssociation, type ClientContext } from './client-context.ts';
import type { PeerAnswer, PeerRequest } from './requestor.ts';
import { statusError } from './status-error.ts';

/** How the report is waited for. */
export interface CommitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Seconds that the association is kept open for a report; 2 if not given. Later ones come over an association of the node's own. */
  readonly wait?: number | undefined;
  /** Told of every report that comes while the association is open, also of earlier requests; what it throws is answered to the node. */
  readonly onReport: (answer: CommitmentAnswer) => void | Promise<void>;
}

/** Asks; `isReported` when the report has come already, and was told. @throws PacsError where the node does not take the request */
export function commit(
  node: Modality,
  question: CommitmentQuestion,
  context: ClientContext,
  { signal, wait = 2, onReport }: CommitOptions,
): Promise<{ readonly isReported: boolean }> {
  const proposal = { abstractSyntax: storageCommitment, transferSyntaxes: plainTransferSyntaxes };
  const reported = new AbortController();
  const onRequest = async (request: PeerRequest): Promise<PeerAnswer> => {
    const { answer, response } = await takeReport(request, onReport);
    if (answer?.TransactionUID === question.TransactionUID) reported.abort();
    return response;
  };
  return withAssociation(
    node,
    [proposal],
    context,
    async (requestor) => {
      const { id, transferSyntax } = contextOf(requestor, storageCommitment, 'storage commitment');
      const { command } = await requestor.request(
        id,
        {
          RequestedSOPClassUID: storageCommitment,
          RequestedSOPInstanceUID: storageCommitmentInstance,
          CommandField: commandField.actionRequest,
          ActionTypeID: requestAction,
        },
        { dataSet: writeActionInformation(question, transferSyntax), onRequest, signal },
      );
      if (command.Status !== status.success) throw statusError(node.AET, 'Storage commitment', command);
      if (!reported.signal.aborted)
        await requestor.listen(wait, onRequest, signal ? AbortSignal.any([signal, reported.signal]) : reported.signal);
      return { isReported: reported.signal.aborted };
    },
    { signal },
  );
}

async function takeReport(
  request: PeerRequest,
  onReport: CommitOptions['onReport'],
): Promise<{ readonly answer?: CommitmentAnswer; readonly response: PeerAnswer }> {
  const { CommandField, EventTypeID } = request.command;
  if (CommandField !== commandField.eventReportRequest)
    return { response: { Status: status.unrecognizedOperation, sentence: 'This operation is not offered here.' } };
  const bytes = await readIdentifier(request);
  try {
    if (bytes instanceof Error) throw bytes;
    const answer = readEventInformation(bytes ?? new Uint8Array(0), request.transferSyntax);
    await onReport(answer);
    return { answer, response: { Status: status.success, EventTypeID } };
  } catch (thrown) {
    const { code, message } = toPacsError(thrown);
    return { response: { Status: serviceStatus(code), sentence: message } };
  }
}
