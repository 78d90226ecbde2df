/** The desktop application's table of contents: what happens from the start of the process to its end. */
import { app, dialog, session } from 'electron';
import { join } from 'node:path';
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
  const { settings, file, warnings } = await loadDesktopSettings(userData);
  const pacs = await openPacs({ settings, warnings, windowOrigins: [windowOrigin], log: consoleLog });
  quitCleanly(() => pacs.stop());

  guardPermissions(session.defaultSession);
  serveWindow(join(app.getAppPath(), 'out/window'), pacs.endpoint.url);
  const window = createMainWindow(join(userData, 'window-state.json'));
  answerCalls(pacs);
  tellEvents(pacs, window.current);
  setMenu(texts, { archive: settings.StorageDirectory, configuration: file });
  showTray(texts, { AETitle: settings.DicomAet, port: pacs.dicomPort }, window.show);
  app.on('second-instance', window.show);
  app.on('activate', window.show);
  window.show();
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
  dialog.showErrorBox(app.getName(), error instanceof Error ? error.message : String(error));
  app.exit(1);
}

registerWindowScheme();
app.enableSandbox();
guardContents();
// Scanners go on sending when the window is closed; the tray or the menu quits.
app.on('window-all-closed', () => undefined);
// Never awaited at the top level: an ES module that waits for `ready` keeps it from coming (electron#40719).
if (app.requestSingleInstanceLock()) app.whenReady().then(start).catch(fail);
else app.quit();
