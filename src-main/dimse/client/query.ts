/** One C-FIND from its request to its last answer, for archives and worklists alike (PS3.7 9.1.2). */
import type { Modality } from '#shared/model.ts';
import type { DicomJson } from '../../dicom/dicom-json.ts';
import { commandField } from '../command.ts';
import { collectAnswers, type FindAnswers } from './answers.ts';
import { contextOf, plainTransferSyntaxes, withAssociation, type ClientContext } from './client-context.ts';
import { cancelledError } from './client-errors.ts';
import { writeModestly } from './identifier.ts';
import { statusError } from './status-error.ts';

/** What is asked, of which service. */
export interface QueryOptions {
  readonly abstractSyntax: string;
  /** What it is called in a sentence, such as "queries (C-FIND)". */
  readonly service: string;
  readonly identifier: DicomJson;
  /** The most answers wanted; one more, and the query is cancelled. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

const success = 0x0000;
const cancelled = 0xfe00;

/** Asks and gathers the answers. @throws PacsError */
export function query(
  node: Modality,
  { abstractSyntax, service, identifier, limit, signal }: QueryOptions,
  context: ClientContext,
): Promise<FindAnswers> {
  const proposal = { abstractSyntax, transferSyntaxes: plainTransferSyntaxes };
  return withAssociation(
    node,
    [proposal],
    context,
    async (requestor) => {
      const { id, transferSyntax } = contextOf(requestor, abstractSyntax, service);
      const collector = collectAnswers(limit, node.AET, context.log);
      const request = { AffectedSOPClassUID: abstractSyntax, CommandField: commandField.findRequest, Priority: 0 };
      try {
        const { command } = await requestor.request(id, request, {
          dataSet: writeModestly(identifier, transferSyntax),
          signal: signal ? AbortSignal.any([signal, collector.enough]) : collector.enough,
          onPending: (_, dataSet) => dataSet && collector.add(dataSet, transferSyntax),
        });
        if (command.Status !== success && command.Status !== cancelled && !collector.enough.aborted)
          throw statusError(node.AET, 'Query', command);
      } catch (thrown) {
        /* Who does not stop when asked to still gave what was wanted. */
        if (!collector.enough.aborted || signal?.aborted) throw thrown;
      }
      if (signal?.aborted) throw cancelledError();
      return collector.answers();
    },
    { signal },
  );
}
