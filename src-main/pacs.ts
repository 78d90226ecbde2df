/** The one file that opens rooms and doors: the whole PACS, with or without a window. */
import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import type { Events, Handlers } from '#shared/contract.ts';
import { createEmitter, type Emitter } from '#shared/emitter.ts';
import { PacsError } from '#shared/errors.ts';
import type { SystemInfo } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import { createPixelPool } from './dicom/pixel-pool.ts';
import { createDimseServer } from './dimse/server.ts';
import { createHandlers } from './handlers.ts';
import type { Log } from './log.ts';
import { openPeers } from './peers/peers.ts';
import { openPeople } from './people/people.ts';
import { freeBytes } from './store/disk-space.ts';
import { openStore } from './store/open-store.ts';
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
  readonly httpPort?: number;
  /** Adds DICOM files from outside the doors, such as the samples. */
  readonly store: Store;
  /** Closes the doors, lets what is being received finish, closes the archive. */
  stop(): Promise<void>;
}

const megabyte = 1024 * 1024;

/** Opens rooms, then doors. @throws PacsError with a sentence when a port is taken or the archive is in use. */
export async function openPacs({
  settings,
  warnings = [],
  windowFolder,
  windowOrigins,
  log,
}: PacsOptions): Promise<Pacs> {
  const events = createEmitter<Events>((error) => log('error', 'A listener failed.', error));
  const archive = resolve(settings.StorageDirectory);
  const store = await openStore({
    storage: archive,
    index: resolve(settings.IndexDirectory ?? archive),
    overwrite: settings.OverwriteInstances,
    maximumInstanceBytes: settings.Chairside.MaximumInstanceSizeMB * megabyte,
    minimumFreeBytes: settings.Chairside.MinimumFreeSpaceMB * megabyte,
    log: (message) => log('warn', message),
  });
  for (const name of ['instance.stored', 'instance.refused'] as const)
    store.events.on(name, (event) => events.emit(name, event as never));
  const pixels = createPixelPool(settings.Chairside.PixelThreads);
  const ports: { dicomPort?: number; httpPort?: number } = {};
  const system = async (): Promise<SystemInfo> => ({
    name: settings.Name,
    version,
    AETitle: settings.DicomAet,
    ...ports,
    addresses: ownAddresses(),
    dicomWebRoot: settings.DicomWeb.Root,
    archive,
    diskFree: await freeBytes(archive),
    warnings,
  });
  const handlers = createHandlers({ store, events, system, log });
  const peers = openPeers(settings);
  const dimse = createDimseServer({
    settings,
    store,
    peers,
    log,
    onRefused: ({ origin, error }) => void store.refuse(new PacsError(error.code, error.message), origin),
  });
  const web = createWeb({
    settings,
    store,
    pixels,
    people: openPeople(settings),
    handlers,
    events,
    windowFolder,
    windowOrigins,
    system,
    version,
    log,
  });
  const stop = async (): Promise<void> => {
    await Promise.allSettled([dimse.stop(), web.stop()]);
    await pixels.close();
    await store.close();
  };
  try {
    if (settings.DicomServerEnabled) ports.dicomPort = (await dimse.start()).port;
    const { privateUrl, token, httpPort } = await web.start();
    ports.httpPort = httpPort;
    return { handlers, events, endpoint: { url: privateUrl, token }, ...ports, store, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Addresses of this computer in its networks, IPv4 first. */
const ownAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family, address }) => !internal && (family === 'IPv4' || !address.startsWith('fe80')))
    .sort((a, b) => a.family.localeCompare(b.family))
    .map(({ address }) => address);
