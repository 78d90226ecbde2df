/** How the window reaches the core: over IPC inside the desktop app, over HTTP in a browser. */
import { openHttpBridge } from './http-bridge.ts';
import { openIpcBridge } from './ipc-bridge.ts';
import type { WindowPacs } from './ipc-bridge.ts';
import { takeToken } from './token.ts';
import type { WindowBridge } from './window-bridge.ts';

declare global {
  interface Window {
    /** Put there by the preload of the desktop app. */
    readonly pacs?: WindowPacs;
  }
}

/** Opens the bridge; undefined in a browser whose address carried no token, so that nothing can be asked. */
export async function openBridge(): Promise<WindowBridge | undefined> {
  if (window.pacs) return openIpcBridge(window.pacs);
  const token = takeToken(window);
  return token ? openHttpBridge(window.location.origin, token) : undefined;
}
