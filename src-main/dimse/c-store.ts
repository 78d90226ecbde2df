/** C-STORE: hands the data set to the archive as it comes and answers with what became of it (PS3.7 9.1.1, PS3.4 B). */
import { PacsError, toPacsError } from '#shared/errors.ts';
import { fileMetaInformation } from '../dicom/part10.ts';
import type { Log } from '../log.ts';
import type { Peers } from '../peers/peers.ts';
import type { Store } from '../store/store.ts';
import type { AnsweredContext } from './association-policy.ts';
import type { Command } from './command.ts';
import type { Message } from './message.ts';
import type { OwnTitle } from './own-titles.ts';
import type { Caller } from './refusals.ts';
import { otherClass, status, storeStatus } from './status.ts';

/** What a C-STORE needs to know of its association. */
export interface StoreContext {
  readonly store: Store;
  readonly peers: Peers;
  readonly origin: Caller;
  /** Which of our titles was called; one with a label is noted in the file, so that the label is never lost. */
  readonly own: OwnTitle;
  readonly log: Log;
  readonly takesClass: (uid: string) => boolean;
  /** Told of an instance that is refused here, before the archive could see it. */
  readonly refused: (error: PacsError, origin: Caller) => void;
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
  accepted: AnsweredContext,
  context: StoreContext,
): Promise<StoreResult> {
  const { transferSyntax = '' } = accepted;
  let isHandedOver = false;
  try {
    const { SOPClassUID, SOPInstanceUID } = checkCommand(command, accepted, context);
    if (!dataSet) throw new PacsError('bad-request', 'The message has no data set.');
    const meta = {
      TransferSyntaxUID: transferSyntax,
      SOPClassUID,
      SOPInstanceUID,
      sourceAET: context.origin.callingAET,
      ...(context.own.Label === undefined ? {} : { receivingAET: context.own.AET }),
    };
    isHandedOver = true;
    await context.store.receive(dataSet.chunks(fileMetaInformation(meta)), context.origin, {
      SOPClassUID,
      SOPInstanceUID,
    });
    context.peers.seen(context.origin, { received: 1 });
    return { status: status.success };
  } catch (thrown) {
    const error = toPacsError(thrown);
    await dataSet?.discard();
    tell(error, isHandedOver, context);
    return { status: storeStatus(error.code), sentence: error.message };
  }
}

/* The archive counts and tells what it refuses itself. */
function tell(error: PacsError, isTold: boolean, { origin, log, peers, refused }: StoreContext): void {
  peers.seen(origin, { error: error.message });
  if (!isTold) return refused(error, origin);
  /* Our own fault, for somebody to look at: the words of its cause go into the log and nowhere else. */
  const level = error.code === 'internal' ? 'error' : 'warn';
  log(level, `An image from ${origin.callingAET} (${origin.remoteAddress}) was refused: ${error.message}`, error.cause);
}

/* The class of the command against the presentation context is negotiation, so 0122 (PS3.7 9.1.1.1.9), and it is what permissions
   hang on; the data set against the command is A9xx (PS3.4 B.2.3), and the archive's to find. */
function checkCommand(
  command: Command,
  { abstractSyntax, roles }: AnsweredContext,
  { takesClass }: StoreContext,
): { SOPClassUID: string; SOPInstanceUID: string } {
  /* A context may have been accepted for C-GET alone. */
  if (roles && !roles.scu) throw new PacsError('forbidden', 'Images may only be fetched over this association.');
  const { AffectedSOPClassUID: SOPClassUID = '', AffectedSOPInstanceUID: SOPInstanceUID = '' } = command;
  if (!takesClass(SOPClassUID)) throw new PacsError('refused-sop-class', 'Objects of this class are not taken here.');
  if (SOPClassUID !== abstractSyntax) throw new PacsError('refused-sop-class', otherClass);
  if (!/^[0-9.]{1,64}$/.test(SOPInstanceUID))
    throw new PacsError('missing-identifier', 'The message names no valid SOP instance UID.');
  return { SOPClassUID, SOPInstanceUID };
}
