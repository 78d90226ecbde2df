/** Keeps web pages of others out: checks Host (DNS rebinding), Origin and Sec-Fetch-Site before anything is read. */
import { createMiddleware } from 'hono/factory';
import { PacsError } from '#shared/errors.ts';
import { isLoopback, type WebEnv } from './connection.ts';

/** True where a Host names this computer's loopback and the port that was connected to. */
function isOwnHost(url: URL, localPort: number | undefined): boolean {
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const isOwnPort = localPort === undefined || Number(url.port || 80) === localPort;
  return isOwnPort && (name === 'localhost' || isLoopback(name));
}

/** Refuses a Host that is not a loopback name with our own port, and peers that are not on this computer. */
export const loopbackOnly = createMiddleware<WebEnv>(async (c, next) => {
  if (!isLoopback(c.env.remoteAddress)) throw new PacsError('forbidden', 'Only this computer may use this port.');
  if (!isOwnHost(new URL(c.req.url), c.env.localPort))
    throw new PacsError('forbidden', 'The Host header does not name this computer and port.');
  await next();
});

/** True where a page of that origin came from our own host; the scheme may differ behind a proxy. */
const isSameHost = (origin: string, url: URL): boolean => URL.parse(origin)?.host === url.host;

/** Refuses requests that a page of another origin makes. A person who follows a link there is let through. */
export const noForeignPages = createMiddleware<WebEnv>(async (c, next) => {
  const origin = c.req.header('Origin');
  const site = c.req.header('Sec-Fetch-Site') ?? 'none';
  const isLinkFollowed = c.req.method === 'GET' && c.req.header('Sec-Fetch-Dest') === 'document';
  const isForeign =
    origin === undefined
      ? /^(cross|same)-site$/.test(site) && !isLinkFollowed
      : !isSameHost(origin, new URL(c.req.url));
  if (isForeign) throw new PacsError('forbidden', 'Web pages of another origin may not use this port.');
  await next();
  c.res.headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  c.res.headers.set('X-Frame-Options', 'DENY');
});

/** Lets our own window in from the given origins, with CORS; every other origin but the listener's own is refused. */
export const ownWindowOnly = (origins: readonly string[]) =>
  createMiddleware<WebEnv>(async (c, next) => {
    const origin = c.req.header('Origin');
    if (origin !== undefined && origin !== new URL(c.req.url).origin && !origins.includes(origin))
      throw new PacsError('forbidden', 'Only the window of this program may use this port.');
    if (origin !== undefined && c.req.method === 'OPTIONS') return preflight(origin);
    await next();
    if (origin !== undefined) c.res.headers.set('Access-Control-Allow-Origin', origin);
    c.res.headers.append('Vary', 'Origin');
    c.res.headers.set('Access-Control-Expose-Headers', 'ETag, Content-Length, X-Total-Count, Warning');
    c.res.headers.set('Cross-Origin-Resource-Policy', 'cross-origin');
  });

const preflight = (origin: string) =>
  new Response(null, {
    status: 204,
    headers: {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Methods': 'GET, HEAD, POST',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type, Accept, If-None-Match',
      'Access-Control-Max-Age': '600',
      'Access-Control-Allow-Private-Network': 'true',
      Vary: 'Origin',
    },
  });
