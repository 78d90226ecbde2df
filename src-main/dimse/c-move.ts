/** C-MOVE: has the instances that an identifier means sent to a known node, over an association of its own (PS3.4 C.4.2). */
import { toPacsError, type PacsError } from '#shared/errors.ts';
import type { Modality } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import type { Log } from '../log.ts';
import type { Peers } from '../peers/peers.ts';
import type { Store, StoredFile } from '../store/store.ts';
import { commandField } from './command.ts';
import type { ClientContext } from './client/client-context.ts';
import { store, type SendResult } from './client/store.ts';
import type { Exchange } from './exchange.ts';
import { readRetrieveScope, type RetrieveRoot } from './retrieve-identifier.ts';
import type { Service } from './service.ts';
import { status } from './status.ts';
import { retrieveFault, retrieveStatus, retrieveStatusMeanings, SubOperations, throwIfOver } from './suboperations.ts';

/** Instances that a job is to send, for a caller that does not wait. */
export interface MoveRequest {
  /** Our name of the node. */
  readonly destination: string;
  readonly instances: readonly {
    readonly StudyInstanceUID: string;
    readonly SeriesInstanceUID: string;
    readonly SOPInstanceUID: string;
  }[];
  readonly originator: MoveOriginator;
}

/** Who asked for the sub-operations, and with which message, PS3.7 9.1.1.1. */
interface MoveOriginator {
  readonly AET: string;
  readonly MessageID: number;
}

/** What C-MOVE needs. */
export interface MoveOptions {
  readonly store: Store;
  readonly peers: Peers;
  readonly client: ClientContext;
  readonly settings: Settings;
  readonly log: Log;
  /** Makes a job of a request; needed where SynchronousCMove is off. */
  readonly submitMove?: ((request: MoveRequest) => Promise<unknown>) | undefined;
}

const roots: ReadonlyMap<string, RetrieveRoot> = new Map([
  ['1.2.840.10008.5.1.4.1.2.1.2', 'Patient Root'],
  ['1.2.840.10008.5.1.4.1.2.2.2', 'Study Root'],
]);

/** The service. */
export const createMoveService = (options: MoveOptions): Service => ({
  name: 'C-MOVE',
  sopClasses: [...roots].map(([uid, root]) => ({ uid, name: `${root} Query/Retrieve Information Model - MOVE` })),
  operation: 'Move',
  commands: [commandField.moveRequest],
  status: retrieveFault,
  statuses: [
    ...retrieveStatusMeanings,
    { status: retrieveStatus.unknownDestination, meaning: 'The move destination is not known here.' },
  ].toSorted((a, b) => a.status - b.status),
  serve: (exchange) => move(exchange, options),
});

async function move(exchange: Exchange, options: MoveOptions): Promise<void> {
  const { peers, settings, submitMove } = options;
  const scope = await readRetrieveScope(exchange, roots.get(exchange.abstractSyntax)!);
  const { MoveDestination = '' } = exchange.command;
  const node = MoveDestination && peers.titled(MoveDestination);
  if (!node)
    return exchange.respond({
      Status: retrieveStatus.unknownDestination,
      sentence: `The destination ${MoveDestination} is not known here.`,
    });
  const files = await options.store.files(scope);
  if (!settings.SynchronousCMove && submitMove && files.length > 0) {
    await submitMove({ destination: node.name, instances: files.map(named), originator: originatorOf(exchange) });
    /* Without counts: the images are on their way, and the job's sub-operations are none of this request any more. */
    return exchange.respond({ Status: status.success });
  }
  await moveNow(exchange, node, files, options);
}

const originatorOf = ({ caller, command }: Exchange): MoveOriginator => ({
  AET: caller.callingAET,
  MessageID: command.MessageID,
});

const named = ({ StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID }: StoredFile) => ({
  StudyInstanceUID,
  SeriesInstanceUID,
  SOPInstanceUID,
});

async function moveNow(
  exchange: Exchange,
  node: Modality,
  files: readonly StoredFile[],
  { peers, client, log }: MoveOptions,
): Promise<void> {
  const { signal, caller } = exchange;
  const operations = new SubOperations(exchange, files.length);
  const left = new Set(files);
  const onResult = async ({ file, outcome }: SendResult): Promise<void> => {
    left.delete(file);
    operations.note(file.SOPInstanceUID, outcome === 'stored' ? 'completed' : outcome);
    await operations.tell();
  };
  let broken: PacsError | undefined;
  try {
    const sending = store(node, files, client, { signal, onResult, moveOriginator: originatorOf(exchange) });
    await operations.during(sending);
  } catch (thrown) {
    broken = toPacsError(thrown);
  }
  throwIfOver(signal);
  if (broken && !signal.aborted) for (const { SOPInstanceUID } of left) operations.note(SOPInstanceUID, 'failed');
  log(
    'info',
    `C-MOVE of ${caller.callingAET} to ${node.name}: ${operations.sent} images sent, ${operations.failed} failed.`,
  );
  if (operations.sent > 0) peers.seen({ name: node.name }, { sent: operations.sent });
  if (broken && !signal.aborted) peers.seen({ name: node.name }, { error: broken.message });
  await operations.finish(broken?.message);
}
