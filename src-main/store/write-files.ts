/** Writes files so that bytes and names survive a power cut; every call waits for the disk, so it belongs into a thread. */
import { closeSync, fdatasync, fdatasyncSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** A new file and all of its bytes. */
export interface NewFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The system's code and words for what went wrong; an Error would lose its code on the way to another thread. */
export interface DiskFault {
  readonly code: string;
  readonly message: string;
}

/** The fault that a thrown thing tells. */
export const diskFault = (thrown: unknown): DiskFault => {
  const { code = '', message } = thrown as NodeJS.ErrnoException;
  return { code, message };
};

const syncInBackground = promisify(fdatasync);

/**
 * Makes new files and syncs them and their folders; the answer tells for each its fault or nothing. First all are written,
 * then all are synced at once: they share the commits of the file system's journal. Of a file with a fault nothing is left.
 */
export async function writeNewFiles(files: readonly NewFile[]): Promise<(DiskFault | undefined)[]> {
  const made = files.map((file) => create(file));
  const isAlone = files.length === 1;
  const faults = await Promise.all(
    files.map(async ({ path }, at) => {
      const one = made[at];
      return typeof one === 'number' ? syncAndClose(one, path, isAlone) : one;
    }),
  );
  const folders = new Set(files.filter((_, at) => !faults[at]).map(({ path }) => dirname(path)));
  const unsynced = new Map([...folders].flatMap((folder) => faultOfSync(folder)));
  return files.map(({ path }, at) => {
    const fault = faults[at] ?? unsynced.get(dirname(path));
    if (fault && !faults[at]) remove(path);
    return fault;
  });
}

function faultOfSync(folder: string): [string, DiskFault][] {
  try {
    syncFolder(folder);
    return [];
  } catch (error) {
    return [[folder, diskFault(error)]];
  }
}

function create({ path, bytes }: NewFile): number | DiskFault {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'wx');
    writeAll(descriptor, bytes);
    return descriptor;
  } catch (error) {
    /* Only what was made here is removed. */
    if (descriptor !== undefined) {
      closeSync(descriptor);
      remove(path);
    }
    return diskFault(error);
  }
}

/* Alone, a file is synced here and now: handing it on would only cost a wake-up. */
async function syncAndClose(descriptor: number, path: string, isAlone: boolean): Promise<DiskFault | undefined> {
  try {
    if (isAlone) fdatasyncSync(descriptor);
    else await syncInBackground(descriptor);
    closeSync(descriptor);
    return undefined;
  } catch (error) {
    closeSync(descriptor);
    remove(path);
    return diskFault(error);
  }
}

/** Writes all bytes at the file's end. A short write means a disk at its end: the next one fails with the reason. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}

/** Removes a file if it is there. */
export function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    /* Not there, or the disk is gone: the next start looks again. */
  }
}

let folder: { path: string; descriptor: number } | undefined;

/** Puts the names in a folder on disk. Windows has no such call and keeps names with its journal. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  if (folder?.path !== path) {
    if (folder) closeSync(folder.descriptor);
    folder = undefined;
    folder = { path, descriptor: openSync(path, 'r') };
  }
  fsyncSync(folder.descriptor);
}
