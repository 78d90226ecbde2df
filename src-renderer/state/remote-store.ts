/** Asking another node: the question, its answers, which are here already, and what is to be fetched. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { RemoteRow } from '#shared/contract.ts';
import { errorValue } from '#shared/errors.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { WindowBridge } from '../bridge/window-bridge.ts';
import { findHere } from './remote-here.ts';
import type { HereByStudy } from './remote-here.ts';
import { asksForNothing, nothingTyped, seriesQuestion, studyQuestion } from './remote-question.ts';
import type { RemoteField, RemoteTyped } from './remote-question.ts';
import { throttled } from './throttled.ts';
import { slashOrder } from './typed-date.ts';

/** The series of an opened study: on their way, there, or why not. */
interface RemoteSeries {
  readonly rows?: readonly RemoteRow[];
  readonly error?: PacsErrorValue;
}

/** What is to be fetched: a study, or one of its series. */
export interface RemoteItem {
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID?: string;
}

/** What became of fetching: the jobs that do it, or why there are none. */
type Fetched = { readonly jobIds: readonly string[] } | { readonly error: PacsErrorValue };

/** State and actions of asking another node. */
export interface RemoteState {
  /** Name of the node that is asked; '' until one is chosen. */
  readonly node: string;
  readonly typed: RemoteTyped;
  readonly unclear: ReadonlySet<RemoteField>;
  /** True after asking with nothing typed. */
  readonly isTooWide: boolean;
  /** Studies, latest first; undefined until the first answer. */
  readonly answers: readonly RemoteRow[] | undefined;
  /** The node that gave the answers. */
  readonly answeredBy: string;
  /** True where the node had more. */
  readonly isCut: boolean;
  readonly isAsking: boolean;
  readonly error: PacsErrorValue | undefined;
  /** The opened studies by StudyInstanceUID. */
  readonly series: ReadonlyMap<string, RemoteSeries>;
  readonly here: HereByStudy;
  readonly marked: ReadonlyMap<string, RemoteItem>;
  choose(node: string): void;
  type(field: RemoteField, text: string): void;
  clear(): void;
  ask(): Promise<void>;
  /** Opens a study to its series, or closes it. */
  toggle(StudyInstanceUID: string): Promise<void>;
  mark(item: RemoteItem): void;
  clearMarks(): void;
  fetch(): Promise<Fetched>;
}

/** Studies asked for at once. */
const limit = 500;

/** A text that is the item's alone. */
export const itemKey = ({ StudyInstanceUID, SeriesInstanceUID = '' }: RemoteItem): string =>
  `${StudyInstanceUID} ${SeriesInstanceUID}`;

/** Latest study first. */
const when = ({ StudyDate = '', StudyTime = '' }: RemoteRow) => `${StudyDate} ${StudyTime}`;

/** Each study once: a node may answer with a row for each of its patients. */
function studiesOf(rows: readonly RemoteRow[]): readonly RemoteRow[] {
  const byUid = new Map(rows.filter((row) => row['StudyInstanceUID']).map((row) => [row['StudyInstanceUID'], row]));
  return [...byUid.values()].toSorted((a, b) => when(b).localeCompare(when(a)));
}

const bySeriesNumber = (a: RemoteRow, b: RemoteRow) => Number(a['SeriesNumber'] ?? 0) - Number(b['SeriesNumber'] ?? 0);

/** The marked items by level; what belongs to a marked study comes with it. */
export function itemsToFetch(marked: ReadonlyMap<string, RemoteItem>): {
  readonly studies: readonly RemoteItem[];
  readonly series: readonly RemoteItem[];
} {
  const items = [...marked.values()];
  const series = items.filter(
    ({ StudyInstanceUID, SeriesInstanceUID }) => SeriesInstanceUID && !marked.has(itemKey({ StudyInstanceUID })),
  );
  return { studies: items.filter((item) => item.SeriesInstanceUID === undefined), series };
}

const forgotten = {
  answers: undefined,
  answeredBy: '',
  isCut: false,
  series: new Map(),
  marked: new Map(),
  here: new Map(),
} as const;

/** Makes the store of asking another node. */
export function createRemoteStore(bridge: WindowBridge): StoreApi<RemoteState> {
  const store = createStore<RemoteState>((set, get) => {
    let question = 0;
    const lookHere = async () => {
      const asked = question;
      const uids = (get().answers ?? []).map((row) => row['StudyInstanceUID'] ?? '');
      const isWanted = () => asked === question;
      // Without it the marks are missing; the studies can be fetched all the same.
      await findHere(bridge, uids, isWanted, (here) => set({ here })).catch(console.error);
    };
    const lookAgain = throttled(2000, lookHere);
    bridge.on('instance.stored', ({ StudyInstanceUID }) => {
      if (get().answers?.some((row) => row['StudyInstanceUID'] === StudyInstanceUID)) lookAgain();
    });
    const retrieve = (level: 'STUDY' | 'SERIES', items: readonly RemoteItem[]) =>
      items.length === 0
        ? []
        : [
            bridge.call('remote.retrieve', {
              name: get().answeredBy,
              level,
              items: items.map((item) => ({ ...item })),
            }),
          ];
    return {
      node: '',
      typed: nothingTyped,
      unclear: new Set(),
      isTooWide: false,
      isAsking: false,
      error: undefined,
      ...forgotten,
      choose: (node) => set({ node }),
      type: (field, text) => set({ typed: { ...get().typed, [field]: text }, unclear: new Set(), isTooWide: false }),
      clear: () => set({ typed: nothingTyped, unclear: new Set(), isTooWide: false }),
      ask: async () => {
        const { node, typed } = get();
        const asked = studyQuestion(typed, new Date(), slashOrder(navigator.language));
        if ('unclear' in asked) return set({ unclear: asked.unclear });
        if (asksForNothing(typed)) return set({ isTooWide: true });
        const mine = ++question;
        set({ isAsking: true, error: undefined });
        const change = await bridge.call('remote.find', { name: node, level: 'STUDY', keys: asked.keys, limit }).then(
          ({ rows, isCut }) => ({ ...forgotten, answers: studiesOf(rows), isCut, answeredBy: node }),
          (error: unknown) => ({ ...forgotten, error: errorValue(error) }),
        );
        if (mine !== question) return;
        set({ ...change, isAsking: false });
        await lookHere();
      },
      toggle: async (uid) => {
        const opened = new Map(get().series);
        if (opened.delete(uid)) return set({ series: opened });
        set({ series: opened.set(uid, {}) });
        const keys = seriesQuestion(uid);
        const found: RemoteSeries = await bridge
          .call('remote.find', { name: get().answeredBy, level: 'SERIES', keys, limit })
          .then(
            ({ rows }) => ({ rows: rows.toSorted(bySeriesNumber) }),
            (error: unknown) => ({ error: errorValue(error) }),
          );
        if (get().series.has(uid)) set({ series: new Map(get().series).set(uid, found) });
      },
      mark: (item) => {
        const marked = new Map(get().marked);
        if (!marked.delete(itemKey(item))) marked.set(itemKey(item), item);
        set({ marked });
      },
      clearMarks: () => set({ marked: new Map() }),
      fetch: async () => {
        const { studies, series } = itemsToFetch(get().marked);
        try {
          const started = await Promise.all([...retrieve('STUDY', studies), ...retrieve('SERIES', series)]);
          set({ marked: new Map() });
          return { jobIds: started.map(({ jobId }) => jobId) };
        } catch (error) {
          return { error: errorValue(error) };
        }
      },
    };
  });
  return store;
}
