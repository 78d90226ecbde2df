/** The C-STORE sub-operations of a C-MOVE or C-GET: how many are left, what failed, and what the caller is told (PS3.4 C.4.2.1 and C.4.3.1). */
import type { PacsErrorCode } from '#shared/errors.ts';
import { writeDicomJson } from '../dicom/write-dicom-json.ts';
import { AssociationEnd } from './association-end.ts';
import { abort } from './pdu.ts';
import type { CommandValues } from './command.ts';
import type { Exchange, ExchangeResponse } from './exchange.ts';
import { status } from './status.ts';

/** Statuses of their own, PS3.4 C.4.2.1.5 and C.4.3.1.4. */
export const retrieveStatus = {
  outOfResources: 0xa701,
  unableToPerform: 0xa702,
  unknownDestination: 0xa801,
  identifierDoesNotMatch: 0xa900,
  someFailed: 0xb000,
  unableToProcess: 0xc000,
} as const;

const faults: Readonly<Partial<Record<PacsErrorCode, number>>> = {
  'bad-request': retrieveStatus.identifierDoesNotMatch,
  'missing-identifier': retrieveStatus.identifierDoesNotMatch,
  busy: retrieveStatus.outOfResources,
  'too-large': retrieveStatus.outOfResources,
  'storage-full': retrieveStatus.unableToPerform,
  unauthorized: status.notAuthorized,
  forbidden: status.notAuthorized,
  damaged: 0xc001,
  truncated: 0xc001,
};

/** The status for a fault before any sub-operation. */
export const retrieveFault = (code: PacsErrorCode): number => faults[code] ?? retrieveStatus.unableToProcess;

/** Every status of C-MOVE and C-GET responses and when it comes, PS3.4 C.4.2.1.5 and C.4.3.1.4; C-MOVE has one more. */
export const retrieveStatusMeanings: readonly { readonly status: number; readonly meaning: string }[] = [
  { status: status.success, meaning: 'Success: all images were sent (or none is meant).' },
  { status: status.notAuthorized, meaning: 'Refused: not authorized.' },
  {
    status: retrieveStatus.outOfResources,
    meaning: 'Out of resources: a bound of this program, or the identifier is too long.',
  },
  { status: retrieveStatus.unableToPerform, meaning: 'None of the images could be sent, or the disk is full.' },
  {
    status: retrieveStatus.identifierDoesNotMatch,
    meaning: 'The identifier does not fit: level missing or not of the model, no unique key, a UID that is none.',
  },
  {
    status: retrieveStatus.someFailed,
    meaning: 'Warning: some images failed (they are listed), or were taken with a warning.',
  },
  { status: retrieveStatus.unableToProcess, meaning: 'Unable to process: a fault of our own; the log has the reason.' },
  { status: 0xc001, meaning: 'Unable to process: the identifier is damaged.' },
  { status: status.cancelled, meaning: 'Cancelled by C-CANCEL.' },
  { status: status.pending, meaning: 'Pending: how many images are left, sent and failed.' },
];

/** What became of one sub-operation. */
export type Outcome = 'completed' | 'warning' | 'failed';

/** The outcome by the status of the C-STORE response; an instance that is there already (0111) is no failure. */
export function outcomeOf(code: number): Outcome {
  if (code === status.success) return 'completed';
  const isWarning = code === 1 || code >>> 12 === 0xb || [0x0107, 0x0111, 0x0116].includes(code);
  return isWarning ? 'warning' : 'failed';
}

/* The counts have two bytes. */
const counted = (count: number): number => Math.min(count, 0xffff);
/* Of a list in explicit VR; so many UIDs name what failed well enough. */
const longestList = 65_000;
/* Milliseconds without news after which the caller is told once more that we are at work. */
const usualReminderTime = 5000;
/* Milliseconds between pending responses. */
const pendingTime = 100;

/** The sub-operations of one request. */
export class SubOperations {
  readonly #exchange: Exchange;
  readonly #total: number;
  readonly #reminderTime: number;
  readonly #counts: Record<Outcome, number> = { completed: 0, warning: 0, failed: 0 };
  readonly #failed: string[] = [];
  #toldAt = 0;
  #telling: Promise<void> = Promise.resolve();

  constructor(exchange: Exchange, total: number, reminderTime: number = usualReminderTime) {
    this.#exchange = exchange;
    this.#total = total;
    this.#reminderTime = reminderTime;
  }

  /** Those that were sent, with or without warning. */
  get sent(): number {
    return this.#counts.completed + this.#counts.warning;
  }

  get failed(): number {
    return this.#counts.failed;
  }

  /** Those that have not begun. */
  get remaining(): number {
    return this.#total - this.sent - this.failed;
  }

  /** Notes one that is over. */
  note(SOPInstanceUID: string, outcome: Outcome): void {
    this.#counts[outcome]++;
    if (outcome === 'failed') this.#failed.push(SOPInstanceUID);
  }

  /** Tells the caller where it stands: after the first one and then some times a second. @throws AssociationEnd */
  async tell(): Promise<void> {
    const now = performance.now();
    if (this.remaining === 0 || (this.#toldAt > 0 && now - this.#toldAt < pendingTime)) return;
    await this.remind();
  }

  /** Tells the caller where it stands although nothing has changed, so that it does not give up. @throws AssociationEnd */
  remind(): Promise<void> {
    this.#toldAt = performance.now();
    /* One after the other: two writers cannot wait for the same connection. */
    this.#telling = this.#telling.then(() =>
      this.#exchange.respond({ Status: status.pending, ...this.#numbers(true) }),
    );
    return this.#telling;
  }

  /** Waits for work that may take its time, and reminds the caller meanwhile; afterwards nothing is being told any more. */
  async during<T>(work: Promise<T>): Promise<T> {
    const reminder = setInterval(() => void this.remind().catch(() => undefined), this.#reminderTime);
    try {
      return await work;
    } finally {
      clearInterval(reminder);
      await this.#telling.catch(() => undefined);
    }
  }

  /** The final response; `sentence` says why it is none of success. @throws AssociationEnd where the association is over */
  async finish(sentence?: string): Promise<void> {
    await this.#telling;
    await this.#exchange.respond(this.#final(sentence));
  }

  #final(sentence: string | undefined): ExchangeResponse {
    const isCancelled = this.remaining > 0 && isCancel(this.#exchange.signal);
    const Status = isCancelled ? status.cancelled : this.#endStatus();
    const uids = this.#failedUIDs();
    const words = sentence ?? this.#words();
    return {
      Status,
      ...this.#numbers(isCancelled),
      ...(isCancelled ? {} : { sentence: words }),
      ...(uids ? { dataSet: uids } : {}),
    };
  }

  #words(): string | undefined {
    if (this.failed > 0) return `${this.failed} of ${this.#total} images were not sent.`;
    const { warning } = this.#counts;
    return warning > 0 ? `${warning} of ${this.#total} images were taken with a warning.` : undefined;
  }

  /* PS3.4 C.4.2.3.1: a warning is none of success. */
  #endStatus(): number {
    if (this.failed + this.#counts.warning === 0) return status.success;
    return this.sent === 0 ? retrieveStatus.unableToPerform : retrieveStatus.someFailed;
  }

  /* The number of remaining ones is said while there may be some: pending and cancelled, PS3.7 9.1.4.1. */
  #numbers(withRemaining: boolean): CommandValues {
    return {
      ...(withRemaining ? { NumberOfRemainingSuboperations: counted(this.remaining) } : {}),
      NumberOfCompletedSuboperations: counted(this.#counts.completed),
      NumberOfFailedSuboperations: counted(this.failed),
      NumberOfWarningSuboperations: counted(this.#counts.warning),
    };
  }

  /* FailedSOPInstanceUIDList, PS3.4 C.4.2.1.4.2. */
  #failedUIDs(): Buffer | undefined {
    if (this.failed === 0) return undefined;
    let length = 0;
    const named = this.#failed.filter(({ length: each }) => (length += each + 1) < longestList);
    const { transferSyntax: TransferSyntaxUID } = this.#exchange;
    return writeDicomJson({ '00080058': { vr: 'UI', Value: named } }, { TransferSyntaxUID, SpecificCharacterSet: [] });
  }
}

const isCancel = (signal: AbortSignal): boolean => signal.aborted && signal.reason === 'cancel';

/** Throws where the association itself is over, so that nobody is left to be answered; a C-CANCEL is none of that. */
export function throwIfOver(signal: AbortSignal): void {
  if (!signal.aborted || isCancel(signal)) return;
  const reason: unknown = signal.reason;
  throw reason instanceof AssociationEnd
    ? reason
    : new AssociationEnd('The other side ended the association while it was being served.', abort.notSpecified);
}
