/** The devices we know, those that were refused, and the tests of their connections. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Input } from '#shared/contract.ts';
import { errorValue } from '#shared/errors.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { Device, UnknownCaller } from '#shared/model.ts';
import type { WindowBridge } from '../bridge/window-bridge.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome.ts';
import { throttled } from './throttled.ts';

/** A test of a connection with C-ECHO (PS3.4 A). */
export type EchoTest =
  | { readonly kind: 'running' }
  | { readonly kind: 'answered'; readonly milliseconds: number }
  | { readonly kind: 'failed'; readonly error: PacsErrorValue };

/** State and actions of the devices. */
export interface DevicesState {
  /** Undefined until they came; in the order of their names. */
  readonly devices: readonly Device[] | undefined;
  /** Latest first. */
  readonly unknown: readonly UnknownCaller[];
  readonly error: PacsErrorValue | undefined;
  /** The last test of each device since the window was opened, by name. */
  readonly tests: ReadonlyMap<string, EchoTest>;
  /** Name of the device whose details are shown. */
  readonly chosen: string | undefined;
  refresh(): void;
  choose(name: string | undefined): void;
  save(device: Input<'devices.save'>): Promise<Outcome>;
  remove(name: string): Promise<Outcome>;
  dismiss(caller: Pick<UnknownCaller, 'callingAET' | 'remoteAddress'>): Promise<Outcome>;
  /** Tests a saved device; the outcome is in `tests`. */
  test(name: string): Promise<void>;
  /** Tests a device that is not saved yet. */
  tryOut(modality: Input<'devices.save'>['modality']): Promise<EchoTest>;
}

type Asked = Input<'devices.echo'>;

const without = (tests: ReadonlyMap<string, EchoTest>, name: string) =>
  new Map([...tests].filter(([tested]) => tested !== name));

/** Makes the store of the devices and fills it. */
export function createDevicesStore(bridge: WindowBridge): StoreApi<DevicesState> {
  const echo = (asked: Asked): Promise<EchoTest> =>
    bridge.call('devices.echo', asked).then(
      ({ milliseconds }) => ({ kind: 'answered', milliseconds }),
      (error: unknown) => ({ kind: 'failed', error: errorValue(error) }),
    );
  const store = createStore<DevicesState>((set, get) => {
    const load = () =>
      bridge.call('devices.list').then(
        ({ devices, unknown }) =>
          set({
            devices: devices.toSorted((a, b) => a.name.localeCompare(b.name)),
            unknown: unknown.toSorted((a, b) => b.lastAt.localeCompare(a.lastAt)),
            error: undefined,
          }),
        (error: unknown) => set({ error: errorValue(error) }),
      );
    const note = (name: string, test: EchoTest) => set({ tests: new Map([...get().tests, [name, test]]) });
    /** Does it, then asks for the list, so that it is never older than the answer. */
    const act = async (call: Promise<unknown>): Promise<Outcome> => {
      const outcome = await outcomeOf(call);
      if (!outcome) await load();
      return outcome;
    };
    return {
      devices: undefined,
      unknown: [],
      error: undefined,
      tests: new Map(),
      chosen: undefined,
      refresh: throttled(500, load),
      choose: (chosen) => set({ chosen }),
      save: async (device) => {
        const outcome = await act(bridge.call('devices.save', device));
        // What was tested is not what stands there now.
        if (!outcome) set({ chosen: device.name, tests: without(get().tests, device.formerName ?? device.name) });
        return outcome;
      },
      remove: (name) => act(bridge.call('devices.remove', { name })),
      dismiss: ({ callingAET, remoteAddress }) => act(bridge.call('devices.dismiss', { callingAET, remoteAddress })),
      test: async (name) => {
        note(name, { kind: 'running' });
        note(name, await echo({ name }));
      },
      tryOut: (modality) => echo({ modality }),
    };
  });
  bridge.on('devices.changed', () => store.getState().refresh());
  bridge.onConnection((connection) => {
    if (connection === 'connected') store.getState().refresh();
  });
  store.getState().refresh();
  return store;
}
