/** Writes files so that bytes and names survive a power cut; every call waits for the disk, so it belongs into a thread. */
import { closeSync, fdatasyncSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

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

/**
 * Makes new files and syncs them and their folders; the answer tells for each its fault or nothing. First all are written,
 * then all are synced: they share the commits of the file system's journal. Of a file with a fault nothing is left.
 */
export function writeNewFiles(files: readonly NewFile[]): (DiskFault | undefined)[] {
  const open = files.map((file) => attempt(file.path, () => ({ descriptor: create(file) })));
  const faults = open.map((one, at) => {
    if ('code' in one) return one;
    const synced = attempt(files[at]?.path, () => syncAndClose(one.descriptor));
    return synced && 'code' in synced ? synced : undefined;
  });
  const folders = new Set(files.filter((_, at) => !faults[at]).map(({ path }) => dirname(path)));
  for (const folder of folders) syncFolder(folder);
  return faults;
}

function attempt<R>(path: string | undefined, work: () => R): R | DiskFault {
  try {
    return work();
  } catch (error) {
    if (path !== undefined) remove(path);
    return diskFault(error);
  }
}

function create({ path, bytes }: NewFile): number {
  const descriptor = openSync(path, 'wx');
  try {
    writeAll(descriptor, bytes);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function syncAndClose(descriptor: number): void {
  try {
    fdatasyncSync(descriptor);
  } finally {
    closeSync(descriptor);
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
