/** C-STORE: hands the data set to the archive as it comes and answers with what became of it (PS3.7 9.1.1, PS3.4 B). */
import { PacsError, toPacsError } from '#shared/errors.ts';
import type { Origin } from '#shared/model.ts';
import { fileMetaInformation } from '../dicom/part10.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { AnsweredContext } from './association-policy.ts';
import type { Command } from './command.ts';
import type { IncomingDataSet, Message } from './message.ts';
import { storeStatus } from './status.ts';

/** What a C-STORE needs to know of its association. */
export interface StoreContext {
  readonly store: Store;
  readonly origin: Extract<Origin, { kind: 'dimse' }>;
  readonly log: Log;
  readonly takesClass: (uid: string) => boolean;
}

/** What a C-STORE-RSP says. */
export interface StoreResult {
  readonly status: number;
  /** The reason in words where it is not a success. */
  readonly sentence?: string;
}

/**
 * Receives one instance; the message is read to its end whatever becomes of it.
 * @throws AssociationEnd where the association ends before it; the archive has then removed what it had.
 */
export async function cStore(
  { command, dataSet }: Message,
  { transferSyntax = '' }: AnsweredContext,
  context: StoreContext,
): Promise<StoreResult> {
  try {
    const { SOPClassUID, SOPInstanceUID } = checkCommand(command, context);
    if (!dataSet) throw new PacsError('bad-request', 'The message has no data set.');
    const meta = {
      TransferSyntaxUID: transferSyntax,
      SOPClassUID,
      SOPInstanceUID,
      sourceAET: context.origin.callingAET,
    };
    const chunks = dataSet.chunks(fileMetaInformation(meta));
    await context.store.receive(chunks, context.origin, { SOPClassUID, SOPInstanceUID });
    return { status: 0 };
  } catch (thrown) {
    return await refuse(thrown, dataSet, context);
  }
}

async function refuse(
  thrown: unknown,
  dataSet: IncomingDataSet | undefined,
  context: StoreContext,
): Promise<StoreResult> {
  await dataSet?.discard();
  const error = toPacsError(thrown);
  const { callingAET, remoteAddress } = context.origin;
  context.log('warn', `An image from ${callingAET} (${remoteAddress}) was refused: ${error.message}`, error.cause);
  return { status: storeStatus(error.code), sentence: error.message };
}

function checkCommand(command: Command, { takesClass }: StoreContext): { SOPClassUID: string; SOPInstanceUID: string } {
  const { AffectedSOPClassUID: SOPClassUID = '', AffectedSOPInstanceUID: SOPInstanceUID = '' } = command;
  if (!takesClass(SOPClassUID)) throw new PacsError('refused-sop-class', 'Objects of this class are not taken here.');
  if (!/^[0-9.]{1,64}$/.test(SOPInstanceUID))
    throw new PacsError('missing-identifier', 'The message names no valid SOP instance UID.');
  return { SOPClassUID, SOPInstanceUID };
}
