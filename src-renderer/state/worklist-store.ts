/** The worklist: the day or week that is shown, its items, and the one that is being filled in. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Input } from '#shared/contract.ts';
import { errorValue } from '#shared/errors.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { WorklistItem, WorklistStatus } from '#shared/model.ts';
import type { WindowBridge } from '../bridge/window-bridge.ts';
import { addDays, dicomDay, weekOf } from './dicom-day.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome.ts';
import { throttled } from './throttled.ts';
import { itemOfDraft } from './worklist-fields.ts';
import type { WorklistDraft } from './worklist-fields.ts';

/** Which items by their state: still to be done, done or given up, or all. */
type WorklistPart = 'open' | 'done' | 'all';

/** What of the worklist is looked at. */
interface WorklistFilter {
  /** The day, or any day of the week. */
  readonly day: string;
  readonly span: 'day' | 'week';
  readonly part: WorklistPart;
  /** '' for every device. */
  readonly station: string;
  readonly text: string;
}

/** State and actions of the worklist. */
export interface WorklistState extends WorklistFilter {
  /** The day that it is. */
  readonly today: string;
  /** Undefined until the first answer. */
  readonly items: readonly WorklistItem[] | undefined;
  readonly isLoading: boolean;
  readonly error: PacsErrorValue | undefined;
  /** Id of the item whose details are shown. */
  readonly chosen: string | undefined;
  /** The item in the form; undefined while the form is closed. */
  readonly draft: WorklistDraft | undefined;
  filter(change: Partial<WorklistFilter>): void;
  /** A day or a week on, or back. */
  step(direction: 1 | -1): void;
  choose(id: string | undefined): void;
  edit(draft: WorklistDraft | undefined): void;
  /** Saves the draft and closes the form; the item is then chosen. */
  save(draft: WorklistDraft): Promise<Outcome>;
  setStatus(id: string, status: WorklistStatus): Promise<Outcome>;
  remove(id: string): Promise<Outcome>;
  refresh(): void;
}

const statuses: Readonly<Record<WorklistPart, readonly WorklistStatus[] | undefined>> = {
  open: ['scheduled', 'arrived', 'in progress'],
  done: ['completed', 'discontinued'],
  all: undefined,
};

/** Milliseconds a typed letter waits for the next one. */
const typingPause = 150;
/** Milliseconds between looks at the clock: at midnight the list goes on to the new day. */
const clockInterval = 30_000;

/** The question to the archive. */
function worklistQuestion({ day, span, part, station, text }: WorklistFilter): Input<'worklist.list'> {
  const [from, to] = span === 'week' ? weekOf(day) : [day, day];
  const status = statuses[part];
  return {
    from,
    to,
    ...(station ? { ScheduledStationAETitle: station } : {}),
    ...(status ? { status: [...status] } : {}),
    ...(text.trim() ? { text: text.trim() } : {}),
  };
}

/** Makes the store of the worklist; today's items are asked for at once. */
export function createWorklistStore(bridge: WindowBridge): StoreApi<WorklistState> {
  const store = createStore<WorklistState>((set, get) => {
    let question = 0;
    let typing: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      const asked = ++question;
      const change = await bridge.call('worklist.list', worklistQuestion(get())).then(
        (items) => ({ items, error: undefined }),
        (error: unknown) => ({ error: errorValue(error) }),
      );
      if (asked === question) set({ ...change, isLoading: false });
    };
    const ask = () => {
      set({ isLoading: true });
      void load();
    };
    const act = async (call: Promise<unknown>): Promise<Outcome> => {
      const outcome = await outcomeOf(call);
      if (!outcome) await load();
      return outcome;
    };
    const today = dicomDay(new Date());
    return {
      today,
      day: today,
      span: 'day',
      part: 'all',
      station: '',
      text: '',
      items: undefined,
      isLoading: true,
      error: undefined,
      chosen: undefined,
      draft: undefined,
      filter: (change) => {
        set(change);
        clearTimeout(typing);
        if ('text' in change) typing = setTimeout(ask, typingPause);
        else ask();
      },
      step: (direction) => get().filter({ day: addDays(get().day, direction * (get().span === 'week' ? 7 : 1)) }),
      choose: (chosen) => set({ chosen }),
      edit: (draft) => set({ draft }),
      save: async (draft) => {
        const { id } = draft;
        const item = itemOfDraft(draft);
        const saving = bridge.call('worklist.save', { item, ...(id === undefined ? {} : { id }) });
        const outcome = await act(saving);
        if (!outcome) set({ draft: undefined, chosen: (await saving).id });
        return outcome;
      },
      setStatus: (id, status) => act(bridge.call('worklist.status', { id, status })),
      remove: (id) => act(bridge.call('worklist.remove', { id })),
      refresh: throttled(500, load),
    };
  });
  listen(bridge, store);
  store.getState().refresh();
  return store;
}

function listen(bridge: WindowBridge, { getState, setState }: StoreApi<WorklistState>): void {
  bridge.on('worklist.changed', () => getState().refresh());
  bridge.onConnection((connection) => {
    if (connection === 'connected') getState().refresh();
  });
  setInterval(() => {
    const { today, day, filter } = getState();
    const now = dicomDay(new Date());
    if (now === today) return;
    setState({ today: now });
    if (day === today) filter({ day: now });
  }, clockInterval);
}
