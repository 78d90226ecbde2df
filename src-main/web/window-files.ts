/** The built window as static files, with the headers that keep it to itself. */
import { realpath, stat } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import { contentSecurityPolicy } from '#shared/content-security-policy.ts';
import { PacsError } from '#shared/errors.ts';
import { fileChunks, streamed } from './body.ts';
import { entityTag, notModified } from './caching.ts';
import type { WebContext } from './connection.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

const notFound = () => new PacsError('not-found', 'There is nothing at this address.');

/** The file of a URL's path inside the folder, links resolved; throws `not-found` for anything else. */
async function locate(folder: string, pathname: string) {
  let name: string;
  try {
    name = decodeURIComponent(pathname);
  } catch {
    throw notFound();
  }
  if (/[\0\\]/.test(name)) throw notFound();
  const root = await realpath(folder);
  const path = await realpath(resolve(root, `.${name === '/' ? '/index.html' : name}`)).catch(() => undefined);
  if (path === undefined || !path.startsWith(root + sep)) throw notFound();
  const info = await stat(path);
  if (!info.isFile()) throw notFound();
  return { path, size: info.size, changed: info.mtimeMs };
}

// Vite puts a hash into the names of what it bundles: such a name never changes its content.
const isHashed = (pathname: string) => /^\/assets\/.*-[\w-]{8,}\.\w+$/.test(pathname);

/** Answers a file of the window, the page itself at `/`. */
export async function answerWindowFile(c: WebContext, folder: string): Promise<Response> {
  const { pathname } = new URL(c.req.url);
  const { path, size, changed } = await locate(folder, pathname);
  const tag = entityTag(path, size, changed);
  const type = contentTypes[extname(path).toLowerCase()] ?? 'application/octet-stream';
  const headers = {
    ETag: tag,
    'Content-Type': type,
    'Content-Length': String(size),
    'Cache-Control': isHashed(pathname) ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(type.startsWith('text/html') ? { 'Content-Security-Policy': contentSecurityPolicy() } : {}),
  };
  return notModified(c.req.raw, tag) ?? new Response(streamed(fileChunks(path, size)), { headers });
}
