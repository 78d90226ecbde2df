/** Answers of the REST calls to other nodes, in Orthanc's forms. */
import { PacsError } from '#shared/errors.ts';
import type { WebContext } from './connection.ts';

/** A JSON answer. */
export const json = (value: unknown): Response =>
  new Response(JSON.stringify(value), { headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' } });

/** A text answer; what was changed or removed is answered with an empty one. */
export const text = (value = ''): Response =>
  new Response(value, { headers: { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' } });

/** Where the new thing is. */
export const created = (ID: string, folder: string): Response => json({ ID, Path: `/${folder}/${ID}` });

/** True for `?name`, `?name=true` and `?name=1`. */
export function flag(c: WebContext, name: string): boolean {
  const value = c.req.query(name);
  return value !== undefined && !['false', '0'].includes(value.toLowerCase());
}

const oursToBlame = new Set(['bad-request', 'not-found', 'internal', 'storage-full']);

/** What goes wrong with another node is 500 with a sentence, as in Orthanc: 403 and 503 would be about us. */
export async function overNetwork<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    if (!(thrown instanceof PacsError) || oursToBlame.has(thrown.code)) throw thrown;
    throw new PacsError('internal', thrown.message, { cause: thrown });
  }
}
