/** The study list: what is asked for, which rows have come, and which study is chosen. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { IndexedKeyword } from '#shared/attributes.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { WindowBridge } from '../bridge/window-bridge.ts';
import { createArrivals } from './arrivals.ts';
import { rowAt } from './row-pages.ts';
import type { RowPages } from './row-pages.ts';
import { cursorAt } from './studies-cursor.ts';
import type { Cursor } from './studies-cursor.ts';
import { createStudiesLoader } from './studies-loader.ts';
import { unclearFilters } from './studies-question.ts';
import type { StudyOrder, TypedQuestion } from './studies-question.ts';
import { studyKey, studyOf } from './study-id.ts';
import { addMarks, maximumMarks, toggleMark } from './study-marks.ts';
import type { StudyMarks } from './study-marks.ts';
import { throttled } from './throttled.ts';

/** State and actions of the study list. */
export interface StudiesState extends TypedQuestion, Cursor {
  /** Columns whose text could not be understood; they do not filter. */
  readonly unclear: ReadonlySet<IndexedKeyword>;
  /** Undefined until the first answer. */
  readonly total: number | undefined;
  /** True where `total` counts the whole archive; the question may have changed since. */
  readonly isTotalOfAll: boolean;
  readonly pages: RowPages;
  /** Counts the questions: a new one starts at the top of the list. */
  readonly question: number;
  /** Counts the moves of the cursor that a person made. */
  readonly moves: number;
  readonly isLoading: boolean;
  readonly error: PacsErrorValue | undefined;
  /** Keys of the studies that came while the window was open, for a moment. */
  readonly fresh: ReadonlySet<string>;
  /** The studies picked out, to be sent together; they stay picked whatever the list shows. */
  readonly marks: StudyMarks;
  search(text: string): void;
  filter(keyword: IndexedKeyword, typed: string): void;
  /** Takes away the search and every filter. */
  clear(): void;
  sort(order: StudyOrder): void;
  /** Tells which rows are on the screen, so that they are fetched. */
  show(first: number, last: number): void;
  /** Chooses the study of a row; where the row has not come yet, as soon as it comes. */
  moveTo(index: number): void;
  /** Picks the study of a row out, or puts it back. */
  mark(index: number): void;
  /** Picks out all from the row of the cursor to this one. */
  markTo(index: number): Promise<void>;
  clearMarks(): void;
  refresh(): void;
}

/** At most two refreshes a second, so that a new row is seen within one. */
const refreshInterval = 500;
/** Milliseconds a typed letter waits for the next one. */
const typingPause = 120;
/** Milliseconds a new row stays marked. */
const freshFor = 6000;

const atFirst = {
  text: '',
  filters: {},
  order: { key: 'ReceivedAt', descending: true },
  unclear: new Set<IndexedKeyword>(),
  total: undefined,
  isTotalOfAll: false,
  pages: new Map(),
  question: 0,
  moves: 0,
  isLoading: true,
  error: undefined,
  cursor: undefined,
  selected: undefined,
  fresh: new Set<string>(),
  marks: new Map(),
} as const;

/** Makes the store of the study list; the first rows are asked for at once. */
export function createStudiesStore(bridge: WindowBridge): StoreApi<StudiesState> {
  const store = createStore<StudiesState>((set, get, self) => {
    const loader = createStudiesLoader(bridge, self);
    let typing: ReturnType<typeof setTimeout> | undefined;
    const askSoon = () => {
      clearTimeout(typing);
      typing = setTimeout(() => void loader.ask(), typingPause);
    };
    return {
      ...atFirst,
      search: (text) => {
        set({ text });
        askSoon();
      },
      filter: (keyword, typed) => {
        const filters = { ...get().filters, [keyword]: typed };
        set({ filters, unclear: unclearFilters(filters) });
        askSoon();
      },
      clear: () => {
        set({ text: '', filters: {}, unclear: new Set() });
        askSoon();
      },
      sort: (order) => {
        set({ order });
        void loader.ask();
      },
      show: loader.show,
      moveTo: (index) => {
        const { pages, total = 0, moves } = get();
        if (total > 0) set({ ...cursorAt(pages, Math.min(Math.max(index, 0), total - 1)), moves: moves + 1 });
      },
      mark: (index) => {
        const study = studyOf(rowAt(get().pages, index));
        if (study) set({ marks: toggleMark(get().marks, study) });
      },
      markTo: async (index) => {
        const [first, last] = [index, get().cursor ?? index].toSorted((a, b) => a - b) as [number, number];
        get().moveTo(index);
        const studies = await loader.studies(first, Math.min(last - first + 1, maximumMarks));
        set({ marks: addMarks(get().marks, studies) });
      },
      clearMarks: () => set({ marks: new Map() }),
      refresh: throttled(refreshInterval, loader.refresh),
    };
  });
  listen(bridge, store);
  store.getState().refresh();
  return store;
}

/** New images refresh the list and mark new studies; a line that was lost and is there again refreshes it too. */
function listen(bridge: WindowBridge, store: StoreApi<StudiesState>): void {
  const mark = () => store.setState({ fresh: arrivals.current() });
  const arrivals = createArrivals(freshFor, mark);
  bridge.on('instance.stored', (stored) => {
    if (stored.isNewStudy) {
      arrivals.add(studyKey(stored));
      mark();
    }
    store.getState().refresh();
  });
  bridge.onConnection((connection) => {
    if (connection === 'connected') store.getState().refresh();
  });
}
