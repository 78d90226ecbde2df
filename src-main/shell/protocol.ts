/** Serves the window's files as `app://bundle/`, with the content security policy, and nothing outside their folder. */
import { protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { contentSecurityPolicy } from '#shared/content-security-policy.ts';

const scheme = 'app';

/** The origin of the window's page. */
export const windowOrigin = `${scheme}://bundle`;

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** Makes the scheme a standard and secure one; must run before Electron is ready. */
export function registerWindowScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true };
  protocol.registerSchemesAsPrivileged([{ scheme, privileges }]);
}

/** Serves `folder`; besides it the page may reach `coreUrl` (origin of the core's private listener) and no other place. */
export function serveWindow(folder: string, coreUrl: string): void {
  const policy = contentSecurityPolicy(new URL(coreUrl).origin);
  const headers = { 'content-security-policy': policy, 'x-content-type-options': 'nosniff' };
  protocol.handle(scheme, async (request) => {
    const file = fileOf(request, folder);
    const type = file && contentTypes[extname(file)];
    const body = type && (await readFile(file).catch(() => undefined));
    if (!body) return new Response('Not found', { status: 404, headers });
    return new Response(new Uint8Array(body), { headers: { ...headers, 'content-type': type } });
  });
}

/** The file a request means, or undefined where it means none of ours. */
function fileOf(request: Request, folder: string): string | undefined {
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.host !== 'bundle') return undefined;
  try {
    const path = decodeURIComponent(url.pathname);
    const file = resolve(join(folder, path === '/' ? 'index.html' : path));
    return file.startsWith(resolve(folder) + sep) && !file.includes('\0') ? file : undefined;
  } catch {
    return undefined;
  }
}
