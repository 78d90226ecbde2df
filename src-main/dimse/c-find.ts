/** C-FIND: answers questions about what is kept, batch by batch, no faster than they are taken (PS3.4 C.4.1, PS3.7 9.1.2). */
import { setImmediate } from 'node:timers/promises';
import { PacsError } from '#shared/errors.ts';
import type { Row } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import { chooseCharacterSet } from '../dicom/choose-character-set.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import { dataSetTest } from '../dicom/match-data-set.ts';
import { writeDicomJson } from '../dicom/write-dicom-json.ts';
import type { Store } from '../store/store.ts';
import { commandField } from './command.ts';
import type { Exchange } from './exchange.ts';
import { findAnswer } from './find-answer.ts';
import { answerFindExtension, readFindExtension } from './find-extension.ts';
import { readFileOf } from './find-file.ts';
import { readFindIdentifier, type FindIdentifier } from './find-identifier.ts';
import { findModels, findStatusMeanings } from './find-model.ts';
import type { Service } from './service.ts';
import { findStatus, status } from './status.ts';

/** What C-FIND asks. */
export interface FindServiceOptions {
  readonly store: Store;
  readonly settings: Settings;
}

/* Files whose headers one query may read; each costs about a millisecond. */
const maximumFiles = 1000;
/* Milliseconds after which others have their turn. */
const turn = 5;

/** The C-FIND service of the Query/Retrieve information models. */
export const createFindService = (options: FindServiceOptions): Service => ({
  name: 'Query (C-FIND)',
  sopClasses: findModels,
  operation: 'Find',
  commands: [commandField.findRequest],
  statuses: findStatusMeanings,
  serve: (exchange) => serveFind(exchange, options),
  status: findStatus,
  extend: answerFindExtension,
});

async function serveFind(exchange: Exchange, { store, settings }: FindServiceOptions): Promise<void> {
  const { abstractSyntax, transferSyntax, signal } = exchange;
  const model = findModels.find(({ uid }) => uid === abstractSyntax)!;
  const extension = readFindExtension(exchange.extended.get(abstractSyntax));
  const identifier = readFindIdentifier(await exchange.identifier(), transferSyntax, model, extension);
  const limit = identifier.level === 'IMAGE' ? settings.LimitFindInstances : settings.LimitFindResults;
  const answers = createAnswers(identifier, exchange, store, settings);
  const query = {
    ...identifier.query,
    caseSensitive: settings.CaseSensitivePN,
    ...(exchange.own.Label === undefined ? {} : { label: exchange.own.Label }),
    /* One more tells that there are more. What is matched by files may need any number of rows. */
    ...(limit > 0 && Object.keys(identifier.fromFile).length === 0 ? { limit: limit + 1 } : {}),
  };
  let count = 0;
  let since = performance.now();
  for await (const rows of store.findEach(query, signal)) {
    for (const row of rows) {
      if (signal.aborted) break;
      const answer = await answers(row);
      if (!answer) continue;
      if (limit > 0 && count++ === limit) return exchange.respond(tooMany(limit));
      await exchange.respond(answer);
      if (performance.now() - since > turn) {
        await setImmediate();
        since = performance.now();
      }
    }
    if (signal.aborted) break;
  }
  await end(exchange);
}

/* As the reference implementation does: what was sent counts, and the rest is as if it had been cancelled. */
const tooMany = (limit: number) => ({
  Status: status.cancelled,
  sentence: `There are more than ${limit} answers; the others are left out.`,
});

/* Where the association is over nobody is left to be told. */
async function end({ signal, respond }: Exchange): Promise<void> {
  if (!signal.aborted) await respond({ Status: status.success });
  else if (signal.reason === 'cancel') await respond({ Status: status.cancelled });
}

interface Pending {
  readonly Status: number;
  readonly dataSet: Uint8Array;
}

/** Makes the pending response of a row, or undefined where its file shows that it does not match. */
function createAnswers(
  identifier: FindIdentifier,
  { own, transferSyntax }: Exchange,
  store: Store,
  settings: Settings,
): (row: Row) => Promise<Pending | undefined> {
  const { level, fromFile, characterSet, hasUnsupportedKeys } = identifier;
  const tags = new Set(Object.keys(fromFile));
  const test = dataSetTest(fromFile, settings);
  /* An empty data set passes where there are no values to match. */
  const isMatched = !test({});
  let files = 0;

  async function read(row: Row): Promise<DicomJson | undefined> {
    if (tags.size === 0) return undefined;
    if (files++ < maximumFiles) return readFileOf(store, row, level, tags);
    if (isMatched) throw new PacsError('too-large', 'Too many images to look into; ask for less at once.');
    return undefined;
  }

  return async (row) => {
    const file = await read(row);
    if (isMatched && !(file && test(file))) return undefined;
    const answer = findAnswer(identifier, row, own.AET, file);
    const isWhole = !hasUnsupportedKeys && (tags.size === 0 || file !== undefined);
    return {
      Status: isWhole ? status.pending : status.pendingWarning,
      dataSet: writeDicomJson(answer, {
        TransferSyntaxUID: transferSyntax,
        SpecificCharacterSet: chooseCharacterSet(answer, characterSet),
      }),
    };
  };
}
