/** The folders of the archive: where a file comes in, where it stays, and what makes its name survive a power cut. */
import { constants } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from './catalogue.ts';

/** Files in a bucket; a start after a crash looks through the last bucket or two, so this bounds it. */
export const bucketSize = 1000;

/** The folders under the storage directory. */
export interface Places {
  readonly folder: string;
  /** Absolute path of a kept file. */
  pathOf(place: Place): string;
  bucketPath(bucket: number): string;
  /** Absolute path of a file on its way in. */
  incomingPath(name: string): string;
  /** Numbers of the buckets that are there, ascending. */
  buckets(): Promise<number[]>;
  /** Names of the files in a bucket; none where it is not there. @throws where it cannot be read */
  namesIn(bucket: number): Promise<string[]>;
  /** Makes a bucket's folder so that it survives a power cut. */
  makeBucket(bucket: number): Promise<void>;
  /** Removes what a crash left on its way in. */
  clearIncoming(): Promise<void>;
}

const bucketName = (bucket: number): string => String(bucket % 1000).padStart(3, '0');
const shelfName = (bucket: number): string => String(Math.floor(bucket / 1000)).padStart(4, '0');

/** Opens (and if needed makes) the folders: `dicom/<shelf>/<bucket>/<file>` and `incoming/`. */
export async function openPlaces(folder: string): Promise<Places> {
  const [dicom, incoming] = [join(folder, 'dicom'), join(folder, 'incoming')];
  await mkdir(dicom, { recursive: true });
  await mkdir(incoming, { recursive: true });
  await syncFolder(folder);
  const bucketPath = (bucket: number): string => join(dicom, shelfName(bucket), bucketName(bucket));
  return {
    folder,
    bucketPath,
    pathOf: ({ bucket, name }) => join(bucketPath(bucket), name),
    incomingPath: (name) => join(incoming, name),
    buckets: () => listBuckets(dicom),
    namesIn: (bucket) => readdir(bucketPath(bucket)).catch(noneIfMissing),
    makeBucket: async (bucket) => {
      await mkdir(bucketPath(bucket), { recursive: true });
      await syncFolder(join(dicom, shelfName(bucket)));
      await syncFolder(dicom);
    },
    clearIncoming: async () => {
      for (const entry of await readdir(incoming, { withFileTypes: true }))
        if (entry.isFile() && ownPart.test(entry.name)) await rm(join(incoming, entry.name), { force: true });
    },
  };
}

/* Only what this program put there: a person may have chosen a folder that has an `incoming` already. */
const ownPart = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.part$/;

/* A folder that cannot be read is no empty folder: its rows would be taken for lost. */
function noneIfMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

async function listBuckets(dicom: string): Promise<number[]> {
  const numbers: number[] = [];
  for (const shelf of (await readdir(dicom)).filter((name) => /^\d{4,}$/.test(name)))
    for (const bucket of (await readdir(join(dicom, shelf))).filter((name) => /^\d{3}$/.test(name)))
      numbers.push(Number(shelf) * 1000 + Number(bucket));
  return numbers.sort((a, b) => a - b);
}

/* Puts the names in a folder on disk. Windows has no such call and keeps names with its journal. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
