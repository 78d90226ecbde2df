/** The tray icon: says that scanners are heard while the window is closed, opens the window, quits. */
import { app, Menu, nativeImage, Tray } from 'electron';
import { join } from 'node:path';
import { fill, type Texts } from './texts.ts';

/** What the icon says on the DICOM door; no port where it is shut. */
export interface Reception {
  readonly AETitle: string;
  readonly port?: number | undefined;
}

// A tray icon that nobody holds is collected as garbage and vanishes from the screen.
let tray: Tray | undefined;

/** Shows the tray icon; `open` opens the window. */
export function showTray(texts: Texts, { AETitle, port }: Reception, open: () => void): void {
  const sentence = port === undefined ? texts.notReceiving : fill(texts.receiving, { AETitle, port });
  tray = new Tray(nativeImage.createFromPath(join(app.getAppPath(), 'assets/icons', trayIcon())));
  tray.setToolTip(sentence);
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: sentence, enabled: false },
      { type: 'separator' },
      { id: 'open', label: texts.open, click: open },
      { id: 'quit', label: texts.quit, click: () => app.quit() },
    ]),
  );
  tray.on('click', open);
}

/** Electron itself finds the @2x file beside it; macOS wants a black template that it tints. */
const trayIcon = () => (process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png');
