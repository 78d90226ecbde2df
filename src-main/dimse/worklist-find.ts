/** Modality worklist: answers what is planned, PS3.4 K. */
import { setImmediate } from 'node:timers/promises';
import { PacsError } from '#shared/errors.ts';
import type { Settings } from '#shared/settings.ts';
import { chooseCharacterSet } from '../dicom/choose-character-set.ts';
import { exactJson } from '../dicom/exact-json.ts';
import { hasUnsupportedKey, isKey } from '../dicom/match-data-set.ts';
import { characterSetOf } from '../dicom/read-values.ts';
import { writeDicomJson } from '../dicom/write-dicom-json.ts';
import type { Worklist } from '../worklist/worklist.ts';
import { commandField } from './command.ts';
import type { Exchange } from './exchange.ts';
import { checkCharacterSet } from './find-character-set.ts';
import { readQuery } from './modest-data-set.ts';
import type { Service } from './service.ts';
import { findStatus, status } from './status.ts';

/** What worklist queries ask. */
export interface WorklistServiceOptions {
  readonly worklist: Pick<Worklist, 'find'>;
  readonly settings: Pick<Settings, 'Worklists'>;
}

/* Milliseconds after which others have their turn. */
const turn = 5;

/* PS3.4 K.4.1.1.4. */
const statusMeanings = [
  { status: status.success, meaning: 'Success: all answers were sent.' },
  { status: status.notAuthorized, meaning: 'Refused: not authorized.' },
  { status: 0xa700, meaning: 'Out of resources: the identifier or a key is too long, or a bound of this program.' },
  {
    status: 0xa900,
    meaning:
      'The identifier does not fit: it asks for nothing, a sequence key with several items, a date or time that is none.',
  },
  { status: 0xc000, meaning: 'Unable to process: the identifier is damaged.' },
  { status: 0xc001, meaning: 'Unable to process: texts in a character set that is not known.' },
  { status: 0xc002, meaning: 'Unable to process: a fault of our own; the log has the reason.' },
  { status: status.cancelled, meaning: 'Cancelled by C-CANCEL, or more answers than Worklists.LimitAnswers.' },
  { status: status.pending, meaning: 'Pending: one answer; all keys are supported.' },
  {
    status: status.pendingWarning,
    meaning: 'Pending: one answer; an optional key is not supported and comes back empty.',
  },
] as const;

/** The Modality Worklist Information Model as SCP. */
export const createWorklistService = (options: WorklistServiceOptions): Service => ({
  name: 'Modality worklist',
  sopClasses: [{ uid: '1.2.840.10008.5.1.4.31', name: 'Modality Worklist Information Model - FIND' }],
  operation: 'FindWorklist',
  commands: [commandField.findRequest],
  serve: (exchange) => serveFind(exchange, options),
  status: findStatus,
  statuses: statusMeanings,
});

async function serveFind(exchange: Exchange, { worklist, settings }: WorklistServiceOptions): Promise<void> {
  const { transferSyntax, caller, signal } = exchange;
  const header = readQuery(await exchange.identifier(), transferSyntax);
  checkCharacterSet(header);
  const identifier = exactJson(header);
  if (!Object.keys(identifier).some(isKey)) throw new PacsError('bad-request', 'The query asks for nothing.');
  const limit = settings.Worklists.LimitAnswers || Infinity;
  /* One more than wanted tells that there are more. */
  const answers = await worklist.find(identifier, caller.callingAET, { limit: limit + 1, signal });
  const Status = hasUnsupportedKey(identifier) ? status.pendingWarning : status.pending;
  let since = performance.now();
  for (const answer of answers.slice(0, limit)) {
    if (signal.aborted) break;
    const SpecificCharacterSet = chooseCharacterSet(answer, characterSetOf(header));
    const dataSet = writeDicomJson(answer, { TransferSyntaxUID: transferSyntax, SpecificCharacterSet });
    await exchange.respond({ Status, dataSet });
    if (performance.now() - since > turn) {
      await setImmediate();
      since = performance.now();
    }
  }
  await end(exchange, answers.length > limit ? limit : undefined);
}

/* What was left out is as if the caller had cancelled, as the reference implementation says it. */
async function end({ signal, respond }: Exchange, cutAt: number | undefined): Promise<void> {
  if (signal.aborted && signal.reason !== 'cancel') return;
  if (signal.aborted) return respond({ Status: status.cancelled });
  if (cutAt === undefined) return respond({ Status: status.success });
  const sentence = `There are more than ${cutAt} answers; the others are left out.`;
  await respond({ Status: status.cancelled, sentence });
}
