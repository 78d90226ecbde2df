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
  /** Counts the choices: within one the place in the series is kept, a new one begins afresh. */
  readonly visit: number;
  /** What is needed to show the chosen series; undefined while it is on its way. */
  readonly view: SeriesView | undefined;
  readonly error: PacsErrorValue | undefined;
  /** Images of the chosen series that came since `view` did. */
  readonly newImages: number;
  /** Asks for the series and shows the first that has images; the answer stops listening. */
  open(): () => void;
  choose(SeriesInstanceUID: string): void;
  /** Goes so many series on (or back); stays at the ends. */
  move(by: number): void;
  /** Asks for the chosen series anew. */
  retry(): void;
  /** Takes the new images into the view. */
  showNew(): void;
  /** The chosen series is another one than `view` by now: asks for it anew; false where it was asked often enough. */
  reload(): boolean;
  thumbnailUrl(SeriesInstanceUID: string): string;
  /** The body of the series of `view` exactly as it says, frame `first` first. */
  pixelsUrl(view: SeriesView, first: number): string;
}

/** Which study: with a PatientID only what came under it, since one StudyInstanceUID may name the studies of two patients. */
export interface OpenedStudy {
  readonly StudyInstanceUID: string;
  readonly PatientID?: string | undefined;
}

/** Modalities whose series hold no images. PS3.3 C.7.3.1.1.1 */
const withoutImages = new Set(['SR', 'KO', 'PR', 'AU', 'DOC', 'PLAN', 'REG', 'RTPLAN', 'RTSTRUCT', 'FID', 'M3D', 'HD']);

/** Milliseconds to wait before a series that changes while it is loaded is asked for again; then a person decides. */
const pauses = [0, 250, 500, 1000, 2000];

/** Makes the store of one open study. */
export function createViewerStore(
  bridge: WindowBridge,
  { StudyInstanceUID, PatientID }: OpenedStudy,
): StoreApi<ViewerState> {
  const scope = { StudyInstanceUID, ...(PatientID === undefined ? {} : { PatientID }) };
  const patient: Record<string, string> = PatientID === undefined ? {} : { patient: PatientID };
  /** SOP Instance UIDs that came to the chosen series since its view was asked for. */
  const arrived = new Set<string>();
  let asked = 0;
  let reloads = 0;

  return createStore<ViewerState>((set, get) => {
    /** A view that is on the screen stays there until the new one comes. */
    const load = async () => {
      const { SeriesInstanceUID } = get();
      if (SeriesInstanceUID === undefined) return;
      const turn = ++asked;
      arrived.clear();
      set({ newImages: 0 });
      const outcome = await bridge.call('series.view', { ...scope, SeriesInstanceUID }).then(
        (view) => ({ view, error: undefined }),
        (error: unknown) => ({ error: errorValue(error) }),
      );
      if (turn !== asked) return;
      if ('view' in outcome) for (const { SOPInstanceUID } of outcome.view.instances) arrived.delete(SOPInstanceUID);
      set({ ...outcome, newImages: arrived.size });
    };

    const loadFresh = (chosen: Partial<ViewerState> = {}) => {
      reloads = 0;
      set({ ...chosen, view: undefined, error: undefined });
      void load();
    };

    const list = async () => {
      const outcome = await bridge.call('series.list', scope).then(
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
      visit: 0,
      view: undefined,
      error: undefined,
      newImages: 0,
      open: () => {
        void list();
        const refresh = throttled(500, () => {
          set({ newImages: arrived.size });
          return list();
        });
        return bridge.on('instance.stored', (stored) => {
          if (stored.StudyInstanceUID !== StudyInstanceUID) return;
          if (PatientID !== undefined && stored.PatientID !== PatientID) return;
          if (stored.SeriesInstanceUID === get().SeriesInstanceUID) arrived.add(stored.SOPInstanceUID);
          refresh();
        });
      },
      choose: (SeriesInstanceUID) => {
        loadFresh({ SeriesInstanceUID, visit: get().visit + 1 });
      },
      move: (by) => {
        const { series = [], SeriesInstanceUID } = get();
        const next = series[series.findIndex((row) => row.SeriesInstanceUID === SeriesInstanceUID) + by];
        if (next?.SeriesInstanceUID) get().choose(next.SeriesInstanceUID);
      },
      retry: () => {
        if (get().series !== undefined) return loadFresh();
        set({ error: undefined });
        void list();
      },
      showNew: () => {
        reloads = 0;
        void load();
      },
      reload: () => {
        const pause = pauses[reloads++];
        if (pause === undefined) return false;
        const turn = asked;
        setTimeout(() => turn === asked && void load(), pause);
        return true;
      },
      thumbnailUrl: (SeriesInstanceUID) => {
        const query = new URLSearchParams({ size: '128', ...patient });
        return bridge.url(`/window/thumbnail/${StudyInstanceUID}/${SeriesInstanceUID}?${query}`);
      },
      pixelsUrl: ({ SeriesInstanceUID, tag }, first) => {
        const query = new URLSearchParams({ first: String(first), tag, ...patient });
        return bridge.url(`/window/pixels/${StudyInstanceUID}/${SeriesInstanceUID}?${query}`);
      },
    };
  });
}

const firstWithImages = (series: readonly SeriesRow[]): string | undefined =>
  (series.find(({ Modality = '' }) => !withoutImages.has(Modality)) ?? series[0])?.SeriesInstanceUID;
