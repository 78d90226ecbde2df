/** Starts Chromium and then the application's `ready`. */
import { app } from './app.ts';
import { fault } from './audit.ts';
import { openChromium } from './chromium.ts';

/** Starts the browser; `ready` comes after the entry has been evaluated, as in Electron. */
export async function startElectron(entry: Promise<unknown>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
  await entry;
  if (app.quitting) return;
  app.ending.end = await openChromium(app.getPath('userData'), () => app.quitting || void app.exit(1));
  if (!app.sandboxed) fault('app.enableSandbox() was not called');
  app.becomeReady();
}
