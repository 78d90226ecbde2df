/** Electron's `webContents`: one page of Chromium with the preload's isolated world and its messages. */
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { CDPSession, Page, Request } from 'playwright-core';
import { findings, fault } from './audit.ts';
import { browserContext } from './chromium.ts';
import { decode, encode } from './codec.ts';
import { invoke } from './ipc.ts';
import { pageSource, preloadSource, worldName } from './page-preload.ts';
import { fromChromium, toChromium } from './scheme.ts';
import { preventable } from './strict.ts';

type WindowOpenHandler = (details: { readonly url: string }) => { readonly action: 'allow' | 'deny' };

/** One page; `opened` resolves when it is there. */
export class WebContents extends EventEmitter {
  readonly opened: Promise<Page>;
  readonly #worlds = new Set<number>();
  #page: Page | undefined;
  #session: CDPSession | undefined;
  #loading = false;
  #openHandler: WindowOpenHandler | undefined;

  constructor(preload: string | undefined) {
    super();
    this.opened = this.#open(preload);
  }

  /** The page, once there. */
  get page(): Page | undefined {
    return this.#page;
  }

  getURL = (): string => fromChromium(this.#page?.url() ?? '');
  setWindowOpenHandler = (handler: WindowOpenHandler): void => void (this.#openHandler = handler);

  async loadURL(url: string): Promise<void> {
    const page = await this.opened;
    this.#loading = true;
    try {
      await page.goto(toChromium(url), { waitUntil: 'load' });
    } finally {
      this.#loading = false;
    }
  }

  /** Sends to every world that has the preload; what structured clone refuses throws here, as in Electron. */
  send(channel: string, ...values: unknown[]): void {
    const text = encode({ channel, values });
    for (const world of this.#worlds) void this.#deliver(world, text);
  }

  /** Whether the page may navigate itself there. Loading by the main process is not asked about, as in Electron. */
  mayNavigate(request: Request): boolean {
    if (this.#loading) return true;
    const isMainFrame = request.frame() === this.#page?.mainFrame();
    const event = preventable({ url: fromChromium(request.url()), isMainFrame });
    if (!this.listenerCount('will-navigate') && !this.listenerCount('will-frame-navigate'))
      fault('no guard against navigation');
    if (isMainFrame) this.emit('will-navigate', event, event.url);
    this.emit('will-frame-navigate', event);
    return !event.defaultPrevented;
  }

  async #open(preload: string | undefined): Promise<Page> {
    const page = await browserContext().newPage();
    const session = await browserContext().newCDPSession(page);
    [this.#page, this.#session] = [page, session];
    this.#watchWorlds(session);
    this.#refuseWindows(page, session);
    await session.send('Page.enable');
    await session.send('Runtime.enable');
    await session.send('Runtime.addBinding', { name: 'standinSend', executionContextName: worldName });
    const secret = randomUUID();
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: pageSource(secret) });
    const code = preload && this.#readPreload(preload);
    if (code)
      await session.send('Page.addScriptToEvaluateOnNewDocument', { source: preloadSource(secret, code), worldName });
    page.on('close', () => this.emit('destroyed'));
    return page;
  }

  #watchWorlds(session: CDPSession): void {
    session.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name === worldName) this.#worlds.add(context.id);
    });
    session.on('Runtime.executionContextDestroyed', (event) => this.#worlds.delete(event.executionContextId));
    session.on('Runtime.executionContextsCleared', () => this.#worlds.clear());
    session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === 'standinSend') void this.#answer(executionContextId, payload);
    });
  }

  #refuseWindows(page: Page, session: CDPSession): void {
    page.on('popup', (popup) => void popup.close().catch(() => undefined));
    session.on('Page.windowOpen', ({ url }) => {
      if (!this.#openHandler) fault('no handler of window.open');
      const answer = this.#openHandler?.({ url: fromChromium(url) });
      if (answer?.action !== 'deny') fault(`a new window was allowed: ${url}`);
    });
  }

  /** The preload's code; undefined, with the error Electron shows, where a sandboxed preload cannot be it. */
  #readPreload(file: string): string | undefined {
    try {
      const code = readFileSync(file, 'utf8');
      // Compiled only: a sandboxed preload is a CommonJS script.
      void new Function('require', 'module', 'exports', code);
      return code;
    } catch (error) {
      console.error(`Unable to load preload script: ${file}`, error);
      findings.audit.push(`the preload does not load: ${String(error)}`);
      return undefined;
    }
  }

  async #answer(world: number, payload: string): Promise<void> {
    const { id, channel, values } = decode(payload) as { id: number; channel: string; values: unknown[] };
    const origin = this.getURL().replace(/^(\w+:\/\/[^/]*).*/, '$1');
    const answer = await invoke(channel, { senderFrame: { parent: null, origin } }, values);
    await this.#deliver(world, encode({ id, ...answer }));
  }

  async #deliver(world: number, text: string): Promise<void> {
    const functionDeclaration = '(text) => standinReceive(text)';
    await this.#session
      ?.send('Runtime.callFunctionOn', { functionDeclaration, executionContextId: world, arguments: [{ value: text }] })
      .catch(() => undefined);
  }
}
