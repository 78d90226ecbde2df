/** Storage commitment, push model: we confirm what we keep, and hear what others keep of ours (PS3.4 J). */
import { setTimeout as wait } from 'node:timers/promises';
import { PacsError, type PacsErrorCode } from '#shared/errors.ts';
import type { Settings } from '#shared/settings.ts';
import type { AskedNode, Commitments } from '../jobs/commitments.ts';
import type { Log } from '../log.ts';
import { aeTitleKey } from '../peers/ae-title.ts';
import type { Peers } from '../peers/peers.ts';
import type { Store } from '../store/store.ts';
import { createSOPClassFilter } from './association-policy.ts';
import { commandField } from './command.ts';
import { checkInstances, type CommitmentCheckContext } from './commitment-check.ts';
import {
  eventType,
  readActionInformation,
  readEventInformation,
  requestAction,
  storageCommitment,
  storageCommitmentInstance,
} from './commitment-data-set.ts';
import { commitmentReport } from './commitment-report.ts';
import type { Exchange } from './exchange.ts';
import type { Service } from './service.ts';
import { serviceStatus, status } from './status.ts';

/** What the service needs. */
export interface CommitmentServiceOptions {
  readonly store: Pick<Store, 'files' | 'verify'>;
  readonly commitments: Commitments;
  readonly peers: Pick<Peers, 'find'>;
  readonly settings: Settings;
  readonly log: Log;
  /** Sees to it that the report of this commitment is brought on another association, now or after the next start. */
  readonly reportLater: (id: number) => Promise<void>;
  /** Seconds that the check may take on the association of the request; then the report comes on another one. */
  readonly patience?: number;
}

/* Longer than any usual request takes, shorter than a scanner waits. */
const usualPatience = 20;
/* Milliseconds. Who asks and leaves at once has its release on the way, and would take a request of ours amiss. */
const leavingTime = 100;

/** The service. */
export function createCommitmentService(options: CommitmentServiceOptions): Service {
  return {
    name: 'Storage commitment',
    sopClasses: [{ uid: storageCommitment, name: 'Storage Commitment Push Model' }],
    operation: 'StorageCommitment',
    commands: [commandField.actionRequest, commandField.eventReportRequest],
    serve: (exchange) =>
      exchange.command.CommandField === commandField.actionRequest
        ? serveRequest(exchange, options)
        : serveReport(exchange, options),
    status: (code) => statuses[code] ?? serviceStatus(code),
    statuses: statusMeanings,
  };
}

/* PS3.7 10.1.4.1.10 and 10.1.1.1.8. */
const statuses: Readonly<Partial<Record<PacsErrorCode, number>>> = {
  damaged: status.invalidArgumentValue,
  'bad-request': status.invalidArgumentValue,
  'too-large': status.resourceLimitation,
};

const statusMeanings = [
  { status: status.success, meaning: 'Success: the request is kept and will be reported on, or the report is taken.' },
  { status: status.processingFailure, meaning: 'A fault of our own; the log has the reason.' },
  { status: status.noSuchSOPInstance, meaning: 'Another instance than the well-known one.' },
  { status: status.noSuchEventType, meaning: 'A report of another event.' },
  {
    status: status.invalidArgumentValue,
    meaning:
      'The data set is damaged, names no images or a UID that is none, or reports a transaction that is not ours.',
  },
  { status: status.noSuchSOPClass, meaning: 'The message is of another class.' },
  { status: status.noSuchActionType, meaning: 'Another action than the request.' },
  { status: status.notAuthorized, meaning: 'Refused: not authorized, or a report of what another node was asked for.' },
  { status: status.unrecognizedOperation, meaning: 'An operation that is not offered.' },
  {
    status: status.resourceLimitation,
    meaning:
      'More images at once than are checked, too many requests that wait for their reports, or the disk is full.',
  },
] as const;

/** What a check of instances needs of the service's surroundings. */
export const checkContext = ({
  store,
  settings,
  log,
}: Pick<CommitmentServiceOptions, 'store' | 'settings' | 'log'>): CommitmentCheckContext => ({
  store,
  log,
  takesClass: createSOPClassFilter(settings),
});

/* The request is kept before it is answered: from then on we owe the report. */
async function serveRequest(exchange: Exchange, options: CommitmentServiceOptions): Promise<void> {
  const { command, caller, own, transferSyntax } = exchange;
  const { RequestedSOPClassUID, RequestedSOPInstanceUID, ActionTypeID } = command;
  if (RequestedSOPClassUID !== storageCommitment) return refuse(exchange, status.noSuchSOPClass);
  if (RequestedSOPInstanceUID !== storageCommitmentInstance) return refuse(exchange, status.noSuchSOPInstance);
  if (ActionTypeID !== requestAction) return refuse(exchange, status.noSuchActionType);
  const question = readActionInformation(await exchange.identifier(), transferSyntax);
  const node = await options.peers.find(caller.callingAET, caller.remoteAddress);
  const { id, isNew } = await options.commitments.accept({
    ...question,
    AET: caller.callingAET,
    node: node?.name,
    label: own.Label,
  });
  /* Even a caller that is gone by now gets its report. */
  await exchange.respond({ Status: status.success, ActionTypeID }).catch(() => undefined);
  if (!isNew || (await reportHere(id, exchange, options))) return;
  /* The request has its response, and a second one would be a breach of the protocol. */
  await options
    .reportLater(id)
    .catch((error: unknown) =>
      options.log(
        'error',
        'The report of a storage commitment could not be prepared; the next start brings it.',
        error,
      ),
    );
}

const refuse = (exchange: Exchange, Status: number): Promise<void> =>
  exchange.respond({ Status, sentence: 'This is not a request for storage commitment.' });

/** Checks and reports on the association of the request. False where it ends before, or the check takes too long for it. */
async function reportHere(id: number, exchange: Exchange, options: CommitmentServiceOptions): Promise<boolean> {
  const { commitments, log, patience = usualPatience } = options;
  const signal = AbortSignal.any([exchange.signal, AbortSignal.timeout(patience * 1000)]);
  try {
    const commitment = await commitments.get(id);
    if (!commitment) return true;
    const instances = await checkInstances(commitment, checkContext(options), signal);
    await wait(leavingTime, undefined, { signal });
    const { command, dataSet } = commitmentReport(commitment.TransactionUID, instances);
    const { Status } = await exchange.request(exchange.contextId, command, dataSet(exchange.transferSyntax));
    if (Status !== status.success) return false;
    await commitments.reported(id, instances);
    return true;
  } catch (thrown) {
    if (!signal.aborted)
      log('warn', `The report of a storage commitment goes to ${exchange.caller.callingAET} later.`, thrown);
    return false;
  }
}

async function serveReport(exchange: Exchange, options: CommitmentServiceOptions): Promise<void> {
  const { commitments, log } = options;
  const { command, caller, transferSyntax } = exchange;
  const { EventTypeID, AffectedSOPClassUID } = command;
  if (AffectedSOPClassUID !== storageCommitment) return refuse(exchange, status.noSuchSOPClass);
  if (EventTypeID !== eventType.complete && EventTypeID !== eventType.failuresExist)
    return refuse(exchange, status.noSuchEventType);
  const answer = readEventInformation(await exchange.identifier(), transferSyntax);
  const who = `${caller.callingAET} (${caller.remoteAddress})`;
  const isAsked = await askedNode(exchange, options);
  const isKnown = await commitments.answered(answer, isAsked).catch((thrown: unknown) => {
    const isOther = thrown instanceof PacsError && thrown.code === 'forbidden';
    if (isOther) log('warn', `${who} reports a storage commitment that another node was asked for: it is not taken.`);
    throw thrown;
  });
  if (!isKnown) {
    log('warn', `${who} reports a storage commitment that was not asked for.`);
    throw new PacsError('bad-request', 'No such transaction is known here.');
  }
  await exchange.respond({ Status: status.success, EventTypeID });
}

/* The caller is the node that we asked if it has the title by which we called it, or is the node of that name by now. */
async function askedNode(
  { caller }: Exchange,
  { peers, settings }: CommitmentServiceOptions,
): Promise<(asked: AskedNode) => boolean> {
  const node = await peers.find(caller.callingAET, caller.remoteAddress);
  const key = aeTitleKey(settings);
  return (asked) => key(asked.AET) === key(caller.callingAET) || (node !== undefined && node.name === asked.node);
}
