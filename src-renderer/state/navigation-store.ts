/** Which screen of the window is on; each begins again where it was left. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';

/** The screens; `remote` asks another node and belongs to the devices. */
export type Screen = 'studies' | 'worklist' | 'devices' | 'remote' | 'activity';

/** State and actions of the navigation. */
export interface NavigationState {
  readonly screen: Screen;
  show(screen: Screen): void;
}

/** Makes the store of the navigation; a window begins with the studies. */
export const createNavigationStore = (): StoreApi<NavigationState> =>
  createStore<NavigationState>((set) => ({ screen: 'studies', show: (screen) => set({ screen }) }));
