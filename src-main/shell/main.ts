/** The desktop application's table of contents: what happens from the start of the process to its end. */
import { app, dialog, session } from 'electron';
import { join, resolve } from 'node:path';
import { readArguments, usage } from '../arguments.ts';
import { consoleLog } from '../log.ts';
import { openPacs } from '../pacs.ts';
import { loadDesktopSettings } from './desktop-settings.ts';
import { guardContents, guardPermissions } from './guards.ts';
import { answerCalls, tellEvents } from './ipc.ts';
import { createMainWindow } from './window.ts';
import { registerWindowScheme, serveWindow, windowOrigin } from './protocol.ts';
import { setMenu } from './menu.ts';
import { showTray } from './tray.ts';
import { textsFor } from './texts.ts';

async function start(): Promise<void> {
  const texts = textsFor(app.getPreferredSystemLanguages());
  const userData = app.getPath('userData');
  const { help, unknown, ...told } = readArguments(ownArguments());
  if (help) {
    console.log(`Usage: chairside ${usage}`);
    return app.exit(0);
  }
  // Chromium's own switches stand on the same command line, so an option that is not ours is no error here.
  for (const option of unknown) consoleLog('warn', `The option ${option} is not one of Chairside's.`);
  const { settings, file, warnings } = await loadDesktopSettings(userData, told);
  const pacs = await openPacs({ settings, warnings, windowOrigins: [windowOrigin], log: consoleLog });
  quitCleanly(() => pacs.stop());

  guardPermissions(session.defaultSession);
  serveWindow(join(app.getAppPath(), 'out/window'), pacs.endpoint.url);
  const window = createMainWindow(join(userData, 'window-state.json'), consoleLog);
  answerCalls(pacs);
  tellEvents(pacs, window.current);
  setMenu(texts, { archive: settings.StorageDirectory, configuration: file });
  showTray(texts, { AETitle: settings.DicomAet, port: pacs.dicomPort }, window.show);
  app.on('second-instance', window.show);
  app.on('activate', window.show);
  window.show();
}

/** What follows the program on the command line; unpacked, Electron is the program and its switches and ours stand about our folder. */
function ownArguments(): string[] {
  const folder = process.argv.findIndex((argument, at) => at > 0 && resolve(argument) === app.getAppPath());
  return process.argv.slice(Math.max(folder, 0) + 1);
}

/** Ends the core before the process: what is being received is finished or refused, never cut off. */
function quitCleanly(stop: () => Promise<void>): void {
  let stopped = false;
  app.on('will-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    void stop()
      .catch((error: unknown) => consoleLog('error', 'The archive did not close as it should.', error))
      .finally(() => {
        stopped = true;
        app.quit();
      });
  });
}

function fail(error: unknown): void {
  const { cannotStart } = textsFor(app.getPreferredSystemLanguages());
  dialog.showErrorBox(cannotStart, error instanceof Error ? error.message : String(error));
  app.exit(1);
}

registerWindowScheme();
app.enableSandbox();
guardContents();
// Scanners go on sending when the window is closed; the tray or the menu quits.
app.on('window-all-closed', () => undefined);
// Never awaited at the top level: an ES module that waits for `ready` keeps it from coming (electron#40719).
if (app.requestSingleInstanceLock()) app.whenReady().then(start).catch(fail);
else {
  consoleLog('info', 'Chairside is running already; its window is shown.');
  app.quit();
}
