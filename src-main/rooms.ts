/** Opens the rooms and the tools that they share, each on what it needs, and closes them in the reverse order. */
import { join, resolve } from 'node:path';
import type { Settings } from '#shared/settings.ts';
import { createPixelPool, type PixelPool } from './dicom/pixel-pool.ts';
import { createTranscoder, type Transcoder } from './dicom/transcoder.ts';
import { openCommitments, type Commitments } from './jobs/commitments.ts';
import { jobsSchema } from './jobs/schema.ts';
import { labelsOf } from './labels.ts';
import type { Log } from './log.ts';
import { openPeers, type Peers } from './peers/peers.ts';
import { peersSchema } from './peers/schema.ts';
import { openPeople, type People } from './people/people.ts';
import { openRecords } from './records/open-records.ts';
import type { Records } from './records/records.ts';
import { openStore } from './store/open-store.ts';
import type { Store } from './store/store.ts';
import { openWorklist } from './worklist/open-worklist.ts';
import { worklistSchema } from './worklist/schema.ts';
import type { Worklist } from './worklist/worklist.ts';

/** Everything behind the doors. */
export interface Rooms {
  readonly store: Store;
  readonly peers: Peers;
  readonly people: People;
  readonly worklist: Worklist;
  readonly commitments: Commitments;
  readonly records: Records;
  readonly pixels: PixelPool;
  readonly transcoder: Transcoder;
  close(): Promise<void>;
}

const megabyte = 1024 * 1024;

/** Opens all rooms. @throws PacsError with a sentence when the archive is in use or cannot be opened; nothing stays open then. */
export async function openRooms(settings: Settings, log: Log): Promise<Rooms> {
  /* What is open, the last one first. */
  const opened: (() => Promise<unknown>)[] = [];
  const keep = <T extends { close(): Promise<unknown> }>(room: T): T => {
    opened.unshift(() => room.close());
    return room;
  };
  const close = async (): Promise<void> => {
    for (const end of opened.splice(0))
      await end().catch((error: unknown) => log('error', 'A part of the archive could not be closed well.', error));
  };
  try {
    const storage = resolve(settings.StorageDirectory);
    const index = resolve(settings.IndexDirectory ?? storage);
    const store = keep(await openArchive(settings, storage, index, log));
    const records = keep(await openRecords(index, [peersSchema, jobsSchema, worklistSchema]));
    const peers = keep(await openPeers(settings, records));
    const stored = async (uids: readonly string[]): Promise<string[]> =>
      (await store.files({ SOPInstanceUID: uids })).map(({ SOPInstanceUID }) => SOPInstanceUID);
    const worklist = keep(await openWorklist({ records, settings, log, stored }));
    const transcoder = keep(createTranscoder({ folder: join(index, 'transcoding') }));
    const pixels = keep(createPixelPool(settings.Chairside.PixelThreads));
    const commitments = openCommitments(records, settings.JobsHistorySize, log);
    return { store, peers, people: openPeople(settings), worklist, commitments, records, pixels, transcoder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const openArchive = (settings: Settings, storage: string, index: string, log: Log): Promise<Store> =>
  openStore({
    storage,
    index,
    overwrite: settings.OverwriteInstances,
    maximumInstanceBytes: settings.Chairside.MaximumInstanceSizeMB * megabyte,
    minimumFreeBytes: settings.Chairside.MinimumFreeSpaceMB * megabyte,
    labelOf: labelsOf(settings),
    log: (message) => log('warn', message),
  });
