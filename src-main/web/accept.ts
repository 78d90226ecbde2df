/** Content negotiation: reads what a caller accepts and picks the best of what we offer, PS3.18 8.7 and RFC 9110 12.5.1. */
import { PacsError } from '#shared/errors.ts';

/** One media range of an Accept header. */
export interface MediaRange {
  /** Lower case, such as `multipart/related` or `image/*`. */
  readonly type: string;
  /** Names in lower case; the values as they came, without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** One representation that we can give. */
export interface Offer<T> {
  /** Media type of the thing itself, inside multipart/related too. */
  readonly type: string;
  readonly isMultipart: boolean;
  readonly transferSyntax?: string;
  /** False where it is given only to those who name its transfer syntax or any (`*`). */
  readonly isDefault?: boolean;
  readonly value: T;
}

const maximumRanges = 64;

/** Splits at a separator outside quotes, in one pass: a header may be hostile. */
function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = [];
  let [from, isQuoted] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (isQuoted && sign === '\\') at++;
    else if (sign === '"') isQuoted = !isQuoted;
    else if (sign === separator && !isQuoted) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return [...parts, text.slice(from).trim()].filter(Boolean);
}

/** A media type with its parameters, as in Content-Type. */
export function parseMediaType(text: string): Omit<MediaRange, 'quality'> {
  const [type = '', ...rest] = splitOutsideQuotes(text, ';');
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const equals = parameter.indexOf('=');
    if (equals < 0) continue;
    const value = parameter.slice(equals + 1).trim();
    const plain = value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
    parameters.set(parameter.slice(0, equals).trim().toLowerCase(), plain);
  }
  return { type: type.toLowerCase(), parameters };
}

/** The media ranges of an Accept header, best first; those of equal quality keep their order. */
export function parseAccept(text: string): readonly MediaRange[] {
  const ranges = splitOutsideQuotes(text, ',')
    .slice(0, maximumRanges)
    .map((part) => {
      const range = parseMediaType(part);
      const quality = Number(range.parameters.get('q') ?? 1);
      return { ...range, quality: quality >= 0 && quality <= 1 ? quality : 1 };
    });
  return ranges.toSorted((a, b) => b.quality - a.quality);
}

/** What a request accepts: its `accept` query parameter if given, else its header, else anything (PS3.18 8.3.3.1). */
export function acceptOf(request: Request): readonly MediaRange[] {
  const query = new URL(request.url).searchParams.getAll('accept').join(',');
  const ranges = parseAccept(query || request.headers.get('Accept') || '*/*');
  return ranges.length > 0 ? ranges : parseAccept('*/*');
}

const typeMatches = (range: string, type: string): boolean =>
  range === '*/*' || range === type || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)));

function matches(range: MediaRange, offer: Offer<unknown>): boolean {
  const syntax = range.parameters.get('transfer-syntax');
  const isSyntaxWanted =
    syntax === undefined ? offer.isDefault !== false : syntax === '*' || syntax === offer.transferSyntax;
  if (!isSyntaxWanted) return false;
  if (!offer.isMultipart) return typeMatches(range.type, offer.type);
  if (!typeMatches(range.type, 'multipart/related')) return false;
  return typeMatches(range.parameters.get('type')?.toLowerCase() ?? '*/*', offer.type);
}

/** True where some range takes the offer. A range of quality 0 forbids what it names. */
export function accepts(accepted: readonly MediaRange[], offer: Offer<unknown>): boolean {
  const ranges = accepted.filter((range) => matches(range, offer));
  return (
    ranges.some(({ quality }) => quality > 0) && !ranges.some(({ quality, type }) => quality === 0 && type !== '*/*')
  );
}

/** The offer that suits best; of several equally good ones the first. Throws `not-acceptable` where none suits. */
export function negotiate<T>(accepted: readonly MediaRange[], offers: readonly Offer<T>[]): Offer<T> {
  const left = offers.filter((offer) => accepts(accepted, offer));
  for (const range of accepted) {
    const found = left.find((offer) => matches(range, offer));
    if (found) return found;
  }
  const names = [
    ...new Set(
      offers.map(({ type, transferSyntax }) => (transferSyntax ? `${type}; transfer-syntax=${transferSyntax}` : type)),
    ),
  ];
  throw new PacsError(
    'not-acceptable',
    `None of the accepted media types can be given. Possible here: ${names.join(', ')}.`,
  );
}
