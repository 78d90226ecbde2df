/** Runs before the page, in a world of its own: puts `window.pacs = { call, on }` there and nothing more. */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import { callChannel, eventChannel } from './channels.ts';

contextBridge.exposeInMainWorld('pacs', {
  /** Answers `{ value }` or `{ error: { code, message } }`; the bridge keeps no class of an error that crosses it. */
  call: (name: string, input?: unknown): Promise<unknown> => ipcRenderer.invoke(callChannel, name, input),
  /** Listens to one event; the answer stops listening. */
  on: (name: string, listener: (event: unknown) => void): (() => void) => {
    const heard = (_event: IpcRendererEvent, told: string, value: unknown) => {
      if (told === name) listener(value);
    };
    ipcRenderer.on(eventChannel, heard);
    return () => void ipcRenderer.off(eventChannel, heard);
  },
});
