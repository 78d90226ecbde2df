/** The N-EVENT-REPORT of a storage commitment that another node asked us for (PS3.4 J.3.3). */
import type { Modality } from '#shared/model.ts';
import type { CommitmentAnswer, CommittedInstance } from '../jobs/commitment-values.ts';
import { contextOf, plainTransferSyntaxes, withAssociation, type ClientContext } from './client/client-context.ts';
import { statusError } from './client/status-error.ts';
import { commandField, type CommandValues } from './command.ts';
import {
  eventType,
  storageCommitment,
  storageCommitmentInstance,
  writeEventInformation,
} from './commitment-data-set.ts';

/** A report as command and data set. */
export interface CommitmentReport {
  readonly command: CommandValues;
  dataSet(TransferSyntaxUID: string): Buffer;
}

/** The report of decided instances. */
export function commitmentReport(TransactionUID: string, instances: readonly CommittedInstance[]): CommitmentReport {
  const answer: CommitmentAnswer = {
    TransactionUID,
    committed: instances.filter((instance) => instance.status === 'success'),
    failed: instances.filter((instance) => instance.status !== 'success'),
  };
  return {
    command: {
      CommandField: commandField.eventReportRequest,
      AffectedSOPClassUID: storageCommitment,
      AffectedSOPInstanceUID: storageCommitmentInstance,
      EventTypeID: answer.failed.length > 0 ? eventType.failuresExist : eventType.complete,
    },
    dataSet: (TransferSyntaxUID) => writeEventInformation(answer, TransferSyntaxUID),
  };
}

/**
 * Brings a report to a node on a new association, on which we are the SCP of the class (role selection, PS3.4 J.3.3).
 * @throws PacsError where the node does not take it
 */
export async function sendCommitmentReport(
  node: Modality,
  { command, dataSet }: CommitmentReport,
  context: ClientContext,
  signal?: AbortSignal,
): Promise<void> {
  const proposal = {
    abstractSyntax: storageCommitment,
    transferSyntaxes: plainTransferSyntaxes,
    role: { scu: false, scp: true },
  };
  await withAssociation(
    node,
    [proposal],
    context,
    async (requestor) => {
      const { id, transferSyntax } = contextOf(requestor, storageCommitment, 'reports of storage commitment');
      const answer = await requestor.request(id, command, { dataSet: dataSet(transferSyntax), signal });
      if (answer.command.Status !== 0) throw statusError(node.AET, 'Report of storage commitment', answer.command);
    },
    { signal },
  );
}
