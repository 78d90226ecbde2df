/** Validators: entity tags, and the 304 for who has the current copy, RFC 9110 13.1.2. */
import { createHash } from 'node:crypto';

/** A strong entity tag of the given facts. */
export const entityTag = (...facts: readonly (string | number)[]): string =>
  `"${createHash('sha1').update(facts.join('\n')).digest('base64url')}"`;

/** A 304 where the caller's If-None-Match names the tag, else undefined. */
export function notModified(request: Request, tag: string): Response | undefined {
  const known = request.headers.get('If-None-Match');
  const isKnown = known !== null && known.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
  return isKnown ? new Response(null, { status: 304, headers: { ETag: tag } }) : undefined;
}

/** Caching of patient data: this caller only, and ask again each time. */
export const privateCache = 'private, no-cache';
