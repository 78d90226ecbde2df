/** C-ECHO: tests the connection to another node (PS3.4 A). */
import type { Modality } from '#shared/model.ts';
import { makeUid } from '../../dicom/make-uid.ts';
import { commandField } from '../command.ts';
import { contextOf, plainTransferSyntaxes, withAssociation, type ClientContext } from './client-context.ts';
import { find } from './find.ts';
import { statusError } from './status-error.ts';

const verification = '1.2.840.10008.1.1';

/** What a test shall find out. */
export interface EchoOptions {
  /** Also whether queries are answered; DicomEchoChecksFind if not given. */
  readonly checkFind?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Tests a node; how long its answer took, from the first byte of the connection. @throws PacsError */
export async function echo(
  node: Modality,
  context: ClientContext,
  { checkFind = context.settings.DicomEchoChecksFind, signal }: EchoOptions = {},
): Promise<{ readonly milliseconds: number }> {
  const start = performance.now();
  const proposal = { abstractSyntax: verification, transferSyntaxes: plainTransferSyntaxes };
  const milliseconds = await withAssociation(
    node,
    [proposal],
    context,
    async (requestor) => {
      const { id } = contextOf(requestor, verification, 'tests of the connection (C-ECHO)');
      const request = { AffectedSOPClassUID: verification, CommandField: commandField.echoRequest };
      const { command } = await requestor.request(id, request, { signal });
      if (command.Status !== 0) throw statusError(node.AET, 'Test of the connection', command);
      return Math.round(performance.now() - start);
    },
    { signal },
  );
  /* No study has a new UID. */
  if (checkFind) await find(node, { level: 'STUDY', keys: { StudyInstanceUID: makeUid() }, limit: 1 }, context, signal);
  return { milliseconds };
}
