/** Registers routes by path and method; every other method on a known path is answered 405 with Allow. */
import type { Hono } from 'hono';
import type { WebContext, WebEnv } from './connection.ts';
import { errorBody } from './error-body.ts';

/** The router's type. */
export type WebApp = Hono<WebEnv>;
/** What answers a request. */
export type Handler = (c: WebContext) => Response | Promise<Response>;

/** The methods of a path and what answers them. */
export type Methods = Readonly<Partial<Record<'GET' | 'POST' | 'PUT' | 'DELETE', Handler>>>;

/** Adds a path with its methods; HEAD is answered as GET without a body. */
export function route(app: WebApp, path: string, methods: Methods): void {
  for (const [method, handler] of Object.entries(methods)) app.on(method, path, handler);
  const allow = Object.keys(methods).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  app.all(path, (c) => notAllowed(c, [...allow, 'OPTIONS'].join(', ')));
}

function notAllowed(c: WebContext, Allow: string): Response {
  if (c.req.method === 'OPTIONS') return new Response(null, { status: 204, headers: { Allow } });
  const body = errorBody(405, 'This address does not know that method.', 'bad-request', c.req.raw);
  return new Response(JSON.stringify(body), { status: 405, headers: { Allow, 'Content-Type': 'application/json' } });
}
