/** Reads the identifier of a C-FIND into a Query and what is to be returned, PS3.4 C.4.1.1.3. */
import { findAttribute, levels, uniqueKeys, type IndexedKeyword, type Level } from '#shared/attributes.ts';
import { findEntry } from '#shared/dictionary.ts';
import { PacsError } from '#shared/errors.ts';
import { parseMatch, type Match, type Query } from '#shared/query.ts';
import { toDicomJson, type DicomJson } from '../dicom/dicom-json.ts';
import { isKey } from '../dicom/match-data-set.ts';
import { characterSetOf, text } from '../dicom/read-values.ts';
import type { Header } from '../dicom/data-set.ts';
import { checkCharacterSet } from './find-character-set.ts';
import type { FindExtension } from './find-extension.ts';
import { readQuery } from './modest-data-set.ts';
import { keysOfFile, type FindModel } from './find-model.ts';

/** A C-FIND as values. */
export interface FindIdentifier {
  readonly level: Level;
  /** Matching and the columns that are needed; without label and limit. */
  readonly query: Query;
  /** Every attribute that is asked for, with its key as it came. */
  readonly asked: DicomJson;
  /** Those of them that are not indexed and come from a file's header. */
  readonly fromFile: DicomJson;
  /** True where something is asked for that is neither matched nor returned, PS3.4 C.4.1.1.4 (0xFF01). */
  readonly hasUnsupportedKeys: boolean;
  /** Values of SpecificCharacterSet. */
  readonly characterSet: readonly string[];
}

const bad = (sentence: string): PacsError => new PacsError('bad-request', sentence);

/** Answered by what we are, not by what is kept: level, retrieve AE title, availability. */
const ownTags: ReadonlySet<string> = new Set(['00080052', '00080054', '00080056']);

/**
 * The identifier's query.
 * @throws PacsError damaged for bytes that are no data set, bad-request for what the model does not allow, unsupported for a
 * character set that is not known
 */
export function readFindIdentifier(
  bytes: Uint8Array,
  transferSyntax: string,
  model: FindModel,
  extension: FindExtension,
): FindIdentifier {
  const header = readQuery(bytes, transferSyntax);
  checkCharacterSet(header);
  const level = levelOf(header, model);
  if (!extension.relational) checkHierarchy(header, level, model);
  const asked = Object.fromEntries(
    Object.entries(toDicomJson(header)).filter(([tag]) => isKey(tag) || ownTags.has(tag)),
  );
  const tags = Object.keys(asked);
  const fromFile = Object.fromEntries(Object.entries(asked).filter(([tag]) => isOfFile(tag, level)));
  const isSupported = (tag: string): boolean => ownTags.has(tag) || tag in fromFile || isReturned(tag, level);
  return {
    level,
    query: {
      level,
      keys: keysOf(header, tags, extension.fuzzy),
      fields: fieldsOf(tags, level),
      combined: extension.combined,
    },
    asked,
    fromFile,
    hasUnsupportedKeys: !tags.every(isSupported),
    characterSet: characterSetOf(header),
  };
}

function levelOf(header: Header, model: FindModel): Level {
  const asked = (text(header, '00080052') ?? '').toUpperCase();
  if (asked === '') throw bad('The query does not say its level.');
  const level = model.levels.find((one) => one === asked);
  if (!level) throw bad('The query asks for a level that its model does not have.');
  return level;
}

/* PS3.4 C.4.1.2.1: one value for the unique key of each level above. */
function checkHierarchy(header: Header, level: Level, model: FindModel): void {
  for (const above of model.levels.slice(0, model.levels.indexOf(level))) {
    const keyword = uniqueKeys[above];
    const value = text(header, findAttribute(keyword)!.tag) ?? '';
    const isSingle = value !== '' && !/[*?\\]/.test(value);
    if (!isSingle) throw bad(`A query at level ${level} needs one ${keyword}.`);
  }
}

const isAbove = (level: Level, other: Level): boolean => levels.indexOf(level) <= levels.indexOf(other);

function isReturned(tag: string, level: Level): boolean {
  const attribute = findAttribute(tag);
  return attribute !== undefined && isAbove(attribute.level, level);
}

const tagsOfFile: Readonly<Record<'PATIENT' | 'STUDY', ReadonlySet<string>>> = {
  PATIENT: new Set(keysOfFile.PATIENT.map((keyword) => findEntry(keyword)?.tag ?? keyword)),
  STUDY: new Set([...keysOfFile.PATIENT, ...keysOfFile.STUDY].map((keyword) => findEntry(keyword)?.tag ?? keyword)),
};

/* Of patients and studies only what is the same in all their images; private elements mean something else everywhere. */
function isOfFile(tag: string, level: Level): boolean {
  if (ownTags.has(tag) || findAttribute(tag)) return false;
  if (level === 'PATIENT' || level === 'STUDY') return tagsOfFile[level].has(tag);
  return findEntry(tag) !== undefined;
}

function keysOf(header: Header, tags: readonly string[], fuzzy: boolean): Query['keys'] {
  const keys: Partial<Record<IndexedKeyword, Match>> = {};
  for (const tag of tags) {
    const attribute = findAttribute(tag);
    const match =
      attribute &&
      !attribute.counted &&
      matchOf(attribute.keyword, text(header, tag) ?? '', fuzzy && attribute.vr === 'PN');
    if (match) keys[attribute.keyword as IndexedKeyword] = match;
  }
  return keys;
}

function matchOf(keyword: string, value: string, isFuzzy: boolean): Match | undefined {
  const match = parseMatch(keyword, value);
  return match && isFuzzy ? { kind: 'fuzzy', words: value.replace(/[*?]/g, ' ') } : match;
}

/* The unique keys name the entity whose file is read. */
const fieldsOf = (tags: readonly string[], level: Level): readonly IndexedKeyword[] => [
  ...new Set([
    ...levels.filter((one) => isAbove(one, level)).map((one) => uniqueKeys[one]),
    ...tags.filter((tag) => isReturned(tag, level)).map((tag) => findAttribute(tag)!.keyword as IndexedKeyword),
  ]),
];
