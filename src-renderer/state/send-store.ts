/** What is about to be sent to another node, and where it went the last time. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { errorValue } from '#shared/errors.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { ResourceScope } from '#shared/model.ts';
import type { WindowBridge } from '../bridge/window-bridge.ts';

/** What is sent: some studies, or one series. */
export interface SendSubject {
  readonly kind: 'studies' | 'series';
  readonly scopes: readonly ResourceScope[];
}

/** What became of it: the job that sends, or why there is none. */
type Sent = { readonly jobId: string } | { readonly error: PacsErrorValue };

/** State and actions of sending. */
export interface SendState {
  /** Undefined while nothing is about to be sent. */
  readonly subject: SendSubject | undefined;
  /** The node chosen the last time; '' before that. */
  readonly node: string;
  /** Ask the node afterwards to confirm that it keeps the images (storage commitment). */
  readonly commit: boolean;
  open(subject: SendSubject): void;
  close(): void;
  choose(change: { readonly node?: string; readonly commit?: boolean }): void;
  /** Sends the subject to the chosen node; closes when the job is on its way. */
  send(): Promise<Sent>;
}

/** Makes the store of sending. */
export const createSendStore = (bridge: WindowBridge): StoreApi<SendState> =>
  createStore<SendState>((set, get) => ({
    subject: undefined,
    node: '',
    commit: false,
    open: (subject) => set({ subject }),
    close: () => set({ subject: undefined }),
    choose: (change) => set(change),
    send: async () => {
      const { subject, node, commit } = get();
      const scopes = [...(subject?.scopes ?? [])];
      try {
        const sent = await bridge.call('remote.send', { name: node, scopes, commit });
        set({ subject: undefined });
        return sent;
      } catch (error) {
        return { error: errorValue(error) };
      }
    },
  }));
