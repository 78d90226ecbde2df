/** Carries the contract over IPC: one channel for calls, one for events; who is not our window is turned away. */
import { type BrowserWindow, ipcMain, type IpcMainInvokeEvent } from 'electron';
import { errorValue, PacsError, type PacsErrorValue } from '#shared/errors.ts';
import { answerCall } from '../calls.ts';
import type { Pacs } from '../pacs.ts';
import { callChannel, eventChannel } from './channels.ts';
import { windowOrigin } from './protocol.ts';

/** What a call answers on the wire. */
type CallAnswer = { readonly value: unknown } | { readonly error: PacsErrorValue };

/** The call that is the shell's own: where the core's private listener is, `{ url, token }`. */
const endpointCall = 'shell.endpoint';

/** Answers the window's calls. */
export function answerCalls(pacs: Pick<Pacs, 'handlers' | 'endpoint'>): void {
  ipcMain.handle(callChannel, async (event, name: unknown, input: unknown): Promise<CallAnswer> => {
    try {
      checkSender(event);
      return { value: name === endpointCall ? { ...pacs.endpoint } : await answerCall(pacs.handlers, name, input) };
    } catch (error) {
      return { error: errorValue(error) };
    }
  });
}

/** Tells the window what the core tells, while there is a window. */
export function tellEvents(pacs: Pick<Pacs, 'events'>, window: () => BrowserWindow | undefined): void {
  pacs.events.onAny((name, event) => window()?.webContents.send(eventChannel, name, event));
}

/** Our own page in the top frame and nobody else; a frame that has gone meanwhile is nobody. */
function checkSender({ senderFrame }: IpcMainInvokeEvent): void {
  if (senderFrame?.parent !== null || senderFrame.origin !== windowOrigin)
    throw new PacsError('forbidden', 'This page may not talk to the archive.');
}
