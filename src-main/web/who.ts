/** Asks who is there: the token of the window, or name and password of a registered person. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import { PacsError } from '#shared/errors.ts';
import type { People } from '../people/people.ts';
import type { WebEnv } from './connection.ts';

const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();

/** Lets in who has the token, as `Authorization: Bearer` or as `?token=`. */
export const withToken = (token: string) => {
  const expected = digest(token);
  return createMiddleware<WebEnv>(async (c, next) => {
    const bearer = /^Bearer +(\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1];
    const given = bearer ?? c.req.query('token') ?? '';
    if (!timingSafeEqual(digest(given), expected))
      throw new PacsError('unauthorized', 'The token is missing or wrong.');
    await next();
  });
};

/** Name and password of a basic Authorization header, RFC 7617, or undefined. */
function readBasic(header: string | undefined): { readonly name: string; readonly password: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Lets in registered people who say name and password. */
export const withPassword = (people: People) =>
  createMiddleware<WebEnv>(async (c, next) => {
    const basic = readBasic(c.req.header('Authorization'));
    if (!basic || !(await people.verify(basic.name, basic.password)))
      throw new PacsError('unauthorized', 'A registered user name and its password are needed.');
    c.set('user', basic.name);
    await next();
  });
