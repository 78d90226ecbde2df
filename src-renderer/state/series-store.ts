/** The series of the chosen study. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Outputs } from '#shared/contract.ts';
import { errorValue } from '#shared/errors.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { WindowBridge } from '../bridge/window-bridge.ts';
import { isSameStudy } from './study-id.ts';
import type { StudyId } from './study-id.ts';
import { throttled } from './throttled.ts';

/** One series with the instance that stands for it. */
export type SeriesRow = Outputs['series.list'][number];

/** State and actions of the preview. */
export interface SeriesState {
  readonly study: StudyId | undefined;
  /** Undefined until they came. */
  readonly series: readonly SeriesRow[] | undefined;
  readonly error: PacsErrorValue | undefined;
  /** Shows the series of a study, or none. */
  show(study: StudyId | undefined): void;
  refresh(): void;
}

/** Makes the store of the chosen study's series. */
export function createSeriesStore(bridge: WindowBridge): StoreApi<SeriesState> {
  const store = createStore<SeriesState>((set, get) => {
    const load = async () => {
      const { study } = get();
      if (study === undefined) return;
      const outcome = await bridge.call('series.list', study).then(
        (series) => ({ series, error: undefined }),
        (error: unknown) => ({ error: errorValue(error) }),
      );
      if (isSameStudy(get().study, study)) set(outcome);
    };
    return {
      study: undefined,
      series: undefined,
      error: undefined,
      show: (study) => {
        if (isSameStudy(study, get().study)) return;
        set({ study, series: undefined, error: undefined });
        void load();
      },
      refresh: throttled(500, load),
    };
  });
  bridge.on('instance.stored', ({ PatientID, StudyInstanceUID }) => {
    if (isSameStudy({ PatientID, StudyInstanceUID }, store.getState().study)) store.getState().refresh();
  });
  bridge.onConnection((connection) => {
    if (connection === 'connected') store.getState().refresh();
  });
  return store;
}
