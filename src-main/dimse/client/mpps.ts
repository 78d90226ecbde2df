/** N-CREATE and N-SET of performed procedure steps: hands a step on to another node (PS3.4 F.7). */
import type { Modality } from '#shared/model.ts';
import type { DicomJson } from '../../dicom/dicom-json.ts';
import { commandField, type CommandValues } from '../command.ts';
import { status } from '../status.ts';
import { contextOf, plainTransferSyntaxes, withAssociation, type ClientContext } from './client-context.ts';
import { writeModestly } from './identifier.ts';
import { statusError } from './status-error.ts';

/** A message about one step: all of it, or what has changed. */
export interface MppsMessage {
  readonly kind: 'create' | 'set';
  readonly SOPInstanceUID: string;
  readonly dataSet: DicomJson;
}

const modalityPerformedProcedureStep = '1.2.840.10008.3.1.2.3.3';

/* Elements left out or not known there: the step is noted all the same, PS3.7 10.1.3.1.8. */
const warnings = new Set<number | undefined>([0x0107, 0x0116, 0x0001]);

const commandOf = ({ kind, SOPInstanceUID }: MppsMessage): CommandValues =>
  kind === 'create'
    ? {
        CommandField: commandField.createRequest,
        AffectedSOPClassUID: modalityPerformedProcedureStep,
        AffectedSOPInstanceUID: SOPInstanceUID,
      }
    : {
        CommandField: commandField.nSetRequest,
        RequestedSOPClassUID: modalityPerformedProcedureStep,
        RequestedSOPInstanceUID: SOPInstanceUID,
      };

/** Sends messages about steps in their order; one that the node knows already (a repeated N-CREATE) counts as taken. @throws PacsError */
export function sendMpps(
  node: Modality,
  messages: readonly MppsMessage[],
  context: ClientContext,
  signal?: AbortSignal,
): Promise<void> {
  const proposal = { abstractSyntax: modalityPerformedProcedureStep, transferSyntaxes: plainTransferSyntaxes };
  return withAssociation(
    node,
    [proposal],
    context,
    async (requestor) => {
      const { id, transferSyntax } = contextOf(requestor, modalityPerformedProcedureStep, 'procedure steps (MPPS)');
      for (const message of messages) {
        const dataSet = writeModestly(message.dataSet, transferSyntax);
        const { command } = await requestor.request(id, commandOf(message), { dataSet, signal });
        const isKnown = message.kind === 'create' && command.Status === status.duplicateSOPInstance;
        if (command.Status !== status.success && !isKnown && !warnings.has(command.Status))
          throw statusError(node.AET, 'Procedure step', command);
      }
    },
    { signal },
  );
}
