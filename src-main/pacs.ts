/** The one file that opens rooms and doors: the whole PACS, with or without a window. */
import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import type { Events, Handlers } from '#shared/contract.ts';
import { createEmitter, type Emitter } from '#shared/emitter.ts';
import { PacsError } from '#shared/errors.ts';
import type { SystemInfo } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import type { ClientContext } from './dimse/client/client-context.ts';
import { createDimseServer } from './dimse/server.ts';
import { clientTls } from './dimse/tls.ts';
import { createHandlers } from './handlers.ts';
import { openJobs, type Jobs } from './jobs/jobs.ts';
import type { Log } from './log.ts';
import { createNetwork } from './network.ts';
import { networkRunners, resumeNetworkJobs } from './network-jobs/runners.ts';
import { openRooms, type Rooms } from './rooms.ts';
import { createServices } from './services.ts';
import { freeBytes } from './store/disk-space.ts';
import type { Store } from './store/store.ts';
import { version } from './version.ts';
import { createWeb } from './web/web.ts';

/** How a PACS is opened. */
export interface PacsOptions {
  readonly settings: Settings;
  /** Sentences about options without effect, shown in the window. */
  readonly warnings?: readonly string[];
  /** Folder of the built window, served on the private listener; not needed where the shell serves it. */
  readonly windowFolder?: string;
  /** Origins of our own window besides the private listener's, such as `app://bundle`. */
  readonly windowOrigins: readonly string[];
  readonly log: Log;
}

/** A running PACS. */
export interface Pacs {
  readonly handlers: Handlers;
  readonly events: Emitter<Events>;
  /** The private listener for our own window. */
  readonly endpoint: { readonly url: string; readonly token: string };
  readonly dicomPort?: number;
  /** The encrypted one, where there are two. */
  readonly dicomTlsPort?: number;
  readonly httpPort?: number;
  /** Adds DICOM files from outside the doors, such as the samples. */
  readonly store: Store;
  /** Closes the doors, lets what is being received finish, closes the archive. */
  stop(): Promise<void>;
}

/** Opens rooms, then doors. @throws PacsError with a sentence when a port is taken or the archive is in use. */
export async function openPacs(options: PacsOptions): Promise<Pacs> {
  const { settings, log } = options;
  const rooms = await openRooms(settings, log);
  try {
    return await openDoors(options, rooms);
  } catch (error) {
    await rooms.close();
    throw error;
  }
}

async function openDoors(options: PacsOptions, rooms: Rooms): Promise<Pacs> {
  const { settings, log } = options;
  const { store, peers, people, worklist, commitments, records, pixels, transcoder } = rooms;
  const events = createEmitter<Events>((error) => log('error', 'A listener failed.', error));
  const client: ClientContext = { settings, log, store, transcoder, tls: () => clientTls(settings) };
  const networkJobs = { settings, store, peers, commitments, client, log, jobs: (): Jobs => jobs };
  const jobs = openJobs({ records, settings, runners: networkRunners(networkJobs), log });
  const ports: { dicomPort?: number; dicomTlsPort?: number; httpPort?: number } = {};
  const system = describeSystem(options, ports);
  const network = createNetwork({ settings, peers, jobs, client });
  const handlers = createHandlers({ store, peers, worklist, jobs, network, events, system, log });
  const dimse = createDimseServer({
    settings,
    store,
    peers,
    people,
    services: createServices({ ...rooms, settings, client, networkJobs, jobs, log }),
    log,
    onRefused: ({ origin, error }) => void store.refuse(new PacsError(error.code, error.message), origin),
  });
  const web = createWeb({ ...options, ...rooms, jobs, network, pixels, people, handlers, events, system, version });
  passOn(rooms, jobs, events);
  const stop = async (): Promise<void> => {
    await Promise.allSettled([dimse.stop(), web.stop()]);
    await jobs.stop();
    await rooms.close();
  };
  try {
    await jobs.start();
    await resumeNetworkJobs(networkJobs);
    if (settings.DicomServerEnabled) {
      const { port, tlsPort } = await dimse.start();
      Object.assign(ports, { dicomPort: port, ...(tlsPort === undefined ? {} : { dicomTlsPort: tlsPort }) });
    }
    const { privateUrl, token, httpPort } = await web.start();
    Object.assign(ports, { httpPort });
    return { handlers, events, endpoint: { url: privateUrl, token }, ...ports, store, stop };
  } catch (error) {
    await Promise.allSettled([dimse.stop(), web.stop(), jobs.stop()]);
    throw error;
  }
}

/** What the rooms tell goes to whoever listens to the PACS. */
function passOn({ store, peers, worklist }: Rooms, jobs: Jobs, events: Emitter<Events>): void {
  store.events.on('instance.refused', (event) => events.emit('instance.refused', event));
  store.events.on('instance.stored', (event) => {
    events.emit('instance.stored', event);
    worklist.arrived(event);
  });
  peers.events.on('devices.changed', (event) => events.emit('devices.changed', event));
  worklist.events.on('worklist.changed', (event) => events.emit('worklist.changed', event));
  jobs.events.on('job.changed', (event) => events.emit('job.changed', event));
}

const describeSystem =
  ({ settings, warnings = [] }: PacsOptions, ports: Pick<SystemInfo, 'dicomPort' | 'httpPort'>) =>
  async (): Promise<SystemInfo> => {
    const archive = resolve(settings.StorageDirectory);
    return {
      name: settings.Name,
      version,
      AETitle: settings.DicomAet,
      ...ports,
      addresses: ownAddresses(),
      dicomWebRoot: settings.DicomWeb.Root,
      archive,
      diskFree: await freeBytes(archive),
      warnings,
    };
  };

/** Addresses of this computer in its networks, IPv4 first. */
const ownAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family, address }) => !internal && (family === 'IPv4' || !address.startsWith('fe80')))
    .sort((a, b) => a.family.localeCompare(b.family))
    .map(({ address }) => address);
