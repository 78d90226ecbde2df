/** One C-MOVE or C-GET from its request to its final response (PS3.4 C.4.2, C.4.3). */
import type { Modality } from '#shared/model.ts';
import { readDataSet } from '../../dicom/read-data-set.ts';
import { texts } from '../../dicom/read-values.ts';
import type { CommandValues } from '../command.ts';
import { status } from '../status.ts';
import { cancelledError } from './client-errors.ts';
import { writeModestly } from './identifier.ts';
import type { AcceptedContext, PeerAnswer, PeerRequest, Requestor } from './requestor.ts';
import {
  countsOf,
  noCounts,
  retrieveIdentifier,
  type RetrieveCounts,
  type RetrieveRequest,
} from './retrieve-identifier.ts';
import { statusError } from './status-error.ts';

/** What came of it. */
export interface RetrieveResult extends RetrieveCounts {
  /** False where the other side never said how many: they are sent by and by, or it does not count. */
  readonly isCounted: boolean;
  /** SOP instance UIDs that the other side could not send, as far as it names them. */
  readonly failedInstances: readonly string[];
}

/** How it is followed. */
export interface RetrieveOptions {
  /** Its abort sends a C-CANCEL. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((counts: RetrieveCounts) => void) | undefined;
}

/* Sub-operations ended, one or more with failures or warnings: told by the counts, not by an error. */
const withFailures = 0xb000;

/** How many times its time-out a node may be silent while it fetches: it may have to read from slow media, or to send a long clip. */
export const retrievePatience = 6;

/** Runs it on an association. @throws PacsError as the node answers, `aborted` where it was cancelled */
export async function retrieve(
  requestor: Requestor,
  { id, abstractSyntax, transferSyntax }: AcceptedContext,
  node: Modality,
  request: RetrieveRequest,
  command: CommandValues & { readonly CommandField: number },
  options: RetrieveOptions & { readonly onRequest?: (request: PeerRequest) => Promise<PeerAnswer> },
): Promise<RetrieveResult> {
  let [counts, isCounted] = [noCounts, false];
  const { command: final, dataSet } = await requestor.request(
    id,
    { AffectedSOPClassUID: abstractSyntax, Priority: 0, ...command },
    {
      dataSet: writeModestly(retrieveIdentifier(request), transferSyntax),
      signal: options.signal,
      ...(options.onRequest ? { onRequest: options.onRequest } : {}),
      onPending: (pending) => {
        counts = countsOf(pending, counts);
        isCounted ||= saysCounts(pending);
        options.onProgress?.(counts);
      },
    },
  );
  if (options.signal?.aborted || final.Status === status.cancelled) throw cancelledError();
  if (final.Status !== status.success && final.Status !== withFailures) throw statusError(node.AET, 'Fetching', final);
  isCounted ||= saysCounts(final);
  counts = { ...countsOf(final, counts), remaining: final.NumberOfRemainingSuboperations ?? 0 };
  options.onProgress?.(counts);
  return {
    ...counts,
    isCounted,
    failedInstances: dataSet ? texts(readDataSet(dataSet, transferSyntax), '00080058') : [],
  };
}

const saysCounts = ({ NumberOfCompletedSuboperations: completed }: CommandValues): boolean => completed !== undefined;
