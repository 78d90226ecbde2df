/** C-GET: fetches images from another node over the association that asks for them (PS3.4 C.4.3). */
import { PacsError, toPacsError } from '#shared/errors.ts';
import type { Modality } from '#shared/model.ts';
import { fileMetaInformation } from '../../dicom/part10.ts';
import type { Store } from '../../store/store.ts';
import { commandField } from '../command.ts';
import type { Caller } from '../refusals.ts';
import { otherClass, status, storeStatus } from '../status.ts';
import {
  callingAETOf,
  contextOf,
  plainTransferSyntaxes,
  timeoutOf,
  withAssociation,
  type ClientContext,
} from './client-context.ts';
import { find } from './find.ts';
import { getContexts } from './get-contexts.ts';
import type { PeerAnswer, PeerRequest } from './requestor.ts';
import { retrieve, retrievePatience, type RetrieveOptions, type RetrieveResult } from './retrieve.ts';
import { retrieveIdentifier, type RetrieveRequest } from './retrieve-identifier.ts';

/** What came of it. */
export interface GetResult extends RetrieveResult {
  /** Images that were kept here (or were here already). */
  readonly received: number;
  /** Images that came and were refused here, with the reason. */
  readonly refused: readonly { readonly SOPInstanceUID: string; readonly error: PacsError }[];
}

const patientRoot = '1.2.840.10008.5.1.4.1.2.1.3';
const studyRoot = '1.2.840.10008.5.1.4.1.2.2.3';

/** Fetches; resolves when all that comes is kept. @throws PacsError; `aborted` where it was cancelled */
export async function get(
  node: Modality,
  request: RetrieveRequest,
  context: ClientContext,
  options: RetrieveOptions = {},
): Promise<GetResult> {
  const { store } = context;
  if (!store) throw new PacsError('unsupported', 'There is no archive here to fetch images into.');
  retrieveIdentifier(request);
  const classes = await classesOf(node, request, context, options.signal);
  const abstractSyntax = request.level === 'PATIENT' ? patientRoot : studyRoot;
  const contexts = [
    { abstractSyntax, transferSyntaxes: plainTransferSyntaxes },
    ...getContexts(classes, context.settings),
  ];
  return withAssociation(
    node,
    contexts,
    context,
    async (requestor) => {
      const accepted = contextOf(requestor, abstractSyntax, 'fetching (C-GET)');
      const origin = {
        kind: 'dimse',
        remoteAddress: requestor.remoteAddress,
        callingAET: node.AET,
        calledAET: callingAETOf(node, context),
      } as const;
      const receiver = new Receiver(store, origin);
      const command = { CommandField: commandField.getRequest };
      const onRequest = (asked: PeerRequest): Promise<PeerAnswer> => receiver.answer(asked);
      const result = await retrieve(requestor, accepted, node, request, command, { ...options, onRequest });
      const { received, refused } = receiver;
      /* What came is counted here, whatever the other side counts. */
      const counts = result.isCounted ? {} : { completed: received, failed: refused.length, isCounted: true };
      return { ...result, ...counts, received, refused };
    },
    { signal: options.signal, patience: timeoutOf(node, context) * retrievePatience },
  );
}

/* The kinds of images in the studies, where the node can tell: so many contexts are then left that none has to be changed. */
async function classesOf(
  node: Modality,
  { keys: { PatientID, StudyInstanceUID } }: RetrieveRequest,
  context: ClientContext,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const keys = StudyInstanceUID ? { StudyInstanceUID } : { PatientID };
  try {
    const request = { level: 'STUDY', keys: { ...keys, SOPClassesInStudy: '' } } as const;
    const { rows } = await find(node, request, context, signal);
    const classes = rows.map(({ SOPClassesInStudy = '' }) => SOPClassesInStudy);
    /* Where one study does not say, the others do not say enough. */
    return classes.includes('') ? [] : classes.flatMap((each) => each.split('\\'));
  } catch (error) {
    if (signal?.aborted) throw error;
    /* It may be fetched from without being asked; what is wrong with the connection shows there. */
    return [];
  }
}

/** Takes the C-STOREs of a C-GET. */
class Receiver {
  received = 0;
  readonly refused: { readonly SOPInstanceUID: string; readonly error: PacsError }[] = [];
  readonly #store: Store;
  readonly #origin: Caller;

  constructor(store: Store, origin: Caller) {
    this.#store = store;
    this.#origin = origin;
  }

  async answer(request: PeerRequest): Promise<PeerAnswer> {
    const { command, dataSet } = request;
    if (command.CommandField !== commandField.storeRequest)
      return { Status: status.unrecognizedOperation, sentence: 'This operation is not offered here.' };
    try {
      await this.#keep(request);
      this.received++;
      return { Status: status.success };
    } catch (thrown) {
      const error = toPacsError(thrown);
      /* Throws where the association is over, which is then the reason for all. */
      await dataSet?.discard();
      this.refused.push({ SOPInstanceUID: command.AffectedSOPInstanceUID ?? '', error });
      return { Status: storeStatus(error.code), sentence: error.message };
    }
  }

  async #keep({ command, dataSet, abstractSyntax, transferSyntax }: PeerRequest): Promise<void> {
    const { AffectedSOPClassUID: SOPClassUID = '', AffectedSOPInstanceUID: SOPInstanceUID = '' } = command;
    if (SOPClassUID !== abstractSyntax) throw new PacsError('refused-sop-class', otherClass);
    if (!/^[0-9.]{1,64}$/.test(SOPInstanceUID))
      throw new PacsError('missing-identifier', 'The message names no valid SOP instance UID.');
    if (!dataSet) throw new PacsError('bad-request', 'The message has no data set.');
    const { callingAET: sourceAET } = this.#origin;
    const meta = fileMetaInformation({ TransferSyntaxUID: transferSyntax, SOPClassUID, SOPInstanceUID, sourceAET });
    await this.#store.receive(dataSet.chunks(meta), this.#origin, { SOPClassUID, SOPInstanceUID });
  }
}
