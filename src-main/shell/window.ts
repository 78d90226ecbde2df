/** The one window: opened when asked for, at the place where it was left. */
import { app, BrowserWindow, screen } from 'electron';
import { join } from 'node:path';
import { windowOrigin } from './protocol.ts';
import { fitToDisplays, readWindowState, writeWindowState } from './window-state.ts';

/** The main window as its keeper hands it out. */
export interface MainWindow {
  /** Opens the window, or brings it to the front. */
  readonly show: () => void;
  /** The window while it is open. */
  readonly current: () => BrowserWindow | undefined;
}

/** A keeper of the main window, not open yet; its place on the screen is kept in `stateFile`. */
export function createMainWindow(stateFile: string): MainWindow {
  let window: BrowserWindow | undefined;
  const open = () => {
    const opened = openWindow(stateFile);
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
  void window.loadURL(`${windowOrigin}/`);
  return window;
}
