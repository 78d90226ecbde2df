/** The series of the chosen study. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Outputs } from '#shared/contract.ts';
import { errorValue } from '#shared/errors.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { WindowBridge } from '../bridge/window-bridge.ts';
import { throttled } from './throttled.ts';

/** One series with the instance that stands for it. */
export type SeriesRow = Outputs['series.list'][number];

/** State and actions of the preview. */
export interface SeriesState {
  readonly StudyInstanceUID: string | undefined;
  /** Undefined until they came. */
  readonly series: readonly SeriesRow[] | undefined;
  readonly error: PacsErrorValue | undefined;
  /** Shows the series of a study, or none. */
  show(StudyInstanceUID: string | undefined): void;
  refresh(): void;
}

/** Makes the store of the chosen study's series. */
export function createSeriesStore(bridge: WindowBridge): StoreApi<SeriesState> {
  const store = createStore<SeriesState>((set, get) => {
    const load = async () => {
      const { StudyInstanceUID } = get();
      if (StudyInstanceUID === undefined) return;
      const outcome = await bridge.call('series.list', { StudyInstanceUID }).then(
        (series) => ({ series, error: undefined }),
        (error: unknown) => ({ error: errorValue(error) }),
      );
      if (get().StudyInstanceUID === StudyInstanceUID) set(outcome);
    };
    return {
      StudyInstanceUID: undefined,
      series: undefined,
      error: undefined,
      show: (StudyInstanceUID) => {
        if (StudyInstanceUID === get().StudyInstanceUID) return;
        set({ StudyInstanceUID, series: undefined, error: undefined });
        void load();
      },
      refresh: throttled(500, load),
    };
  });
  bridge.on('instance.stored', ({ StudyInstanceUID }) => {
    if (StudyInstanceUID === store.getState().StudyInstanceUID) store.getState().refresh();
  });
  bridge.onConnection((connection) => {
    if (connection === 'connected') store.getState().refresh();
  });
  return store;
}
