/** Runs a preload script in a real isolated world of Chromium, with the `require('electron')` of a sandboxed one. */
import { makeCodec } from './codec.ts';
import { openPageBridge } from './page-bridge.ts';

/** Name of the isolated world. */
export const worldName = 'Electron Isolated Context';

type Listener = (event: object, ...values: unknown[]) => void;
interface PreloadWorld {
  standinSend(text: string): void;
  standinReceive?(text: string): void;
}

/** Source text: called in the isolated world with the preload's code wrapped in `run`. */
function runPreload(
  codec: ReturnType<typeof makeCodec>,
  bridge: ReturnType<typeof openPageBridge>,
  run: (require: (id: string) => unknown, module: object, exports: object) => void,
): void {
  const world = globalThis as unknown as PreloadWorld;
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  const listeners = new Map<string, Set<Listener>>();
  let count = 0;
  world.standinReceive = (text) => {
    const message = codec.decode(text) as {
      id?: number;
      value?: unknown;
      error?: string;
      channel?: string;
      values?: [];
    };
    if (message.channel !== undefined) {
      for (const listener of listeners.get(message.channel) ?? []) listener({}, ...(message.values ?? []));
      return;
    }
    const call = pending.get(message.id ?? 0);
    pending.delete(message.id ?? 0);
    if (message.error === undefined) call?.resolve(message.value);
    else call?.reject(new Error(message.error));
  };
  const ipcRenderer = {
    invoke(channel: string, ...values: unknown[]): Promise<unknown> {
      const call = Promise.withResolvers<unknown>();
      const id = ++count;
      world.standinSend(codec.encode({ id, channel, values }));
      pending.set(id, call);
      return call.promise;
    },
    on: (channel: string, listener: Listener) => {
      const heard = listeners.get(channel) ?? new Set();
      listeners.set(channel, heard.add(listener));
    },
    off: (channel: string, listener: Listener) => listeners.get(channel)?.delete(listener),
  };
  const contextBridge = { exposeInMainWorld: bridge.expose };
  const require = (id: string) => {
    if (id === 'electron') return { ipcRenderer, contextBridge };
    throw new Error(`module not found: ${id}`);
  };
  const module = { exports: {} };
  run(require, module, module.exports);
}

const onlyInTopFrame = (source: string) => `if (window.top === window) (() => { ${source} })()`;

/** The script that opens the bridge's end in the page's own world. */
export const pageSource = (secret: string): string =>
  onlyInTopFrame(`(${openPageBridge})('page', ${JSON.stringify(secret)})`);

/** The script that runs the preload in the isolated world. */
export const preloadSource = (secret: string, code: string): string =>
  onlyInTopFrame(
    `(${runPreload})((${makeCodec})(), (${openPageBridge})('preload', ${JSON.stringify(secret)}),
      function (require, module, exports) { ${code}\n })`,
  );
