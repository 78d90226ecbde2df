/** The contract's functions, each one line into a room. */
import type { Events, Handlers } from '#shared/contract.ts';
import type { Emitter } from '#shared/emitter.ts';
import type { SystemInfo } from '#shared/model.ts';
import { toPacsError } from '#shared/errors.ts';
import type { Log } from './log.ts';
import { listSeries, listStudies } from './listing.ts';
import { addSamples } from './samples/add-samples.ts';
import { viewSeries } from './series-view.ts';
import type { Store } from './store/store.ts';

/** What the functions reach into. */
export interface Rooms {
  readonly store: Store;
  readonly events: Emitter<Events>;
  readonly system: () => Promise<SystemInfo>;
  readonly log: Log;
}

/** The functions of the contract over the rooms; what fails inside is logged here, whatever carried the call. */
export function createHandlers(rooms: Rooms): Handlers {
  const logged = Object.entries(functions(rooms)).map(([name, handler]) => [
    name,
    (input: unknown) =>
      (handler as (input: unknown) => Promise<unknown>)(input).catch((thrown: unknown) => {
        const error = toPacsError(thrown);
        if (error.code === 'internal') rooms.log('error', `${name} failed.`, error.cause);
        throw error;
      }),
  ]);
  return Object.fromEntries(logged) as Handlers;
}

const functions = ({ store, events, system }: Rooms): Handlers => ({
  'system.info': () => system(),
  'system.statistics': () => store.statistics(),
  'studies.list': (input) => listStudies(store, input),
  'series.list': (input) => listSeries(store, input),
  'series.view': (input) => viewSeries(store, input),
  'refusals.list': ({ limit }) => store.refusals(limit),
  'samples.add': () => addSamples(store, (progress) => events.emit('samples.progress', progress)),
});
