/** Electron's `ipcMain`: one handler a channel, answered to the page that invoked it. */
import { strict } from './strict.ts';

/** Who sent a message; only top frames have the preload's world. */
export interface Sender {
  readonly senderFrame: { readonly parent: null; readonly origin: string };
}

/** Answers an `ipcRenderer.invoke`. */
export type InvokeHandler = (event: Sender, ...values: unknown[]) => unknown;

const handlers = new Map<string, InvokeHandler>();

/** Electron's `ipcMain`; `_invokeHandlers` is its own private name, for tests that pose as another sender. */
export const ipcMain = strict(
  {
    _invokeHandlers: handlers,
    handle(channel: string, handler: InvokeHandler): void {
      if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
      handlers.set(channel, handler);
    },
  },
  'ipcMain',
);

/** A handler's answer or, as in Electron, an error whose text alone crosses over. */
export async function invoke(
  channel: string,
  event: Sender,
  values: unknown[],
): Promise<{ value?: unknown; error?: string }> {
  try {
    const handler = handlers.get(channel);
    if (!handler) throw new Error(`No handler registered for '${channel}'`);
    return { value: await handler(event, ...values) };
  } catch (error) {
    return { error: `Error invoking remote method '${channel}': ${String(error)}` };
  }
}
