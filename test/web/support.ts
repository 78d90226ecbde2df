/** A real archive behind the HTTP door, for tests of the door. */
import { createEmitter } from '#shared/emitter.ts';
import { type Settings, settingsSchema } from '#shared/settings.ts';
import type { Events } from '#shared/contract.ts';
import type { SystemInfo } from '#shared/model.ts';
import { createHandlers } from '#main/handlers.ts';
import { openJobs } from '#main/jobs/jobs.ts';
import type { Log } from '#main/log.ts';
import { createNetwork } from '#main/network.ts';
import { openRooms } from '#main/rooms.ts';
import type { Store } from '#main/store/store.ts';
import { createWeb, type Web, type WebDeps } from '#main/web/web.ts';
import { buildPart10, type BuildElement, type BuildFile, instanceElements } from '../support/build-data-set.ts';
import { inPieces, temporaryFolder } from '../support/instances.ts';

/** A running door with its archive. */
export interface TestWeb {
  readonly web: Web;
  readonly store: Store;
  readonly deps: WebDeps;
  readonly logged: readonly string[];
  /** A request to the public or the private router without a socket; the private one with its token. */
  get(path: string, init?: RequestInit & { readonly listener?: 'private' | 'public' }): Promise<Response>;
  close(): Promise<void>;
}

const base = 'http://localhost:8042';

/** Opens an archive in a temporary folder and a door over it. */
export async function openTestWeb(
  settings: Readonly<Record<string, unknown>> = {},
  more: Partial<WebDeps> = {},
): Promise<TestWeb> {
  const folder = temporaryFolder();
  const { Chairside, ...others } = settings as { Chairside?: object };
  const parsed: Settings = settingsSchema.parse({
    HttpPort: 0,
    StorageDirectory: folder.path,
    Chairside: { MaximumInstanceSizeMB: 1024, MinimumFreeSpaceMB: 0, PixelThreads: 1, ...Chairside },
    ...others,
  });
  const logged: string[] = [];
  const log: Log = (level, message, cause) =>
    void logged.push(`${level} ${message} ${cause instanceof Error ? cause.stack : ''}`);
  const rooms = await openRooms(parsed, log);
  const { store, peers, worklist, commitments, people, pixels, records } = rooms;
  const jobs = openJobs({ records, settings: parsed, runners: {}, log });
  const network = createNetwork({ settings: parsed, peers, jobs, client: { settings: parsed, log, store } });
  const events = createEmitter<Events>((error) => log('error', String(error)));
  store.events.on('instance.stored', (event) => events.emit('instance.stored', event));
  const system = async (): Promise<SystemInfo> => ({
    name: parsed.Name,
    version: '9.8.7',
    AETitle: parsed.DicomAet,
    dicomPort: 11_112,
    addresses: [],
    archive: folder.path,
    diskFree: 1,
    warnings: [],
  });
  const deps: WebDeps = {
    settings: parsed,
    store,
    pixels,
    people,
    peers,
    worklist,
    jobs,
    commitments,
    network,
    handlers: createHandlers({ store, peers, worklist, jobs, network, events, system, log }),
    events,
    windowOrigins: ['app://bundle'],
    system,
    version: '9.8.7',
    log,
    ...more,
  };
  const web = createWeb(deps);
  return {
    web,
    store,
    deps,
    logged,
    get: (path, { listener = 'public', ...init } = {}) => {
      const headers = new Headers(init.headers);
      if (listener === 'private' && !headers.has('Authorization')) headers.set('Authorization', `Bearer ${web.token}`);
      return web.fetch(new Request(base + path, { ...init, headers }), { listener, remoteAddress: '127.0.0.1' });
    },
    close: async () => {
      await web.stop();
      await jobs.stop();
      await rooms.close();
      folder.remove();
    },
  };
}

/** Keeps a file in the archive. */
export const keep = (store: Store, bytes: Uint8Array) =>
  store.receive(inPieces(bytes), { kind: 'import', path: 'test' });

/** A grey 8 bit image of 4 x 4 pixels a frame, each frame filled with its number and 100; elements may be added or replaced. */
export function greyImage(more: readonly BuildElement[] = [], frames = 1, file: Partial<BuildFile> = {}): Buffer {
  const pixels = Buffer.concat(Array.from({ length: frames }, (_, frame) => Buffer.alloc(16, 100 + frame)));
  return buildPart10({
    ...file,
    elements: instanceElements([
      { tag: 'SpecificCharacterSet', value: 'ISO_IR 192' },
      { tag: 'SamplesPerPixel', value: 1 },
      { tag: 'PhotometricInterpretation', value: 'MONOCHROME2' },
      { tag: 'NumberOfFrames', value: String(frames) },
      { tag: 'Rows', value: 4 },
      { tag: 'Columns', value: 4 },
      { tag: 'BitsAllocated', value: 8 },
      { tag: 'BitsStored', value: 8 },
      { tag: 'HighBit', value: 7 },
      { tag: 'PixelRepresentation', value: 0 },
      { tag: '7FE00010', vr: 'OB', value: pixels },
      ...more,
    ]),
  });
}

/** Elements of an instance by their last UID numbers. */
export const uids = (study: number, series: number, instance: number): BuildElement[] => [
  { tag: 'StudyInstanceUID', value: `1.2.3.${study}` },
  { tag: 'SeriesInstanceUID', value: `1.2.3.${study}.${series}` },
  { tag: 'SOPInstanceUID', value: `1.2.3.${study}.${series}.${instance}` },
  { tag: 'InstanceNumber', value: String(instance) },
];

/** All bytes of a stream. */
export async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
