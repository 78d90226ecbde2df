/** The study that is open in the viewer: its series, the chosen one, and where their pixels are. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { errorValue } from '#shared/errors.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { SeriesView } from '#shared/model.ts';
import type { WindowBridge } from '../bridge/window-bridge.ts';
import type { SeriesRow } from './series-store.ts';
import { throttled } from './throttled.ts';

/** State and actions of the viewer. */
export interface ViewerState {
  readonly StudyInstanceUID: string;
  /** Undefined until they came. */
  readonly series: readonly SeriesRow[] | undefined;
  readonly SeriesInstanceUID: string | undefined;
  /** What is needed to show the chosen series; undefined while it is on its way. */
  readonly view: SeriesView | undefined;
  readonly error: PacsErrorValue | undefined;
  /** Asks for the series and shows the first that has images; the answer stops listening. */
  open(): () => void;
  choose(SeriesInstanceUID: string): void;
  /** Goes so many series on (or back); stays at the ends. */
  move(by: number): void;
  /** Asks for the chosen series anew. */
  retry(): void;
  thumbnailUrl(SeriesInstanceUID: string): string;
  /** The body of the chosen series, frame `first` first. */
  pixelsUrl(first: number): string;
}

/** Modalities whose series hold no images. PS3.3 C.7.3.1.1.1 */
const withoutImages = new Set(['SR', 'KO', 'PR', 'AU', 'DOC', 'PLAN', 'REG', 'RTPLAN', 'RTSTRUCT', 'FID', 'M3D', 'HD']);

/** Makes the store of one open study. */
export function createViewerStore(bridge: WindowBridge, StudyInstanceUID: string): StoreApi<ViewerState> {
  return createStore<ViewerState>((set, get) => {
    const load = async () => {
      const { SeriesInstanceUID } = get();
      if (SeriesInstanceUID === undefined) return;
      set({ view: undefined, error: undefined });
      const outcome = await bridge.call('series.view', { StudyInstanceUID, SeriesInstanceUID }).then(
        (view) => ({ view }),
        (error: unknown) => ({ error: errorValue(error) }),
      );
      if (get().SeriesInstanceUID === SeriesInstanceUID) set(outcome);
    };

    const list = async () => {
      const outcome = await bridge.call('series.list', { StudyInstanceUID }).then(
        (series) => ({ series }),
        (error: unknown) => ({ error: errorValue(error) }),
      );
      // A list that is there already is not thrown away because it could not be renewed.
      if ('series' in outcome || get().series === undefined) set(outcome);
      const first = firstWithImages(get().series ?? []);
      if (get().SeriesInstanceUID === undefined && first) get().choose(first);
    };

    return {
      StudyInstanceUID,
      series: undefined,
      SeriesInstanceUID: undefined,
      view: undefined,
      error: undefined,
      open: () => {
        void list();
        const refresh = throttled(500, list);
        return bridge.on('instance.stored', (stored) => {
          if (stored.StudyInstanceUID === StudyInstanceUID) refresh();
        });
      },
      choose: (SeriesInstanceUID) => {
        set({ SeriesInstanceUID });
        void load();
      },
      move: (by) => {
        const { series = [], SeriesInstanceUID } = get();
        const next = series[series.findIndex((row) => row.SeriesInstanceUID === SeriesInstanceUID) + by];
        if (next?.SeriesInstanceUID) get().choose(next.SeriesInstanceUID);
      },
      retry: () => void (get().series === undefined ? list() : load()),
      thumbnailUrl: (SeriesInstanceUID) =>
        bridge.url(`/window/thumbnail/${StudyInstanceUID}/${SeriesInstanceUID}?size=128`),
      pixelsUrl: (first) => bridge.url(`/window/pixels/${StudyInstanceUID}/${get().SeriesInstanceUID}?first=${first}`),
    };
  });
}

const firstWithImages = (series: readonly SeriesRow[]): string | undefined =>
  (series.find(({ Modality = '' }) => !withoutImages.has(Modality)) ?? series[0])?.SeriesInstanceUID;
