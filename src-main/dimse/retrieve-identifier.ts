/** The identifier of a C-MOVE or C-GET: which instances are meant (PS3.4 C.4.2.2.1 and C.4.3.2.1). */
import { findAttribute, levels, uniqueKeys, type Level } from '#shared/attributes.ts';
import { PacsError } from '#shared/errors.ts';
import { texts } from '../dicom/read-values.ts';
import type { Header } from '../dicom/data-set.ts';
import type { Scope } from '../store/store.ts';
import type { Exchange } from './exchange.ts';
import { readQuery } from './modest-data-set.ts';

/** The information models, PS3.4 C.6. */
export type RetrieveRoot = 'Patient Root' | 'Study Root';

const uid = /^[0-9.]{1,64}$/;
const levelTag = '00080052';
/* More than fit into an identifier would be longer ones; the database takes as many. */
const maximumKeys = 10_000;

const wrong = (sentence: string): PacsError => new PacsError('bad-request', sentence);

/**
 * The scope that an identifier means: the unique key of its level, and those above it as far as they are there (also without
 * relational retrieval being negotiated: many callers leave them out). Under a title with a label only studies with it.
 * @throws PacsError bad-request, damaged, too-large
 */
export async function readRetrieveScope(exchange: Exchange, root: RetrieveRoot): Promise<Scope> {
  const identifier = readQuery(await exchange.identifier(), exchange.transferSyntax);
  const first = root === 'Patient Root' ? 0 : 1;
  const level = levelOf(identifier, first);
  const scope: Record<string, readonly string[]> = {};
  for (const each of levels.slice(first, levels.indexOf(level) + 1)) {
    const keyword = uniqueKeys[each];
    const values = keysOf(identifier, each);
    if (values.length > 0) scope[keyword] = values;
    else if (each === level) throw wrong(`The request names no ${keyword}.`);
  }
  return { ...scope, label: exchange.own.Label };
}

function levelOf(identifier: Header, first: number): Level {
  const [name] = texts(identifier, levelTag);
  const level = levels.slice(first).find((each) => each === name);
  if (!level) throw wrong('The request has no valid query/retrieve level.');
  return level;
}

/* UIDs may be a list, PS3.4 C.2.2.2.2; wildcards never. */
function keysOf(identifier: Header, level: Level): readonly string[] {
  const keyword = uniqueKeys[level];
  const values = texts(identifier, findAttribute(keyword)!.tag).filter((value) => value !== '');
  if (values.length > maximumKeys) throw wrong(`The request names too many ${keyword}s.`);
  if (level !== 'PATIENT' && !values.every((value) => uid.test(value)))
    throw wrong(`The ${keyword} of the request is not valid.`);
  return values;
}
