/** The contract's functions, each one line into a room. */
import type { Events, Handlers } from '#shared/contract.ts';
import type { Emitter } from '#shared/emitter.ts';
import type { Job, SystemInfo } from '#shared/model.ts';
import { PacsError, toPacsError } from '#shared/errors.ts';
import type { Log } from './log.ts';
import type { Jobs } from './jobs/jobs.ts';
import { listSeries, listStudies } from './listing.ts';
import type { Network } from './network.ts';
import type { Peers } from './peers/peers.ts';
import { addSamples } from './samples/add-samples.ts';
import { viewSeries } from './series-view.ts';
import type { Store } from './store/store.ts';
import type { Worklist } from './worklist/worklist.ts';

/** What the functions reach into. */
export interface HandlerRooms {
  readonly store: Store;
  readonly peers: Peers;
  readonly worklist: Worklist;
  readonly jobs: Jobs;
  readonly network: Network;
  readonly events: Emitter<Events>;
  readonly system: () => Promise<SystemInfo>;
  readonly log: Log;
}

/** The functions of the contract over the rooms; what fails inside is logged here, whatever carried the call. */
export function createHandlers(rooms: HandlerRooms): Handlers {
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

const functions = ({ store, peers, worklist, jobs, network, events, system }: HandlerRooms): Handlers => ({
  'system.info': () => system(),
  'system.statistics': () => store.statistics(),
  'studies.list': (input) => listStudies(store, input),
  'series.list': (input) => listSeries(store, input),
  'series.view': (input) => viewSeries(store, input),
  'refusals.list': ({ limit }) => store.refusals(limit),
  'devices.list': () => peers.devices(),
  'devices.save': ({ name, modality, formerName }) => nothing(peers.save(name, modality, formerName)),
  'devices.remove': ({ name }) => nothing(peers.remove(name)),
  'devices.echo': (input) => network.echo(input),
  'devices.dismiss': ({ callingAET, remoteAddress }) => nothing(peers.dismiss(callingAET, remoteAddress)),
  'worklist.list': (input) => worklist.list(input),
  'worklist.save': async ({ id, item }) => ({ id: await worklist.save(item, id) }),
  'worklist.status': ({ id, status }) => nothing(worklist.setStatus(id, status)),
  'worklist.remove': ({ id }) => nothing(worklist.remove(id)),
  'remote.find': (input) => network.find(input),
  'remote.retrieve': (input) => network.retrieve(input),
  'remote.send': (input) => network.send(input),
  'jobs.list': ({ limit }) => jobs.list(limit),
  'jobs.get': ({ id }) => jobOf(jobs, id),
  'jobs.control': ({ id, action }) => nothing(jobs.control(id, action)),
  'jobs.priority': ({ id, priority }) => nothing(jobs.prioritise(id, priority)),
  'samples.add': () => addSamples(store, (progress) => events.emit('samples.progress', progress)),
});

const nothing = async (work: Promise<unknown>): Promise<undefined> => {
  await work;
  return undefined;
};

async function jobOf(jobs: Jobs, id: string): Promise<Job> {
  const job = await jobs.get(id);
  if (!job) throw new PacsError('not-found', 'There is no such job any more.');
  return job;
}
