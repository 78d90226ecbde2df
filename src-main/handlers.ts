/** The contract's functions, each one line into a room. */
import type { Events, Handlers } from '#shared/contract.ts';
import type { Emitter } from '#shared/emitter.ts';
import type { SystemInfo } from '#shared/model.ts';
import { listSeries, listStudies } from './listing.ts';
import { addSamples } from './samples/add-samples.ts';
import { viewSeries } from './series-view.ts';
import type { Store } from './store/store.ts';

/** What the functions reach into. */
export interface Rooms {
  readonly store: Store;
  readonly events: Emitter<Events>;
  readonly system: () => Promise<SystemInfo>;
}

/** The functions of the contract over the rooms. */
export const createHandlers = ({ store, events, system }: Rooms): Handlers => ({
  'system.info': () => system(),
  'system.statistics': () => store.statistics(),
  'studies.list': (input) => listStudies(store, input),
  'series.list': (input) => listSeries(store, input),
  'series.view': (input) => viewSeries(store, input),
  'refusals.list': ({ limit }) => store.refusals(limit),
  'samples.add': () => addSamples(store, (progress) => events.emit('samples.progress', progress)),
});
