/** The DICOM door: listens for scanners and other nodes, and keeps the bounds of the settings. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { PacsError } from '#shared/errors.ts';
import type { Refusal } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import { ImplementationClassUID, ImplementationVersionName } from '../dicom/part10.ts';
import type { Log } from '../log.ts';
import { plainAddress } from '../peers/address.ts';
import type { People } from '../people/people.ts';
import type { Peers } from '../peers/peers.ts';
import type { Store } from '../store/store.ts';
import { serveAssociation, type Association, type AssociationContext } from './association.ts';
import { createAssociationPolicy, createSOPClassFilter } from './association-policy.ts';
import { createBlockPool } from './block-pool.ts';
import { createPlaces } from './places.ts';
import { createOwnTitles } from './own-titles.ts';
import { createRefusals } from './refusals.ts';
import type { Service } from './service.ts';

/** What the DICOM door opens onto. */
export interface DimseServerOptions {
  readonly settings: Settings;
  readonly store: Store;
  readonly peers: Peers;
  readonly people: People;
  /** What is offered beside verification and storage. */
  readonly services?: readonly Service[];
  readonly log: Log;
  /** Told of what was refused here, as far as it is noted; instances that the store refuses are told of by it. */
  readonly onRefused?: (refusal: Refusal) => void;
  /** Seconds that running C-STOREs have to finish when the door closes. */
  readonly grace?: number;
}

/** The DICOM door. */
export interface DimseServer {
  /** Listens. @throws PacsError `busy` where the port is taken. */
  start(): Promise<{ readonly port: number }>;
  /** Takes nothing new, lets running C-STOREs finish for the grace, then aborts; every connection is closed a second later. */
  stop(): Promise<void>;
  counts(): DimseCounts;
}

/** What goes on at the door. */
interface DimseCounts {
  /** Connections open now. */
  readonly connections: number;
  /** Connections since the start. */
  readonly served: number;
  /** Callers and associations refused since the start. */
  readonly refused: number;
}

/* Connections past the places are let in to be told so, but not without bound. */
const spareConnections = 32;
/* 16 MB: what a few scanners at once keep in motion. */
const maximumKeptBlocks = 64;

/** A DICOM door that is not open yet. */
export function createDimseServer({
  settings,
  store,
  peers,
  people,
  services = [],
  log,
  onRefused,
  grace = 5,
}: DimseServerOptions): DimseServer {
  const { MaximumAssociations, MaximumAssociationsPerHost } = settings.Chairside;
  const associations = new Set<Association>();
  const refusals = createRefusals(log, (refusal) => onRefused?.(refusal));
  const byClass = new Map(services.flatMap((service) => service.sopClasses.map(({ uid }) => [uid, service] as const)));
  let served = 0;
  const context: AssociationContext = {
    settings,
    store,
    peers,
    people,
    services: byClass,
    ownTitles: createOwnTitles(settings),
    extend: new Map([...byClass].flatMap(([uid, { extend }]) => (extend ? [[uid, extend] as const] : []))),
    log,
    identity: {
      implementationClassUID: ImplementationClassUID,
      implementationVersionName: ImplementationVersionName,
      maximumPduLength: settings.MaximumPduLength,
    },
    blocks: createBlockPool(maximumKeptBlocks),
    places: createPlaces(MaximumAssociations, MaximumAssociationsPerHost),
    policy: createAssociationPolicy(settings, new Map([...byClass].map(([uid, { operation }]) => [uid, operation]))),
    takesClass: createSOPClassFilter(settings),
    refused: (error, origin) => refusals.refused(error, origin),
  };

  /* Half-open, since a sender may close its side after the last byte and still wait for our answers. */
  const server = createServer(
    { noDelay: true, keepAlive: true, allowHalfOpen: true, pauseOnConnect: true },
    (socket) => {
      const association = serveAssociation(socket, plainAddress(socket.remoteAddress ?? ''), context);
      served++;
      associations.add(association);
      void association.done.finally(() => associations.delete(association));
    },
  );
  server.maxConnections = MaximumAssociations + spareConnections;

  const over = (seconds: number): Promise<unknown> =>
    Promise.race([
      Promise.all([...associations].map(({ done }) => done)),
      wait(seconds * 1000, undefined, { ref: false }),
    ]);

  return {
    start: async () => {
      server.listen(settings.DicomPort);
      await once(server, 'listening').catch((cause: unknown) => {
        throw new PacsError('busy', `DICOM port ${settings.DicomPort} cannot be opened: another program may use it.`, {
          cause,
        });
      });
      server.on('error', (error) => log('error', 'The DICOM port has a fault.', error));
      return { port: (server.address() as AddressInfo).port };
    },
    stop: async () => {
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      for (const association of associations) association.finish();
      await over(grace);
      for (const association of associations) association.abort();
      await over(1);
      for (const association of associations) association.destroy();
      await closed;
    },
    counts: () => ({ connections: associations.size, served, refused: refusals.count }),
  };
}
