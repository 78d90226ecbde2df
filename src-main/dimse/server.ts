/** The DICOM door: listens for scanners and other nodes, and keeps the bounds of the settings. */
import type { Server, Socket } from 'node:net';
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
import { createClearServer, openListener, type Listener } from './listener.ts';
import { createOwnTitles } from './own-titles.ts';
import { createPlaces } from './places.ts';
import { createRefusals } from './refusals.ts';
import type { Service } from './service.ts';
import { createTlsServer } from './tls-server.ts';
import { createUserCheck } from './user-check.ts';

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
  /**
   * Listens. @throws PacsError `busy` where a port is taken, `bad-request` where a TLS certificate is not good; then call
   * `stop` all the same.
   */
  start(): Promise<DicomPorts>;
  /** Takes nothing new, lets running C-STOREs finish for the grace, then aborts; every connection is closed a second later. */
  stop(): Promise<void>;
  counts(): DimseCounts;
}

/** Where the door is open. */
interface DicomPorts {
  /** In the clear, or encrypted where DicomTlsEnabled names no second port. */
  readonly port: number;
  /** The encrypted one. */
  readonly tlsPort?: number;
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
    checkUser: createUserCheck(people),
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

  const serve = (socket: Socket): void => {
    const association = serveAssociation(socket, plainAddress(socket.remoteAddress ?? ''), context);
    served++;
    associations.add(association);
    void association.done.finally(() => associations.delete(association));
  };
  const refuseCaller = (remoteAddress: string, sentence: string): void =>
    refusals.refused(new PacsError('forbidden', sentence), {
      kind: 'dimse',
      remoteAddress: plainAddress(remoteAddress),
      callingAET: '',
      calledAET: '',
    });
  const listeners: Listener[] = [];
  const open = async (): Promise<DicomPorts> => {
    const { DicomPort, DicomTlsEnabled, Chairside } = settings;
    const tlsPort = DicomTlsEnabled ? (Chairside.DicomTlsPort ?? DicomPort) : undefined;
    const isClear = !DicomTlsEnabled || Chairside.DicomTlsPort !== undefined;
    const clear = isClear ? await listen(createClearServer(serve), DicomPort) : undefined;
    const tls =
      tlsPort === undefined
        ? undefined
        : await listen(await createTlsServer({ settings, onConnection: serve, onRefused: refuseCaller, log }), tlsPort);
    if (!DicomTlsEnabled && Chairside.DicomTlsPort !== undefined)
      log('warn', 'DicomTlsPort has no effect: DicomTlsEnabled is false.');
    return { port: (clear ?? tls) as number, ...(tls === undefined ? {} : { tlsPort: tls }) };
  };
  const listen = async (server: Server, port: number): Promise<number> => {
    server.maxConnections = MaximumAssociations + spareConnections;
    const listener = await openListener(server, port, log);
    listeners.push(listener);
    return listener.port;
  };

  const over = (seconds: number): Promise<unknown> =>
    Promise.race([
      Promise.all([...associations].map(({ done }) => done)),
      wait(seconds * 1000, undefined, { ref: false }),
    ]);

  return {
    start: open,
    stop: async () => {
      const closed = Promise.all(listeners.map((listener) => listener.close()));
      for (const association of associations) association.finish();
      await over(grace);
      for (const association of associations) association.abort();
      await over(1);
      for (const association of associations) association.destroy();
      for (const listener of listeners) listener.destroy();
      await closed;
    },
    counts: () => ({ connections: associations.size, served, refused: refusals.count }),
  };
}
