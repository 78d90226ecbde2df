/** Short notices at the edge of the window: what was done or could not be, and where to look. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { PacsErrorValue } from '#shared/errors.ts';

/** One notice, in the window's language. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  /** Why it could not be done; such a notice stays until it is put away. */
  readonly error?: PacsErrorValue | undefined;
  /** Where to look. */
  readonly link?: { readonly text: string; go(): void } | undefined;
}

/** State and actions of the notices. */
export interface NoticesState {
  readonly notices: readonly Notice[];
  add(notice: Omit<Notice, 'id'>): void;
  dismiss(id: number): void;
}

/** Shown at once; older ones give way. */
const maximum = 4;
/** Milliseconds a notice of something done stays. */
const staysFor = 8000;

/** Makes the store of the notices. */
export const createNoticesStore = (): StoreApi<NoticesState> =>
  createStore<NoticesState>((set, get) => {
    let last = 0;
    return {
      notices: [],
      add: (notice) => {
        const id = ++last;
        set({ notices: [...get().notices, { ...notice, id }].slice(-maximum) });
        if (!notice.error) setTimeout(() => get().dismiss(id), staysFor);
      },
      dismiss: (id) => set({ notices: get().notices.filter((notice) => notice.id !== id) }),
    };
  });
