/** The one Chromium that stands for Electron's: every request of its pages comes through here. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Request, type Route } from 'playwright-core';
import { findings } from './audit.ts';
import { passToLoopback } from './loopback.ts';
import { answerScheme, fromChromium } from './scheme.ts';

/** Asked before a navigation of a page; false refuses it. */
export type NavigationGuard = (request: Request) => boolean;

let context: BrowserContext | undefined;
let mayNavigate: NavigationGuard = () => false;

/** The browser's context, once open. */
export function browserContext(): BrowserContext {
  if (!context) throw new Error('Cannot create BrowserWindow before app is ready');
  return context;
}

/** Says who decides on navigations. */
export const guardNavigation = (guard: NavigationGuard): void => void (mayNavigate = guard);

/** Opens Chromium with its profile in the data folder; the answer closes it. Playwright waits for the line on stderr. */
export async function openChromium(userData: string, closed: () => void): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    const toCore = request.headers.host?.startsWith('127.0.0.1:');
    // An image is asked for without an Origin; the application has one page, so the request is that page's.
    if (toCore) passToLoopback(request, response, fromChromium(context?.pages()[0]?.url() ?? ''));
    else answerScheme(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const profile = join(userData, 'standin-chromium');
  context = await launch(profile, port);
  context.on('close', closed);
  await context.route(() => true, decide);
  // The profile's first page belongs to nobody; Electron shows no page before the first BrowserWindow.
  await Promise.all(context.pages().map((page) => page.close()));
  const [devTools, path] = readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n');
  console.error(`DevTools listening on ws://127.0.0.1:${devTools}${path}`);
  const opened = context;
  return () => opened.close().catch(() => undefined);
}

const launch = (profile: string, port: number) =>
  chromium.launchPersistentContext(profile, {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    viewport: null,
    handleSIGINT: false,
    handleSIGTERM: false,
    args: [
      '--no-sandbox',
      '--remote-debugging-port=0',
      // Names of the custom scheme and the loopback both lead to the stand-in's own server, which tells them apart by Host.
      `--host-resolver-rules=MAP *.localhost 127.0.0.1:${port},MAP 127.0.0.1 127.0.0.1:${port}`,
    ],
  });

async function decide(route: Route): Promise<void> {
  const request = route.request();
  const { hostname } = new URL(request.url());
  try {
    if (request.isNavigationRequest() && !mayNavigate(request)) return await route.abort('aborted');
    if (hostname === '127.0.0.1' || hostname.endsWith('.localhost')) return await route.continue();
    findings.blocked.push(request.url());
    await route.abort('internetdisconnected');
  } catch {
    // The page went away meanwhile.
  }
}
