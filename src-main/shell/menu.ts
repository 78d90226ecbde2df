/** The application menu, in the user's language. */
import { app, Menu, type MenuItemConstructorOptions, shell } from 'electron';
import type { Texts } from './texts.ts';

/** Paths that the menu opens in the system's own programs. */
export interface MenuPaths {
  readonly archive: string;
  readonly configuration: string;
}

/** Makes and sets the application menu. */
export function setMenu(texts: Texts, paths: MenuPaths): void {
  const template = [fileMenu(texts, paths), editMenu(texts), viewMenu(texts), helpMenu(texts)];
  const mac: MenuItemConstructorOptions[] = process.platform === 'darwin' ? [{ role: 'appMenu' }] : [];
  Menu.setApplicationMenu(Menu.buildFromTemplate([...mac, ...template]));
}

const separator: MenuItemConstructorOptions = { type: 'separator' };

const fileMenu = (texts: Texts, paths: MenuPaths): MenuItemConstructorOptions => ({
  label: texts.file,
  submenu: [
    { id: 'open-archive', label: texts.openArchive, click: () => void shell.openPath(paths.archive) },
    { id: 'open-configuration', label: texts.openConfiguration, click: () => void shell.openPath(paths.configuration) },
    separator,
    { label: texts.closeWindow, role: 'close' },
    { id: 'quit', label: texts.quit, accelerator: 'CommandOrControl+Q', click: () => app.quit() },
  ],
});

const editMenu = (texts: Texts): MenuItemConstructorOptions => ({
  label: texts.edit,
  submenu: [
    { label: texts.undo, role: 'undo' },
    { label: texts.redo, role: 'redo' },
    separator,
    { label: texts.cut, role: 'cut' },
    { label: texts.copy, role: 'copy' },
    { label: texts.paste, role: 'paste' },
    { label: texts.selectAll, role: 'selectAll' },
  ],
});

const viewMenu = (texts: Texts): MenuItemConstructorOptions => ({
  label: texts.view,
  submenu: [
    { label: texts.reload, role: 'reload' },
    separator,
    { label: texts.zoomIn, role: 'zoomIn' },
    { label: texts.zoomOut, role: 'zoomOut' },
    { label: texts.resetZoom, role: 'resetZoom' },
    separator,
    { label: texts.fullScreen, role: 'togglefullscreen' },
    { label: texts.developerTools, role: 'toggleDevTools' },
  ],
});

const helpMenu = (texts: Texts): MenuItemConstructorOptions => ({
  label: texts.help,
  submenu: [{ label: texts.about, role: 'about' }],
});
