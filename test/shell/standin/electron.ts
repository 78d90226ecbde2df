/** The `electron` module of the stand-in: what the application uses of it, over real Node and real Chromium; tests only. */
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { ipcMain } from './ipc.ts';
import { dialog, Menu, nativeImage, screen, shell, Tray } from './native.ts';
import { protocol } from './scheme.ts';
import { session } from './session.ts';

export { app, BrowserWindow, dialog, ipcMain, Menu, nativeImage, protocol, screen, session, shell, Tray };
