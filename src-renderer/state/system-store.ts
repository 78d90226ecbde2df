/** How the core is doing: what to type into a scanner, totals, what was refused, and the line to it. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { errorValue } from '#shared/errors.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { Refusal, Statistics, SystemInfo } from '#shared/model.ts';
import type { Connection, WindowBridge } from '../bridge/window-bridge.ts';
import { throttled } from './throttled.ts';

/** State and actions of the system. */
export interface SystemState {
  readonly info: SystemInfo | undefined;
  readonly statistics: Statistics | undefined;
  readonly connection: Connection;
  readonly error: PacsErrorValue | undefined;
  /** The latest refusals, newest first; undefined until asked for. */
  readonly refusals: readonly Refusal[] | undefined;
  /** Refusals since the list of them was last looked at in this window. */
  readonly unseenRefusals: number;
  /** Sample studies on their way in. */
  readonly samples: { readonly done: number; readonly total: number } | undefined;
  /** Why the samples did not all come in; it stays until they are asked for again or a person puts it away. */
  readonly samplesError: PacsErrorValue | undefined;
  refresh(): void;
  loadRefusals(): Promise<void>;
  addSamples(): Promise<void>;
  dismissSamplesError(): void;
}

/** Refusals asked for at once. */
const refusalLimit = 200;

/** Makes the store of the system and fills it. */
export function createSystemStore(bridge: WindowBridge): StoreApi<SystemState> {
  const store = createStore<SystemState>((set) => {
    const load = () =>
      Promise.all([bridge.call('system.info'), bridge.call('system.statistics')]).then(
        ([info, statistics]) => set({ info, statistics, error: undefined }),
        (error: unknown) => set({ error: errorValue(error) }),
      );
    return {
      info: undefined,
      statistics: undefined,
      connection: 'connected',
      error: undefined,
      refusals: undefined,
      unseenRefusals: 0,
      samples: undefined,
      samplesError: undefined,
      refresh: throttled(1000, load),
      loadRefusals: () =>
        bridge.call('refusals.list', { limit: refusalLimit }).then(
          (refusals) => set({ refusals, unseenRefusals: 0, error: undefined }),
          (error: unknown) => set({ error: errorValue(error) }),
        ),
      addSamples: async () => {
        set({ samples: { done: 0, total: 0 }, samplesError: undefined });
        const samplesError = await bridge.call('samples.add').then(() => undefined, errorValue);
        set({ samples: undefined, samplesError });
      },
      dismissSamplesError: () => set({ samplesError: undefined }),
    };
  });
  listen(bridge, store);
  store.getState().refresh();
  return store;
}

function listen(bridge: WindowBridge, { getState, setState }: StoreApi<SystemState>): void {
  bridge.on('instance.stored', () => getState().refresh());
  bridge.on('instance.refused', () => {
    setState({ unseenRefusals: getState().unseenRefusals + 1 });
    getState().refresh();
  });
  bridge.on('samples.progress', (samples) => {
    if (getState().samples) setState({ samples });
  });
  bridge.onConnection((connection) => {
    setState({ connection });
    if (connection === 'connected') getState().refresh();
  });
}

/** The addresses to type into a scanner: IPv4 where there is one, since many a scanner takes nothing else. */
export function scannerAddresses({ addresses }: SystemInfo): readonly string[] {
  const plain = addresses.filter((address) => !address.includes(':'));
  return plain.length > 0 ? plain : addresses;
}
