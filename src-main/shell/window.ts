/** The one window: opened when asked for, at the place where it was left. */
import { app, BrowserWindow, screen } from 'electron';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { windowOrigin } from './protocol.ts';
import { fitToDisplays, readWindowState, writeWindowState } from './window-state.ts';

/** Milliseconds after which a page that has ended once may be loaded by itself again. */
const calmAfter = 60_000;

/** The main window as its keeper hands it out. */
export interface MainWindow {
  /** Opens the window, or brings it to the front. */
  readonly show: () => void;
  /** The window while it is open. */
  readonly current: () => BrowserWindow | undefined;
}

/** A keeper of the main window, not open yet; its place on the screen is kept in `stateFile`, its faults go to `log`. */
export function createMainWindow(stateFile: string, log: Log): MainWindow {
  let window: BrowserWindow | undefined;
  const open = () => {
    const opened = openWindow(stateFile);
    fillWindow(opened, log);
    opened.on('closed', () => (window = undefined));
    return opened;
  };
  const show = () => {
    window ??= open();
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  return { show, current: () => window };
}

function openWindow(stateFile: string): BrowserWindow {
  const state = readWindowState(stateFile);
  const areas = screen.getAllDisplays().map((display) => display.workArea);
  const window = new BrowserWindow({
    ...fitToDisplays(state.bounds, areas),
    minWidth: 900,
    minHeight: 600,
    backgroundColor: '#181d22',
    title: app.getName(),
    icon: join(app.getAppPath(), 'assets/icons/icon.png'),
    webPreferences: {
      preload: join(app.getAppPath(), 'out/shell/preload.cjs'),
      contextIsolation: true,
      nodeIntegration: false,
      sandbox: true,
      spellcheck: false,
    },
  });
  if (state.maximized) window.maximize();
  window.on('close', () =>
    writeWindowState(stateFile, { bounds: window.getNormalBounds(), maximized: window.isMaximized() }),
  );
  return window;
}

/** Loads the page, and once more when its process ends by itself; soon after that again, only a person does (View, Load again). */
function fillWindow(window: BrowserWindow, log: Log): void {
  const load = () =>
    window.loadURL(`${windowOrigin}/`).catch((error: unknown) => log('error', 'The window did not load.', error));
  let loadedAgain = -Infinity;
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const isFirst = performance.now() - loadedAgain > calmAfter;
    const what = isFirst ? 'it is loaded again' : 'it is not loaded again, since it has just been';
    log('error', `The window's page has ended (${reason}, exit code ${exitCode}); ${what}.`);
    if (!isFirst) return;
    loadedAgain = performance.now();
    void load();
  });
  void load();
}
