/** C-GET: sends the instances that an identifier means on the association it came on (PS3.4 C.4.3). */
import { PacsError, toPacsError } from '#shared/errors.ts';
import type { Settings } from '#shared/settings.ts';
import type { Transcoder } from '../dicom/transcoder.ts';
import type { Log } from '../log.ts';
import type { Peers } from '../peers/peers.ts';
import type { Store, StoredFile } from '../store/store.ts';
import { AssociationEnd } from './association-end.ts';
import { commandField } from './command.ts';
import type { Exchange } from './exchange.ts';
import { openOutgoing, type OutgoingInstance, type OutgoingOptions } from './outgoing-instance.ts';
import { abort } from './pdu.ts';
import { readRetrieveScope, type RetrieveRoot } from './retrieve-identifier.ts';
import { inTurn } from './retrieve-ahead.ts';
import type { Service } from './service.ts';
import { outcomeOf, retrieveFault, retrieveStatusMeanings, SubOperations, throwIfOver } from './suboperations.ts';

/** What C-GET needs. */
export interface GetOptions {
  readonly store: Store;
  readonly peers: Peers;
  /** Changes transfer syntaxes; without it images go out as they are kept. */
  readonly transcoder?: Transcoder | undefined;
  readonly settings: Settings;
  readonly log: Log;
}

const roots: ReadonlyMap<string, RetrieveRoot> = new Map([
  ['1.2.840.10008.5.1.4.1.2.1.3', 'Patient Root'],
  ['1.2.840.10008.5.1.4.1.2.2.3', 'Study Root'],
]);

/** The service. */
export const createGetService = (options: GetOptions): Service => ({
  name: 'C-GET',
  sopClasses: [...roots].map(([uid, root]) => ({ uid, name: `${root} Query/Retrieve Information Model - GET` })),
  operation: 'Get',
  commands: [commandField.getRequest],
  status: retrieveFault,
  statuses: retrieveStatusMeanings,
  serve: (exchange) => get(exchange, options),
});

async function get(exchange: Exchange, options: GetOptions): Promise<void> {
  const { store, peers, log } = options;
  const { signal, caller, abstractSyntax } = exchange;
  const scope = await readRetrieveScope(exchange, roots.get(abstractSyntax)!);
  const files = await store.files(scope);
  const operations = new SubOperations(exchange, files.length);
  const transcoder = await transcoderFor(exchange, options);
  const contexts = storageContexts(exchange);
  const open = (file: StoredFile): Promise<OutgoingInstance> =>
    openFor(file, contexts, transcoder, { preferred: options.settings.DicomScuPreferredTransferSyntax, signal });
  for await (const { file, opened } of inTurn(files, open, signal)) {
    await send(exchange, file, opened, contexts, operations, log);
    await operations.tell();
  }
  throwIfOver(signal);
  log('info', `C-GET for ${caller.callingAET}: ${operations.sent} images sent, ${operations.failed} failed.`);
  if (operations.sent > 0) peers.seen(caller, { sent: operations.sent });
  await operations.finish();
}

async function transcoderFor(
  { caller }: Exchange,
  { peers, settings, transcoder }: GetOptions,
): Promise<Transcoder | undefined> {
  if (!settings.TranscodeDicomProtocol) return undefined;
  const known = await peers.find(caller.callingAET, caller.remoteAddress);
  return known?.AllowTranscoding === false ? undefined : transcoder;
}

/** IDs of the contexts in which the caller takes images, by SOP class and transfer syntax. */
type StorageContexts = ReadonlyMap<string, ReadonlyMap<string, number>>;

function storageContexts({ contexts }: Exchange): StorageContexts {
  const found = new Map<string, Map<string, number>>();
  for (const { id, abstractSyntax, transferSyntax, roles } of contexts.values()) {
    if (!roles?.scp || transferSyntax === undefined) continue;
    const ofClass = found.get(abstractSyntax) ?? new Map<string, number>();
    if (!ofClass.has(transferSyntax)) ofClass.set(transferSyntax, id);
    found.set(abstractSyntax, ofClass);
  }
  return found;
}

async function openFor(
  file: StoredFile,
  contexts: StorageContexts,
  transcoder: Transcoder | undefined,
  options: OutgoingOptions,
): Promise<OutgoingInstance> {
  const accepted = contexts.get(file.SOPClassUID);
  if (!accepted) throw new PacsError('refused-sop-class', 'The caller does not take images of this class.');
  return openOutgoing(file, [...accepted.keys()], transcoder, options);
}

/* One sub-operation to its end. What fails before anything is sent is noted; a message that is begun must be finished. */
async function send(
  exchange: Exchange,
  { SOPClassUID, SOPInstanceUID }: StoredFile,
  opened: Promise<OutgoingInstance>,
  contexts: StorageContexts,
  operations: SubOperations,
  log: Log,
): Promise<void> {
  let outgoing: OutgoingInstance;
  try {
    /* A long clip may take a minute to be changed. */
    outgoing = await operations.during(opened);
  } catch (thrown) {
    if (exchange.signal.aborted) return;
    const { message, cause } = toPacsError(thrown);
    log('warn', `An image could not be sent to ${exchange.caller.callingAET}: ${message}`, cause);
    return operations.note(SOPInstanceUID, 'failed');
  }
  let isTaken = false;
  try {
    const response = await exchange.request(
      contexts.get(SOPClassUID)!.get(outgoing.TransferSyntaxUID)!,
      {
        AffectedSOPClassUID: SOPClassUID,
        CommandField: commandField.storeRequest,
        Priority: 0,
        AffectedSOPInstanceUID: SOPInstanceUID,
      },
      whole(outgoing.dataSet),
      outgoing.size,
    );
    isTaken = true;
    operations.note(SOPInstanceUID, outcomeOf(response.Status ?? 0));
  } finally {
    await outgoing.close(isTaken);
  }
}

/* Half a data set cannot be taken back. */
async function* whole(dataSet: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* dataSet;
  } catch (cause) {
    throw new AssociationEnd('A kept image could not be read to its end.', abort.notSpecified, { cause });
  }
}
