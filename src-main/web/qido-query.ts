/** Reads the parameters of a QIDO-RS request into a Query, PS3.18 10.6.1. */
import { type Attribute, findAttribute, type IndexedKeyword, type Level, levels } from '#shared/attributes.ts';
import { PacsError } from '#shared/errors.ts';
import { type Match, parseMatch, type Query } from '#shared/query.ts';
import type { PathScope } from './scope.ts';

/** The most rows one answer holds; a caller that needs more asks with `offset`. */
export const maximumRows = 20_000;

/** A QIDO-RS request as values. */
export interface QidoRequest {
  readonly query: Query & { readonly limit: number; readonly offset: number };
  /** Attributes asked for beyond the default ones. */
  readonly include: 'all' | ReadonlySet<string>;
  /** Sentences for the Warning header: what was asked and is not honoured. */
  readonly warnings: readonly string[];
}

const reserved = new Set(['limit', 'offset', 'includefield', 'fuzzymatching', 'orderby', 'accept', 'charset', 'token']);
const unsupported = new Set(['emptyvaluematching', 'multiplevaluematching']);

const bad = (sentence: string) => new PacsError('bad-request', sentence);

function count(params: URLSearchParams, name: string): number | undefined {
  const text = params.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw bad(`The parameter ${name} must be a whole number.`);
  return Number(text);
}

function flag(params: URLSearchParams, name: string): boolean {
  const text = params.get(name) ?? 'false';
  if (text !== 'true' && text !== 'false') throw bad(`The parameter ${name} must be true or false.`);
  return text === 'true';
}

/** Names from a request are cut before they go into a sentence. */
const shown = (name: string) => name.slice(0, 64).replace(/[^\x20-\x7e]/g, '?');

/** The attribute of a key, which must belong to the level or to one above it. */
function keyAttribute(name: string, level: Level): Attribute & { readonly keyword: IndexedKeyword } {
  const attribute = findAttribute(name);
  if (!attribute) throw bad(`"${shown(name)}" is not an attribute that can be searched here.`);
  if (levels.indexOf(attribute.level) > levels.indexOf(level))
    throw bad(`"${shown(name)}" belongs to a lower level than the one that is searched.`);
  return attribute as Attribute & { keyword: IndexedKeyword };
}

/** One key's Match; a comma lists values where the VR has none inside values (UI, CS). */
function matchOf({ keyword, vr }: Attribute, values: readonly string[], isFuzzy: boolean): Match | undefined {
  if (values.length > 1 && vr !== 'UI' && vr !== 'CS') throw bad(`The key ${keyword} was given more than once.`);
  const text = vr === 'CS' ? values.join('\\').replaceAll(',', '\\') : values.join('\\');
  if (isFuzzy && vr === 'PN' && text.trim() !== '') return { kind: 'fuzzy', words: text.replace(/[*?]/g, ' ') };
  return parseMatch(keyword, text);
}

function keysOf(params: URLSearchParams, level: Level, isFuzzy: boolean): Query['keys'] {
  const keys: Partial<Record<IndexedKeyword, Match>> = {};
  for (const name of new Set(params.keys())) {
    if (reserved.has(name) || unsupported.has(name)) continue;
    const attribute = keyAttribute(name, level);
    const match = matchOf(attribute, params.getAll(name), isFuzzy);
    if (match) keys[attribute.keyword] = match;
  }
  return keys;
}

function orderOf(params: URLSearchParams, level: Level): NonNullable<Query['order']> {
  const names = params
    .getAll('orderby')
    .flatMap((text) => text.split(','))
    .filter(Boolean);
  return names.slice(0, 8).map((name) => {
    const descending = name.startsWith('-');
    return { key: keyAttribute(descending ? name.slice(1) : name, level).keyword, descending };
  });
}

function includeOf(params: URLSearchParams, level: Level) {
  const names = params
    .getAll('includefield')
    .flatMap((text) => text.split(','))
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.includes('all')) return { include: 'all' as const, unknown: [] };
  const found = names.map((name) => ({ name, attribute: findAttribute(name) }));
  const isHere = (attribute?: Attribute) => attribute && levels.indexOf(attribute.level) <= levels.indexOf(level);
  return {
    include: new Set(found.flatMap(({ attribute }) => (isHere(attribute) ? [(attribute as Attribute).keyword] : []))),
    unknown: found.filter(({ attribute }) => !isHere(attribute)).map(({ name }) => shown(name)),
  };
}

function warningsOf(params: URLSearchParams, unknown: readonly string[]): string[] {
  const ignored = [...unsupported].filter((name) => params.has(name));
  return [
    ...(unknown.length > 0
      ? [`These includefield attributes are not returned: ${unknown.slice(0, 20).join(' ')}`]
      : []),
    ...ignored.map((name) => `The parameter ${name} is not supported`),
  ];
}

/**
 * The request's Query: keys by keyword or tag, `limit`, `offset`, `includefield`, `fuzzymatching` (person names) and, ours,
 * `orderby=-StudyDate,PatientName`. UIDs of the path stand above keys. Throws `bad-request` for what is not known.
 */
export function parseQido(level: Level, params: URLSearchParams, path: PathScope, caseSensitive: boolean): QidoRequest {
  const fromPath = Object.entries(path).map(([keyword, value]) => [keyword, { kind: 'single', value }] as const);
  const { include, unknown } = includeOf(params, level);
  const keys = { ...keysOf(params, level, flag(params, 'fuzzymatching')), ...Object.fromEntries(fromPath) };
  const order = orderOf(params, level);
  return {
    query: {
      level,
      keys,
      ...(order.length > 0 ? { order } : {}),
      limit: Math.min(count(params, 'limit') ?? maximumRows, maximumRows),
      offset: count(params, 'offset') ?? 0,
      caseSensitive,
    },
    include,
    warnings: warningsOf(params, unknown),
  };
}
