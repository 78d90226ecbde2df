/** A thread that writes: everything an image needs from the disk in one go, where each call may wait for the disk. */
import { closeSync, fdatasyncSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** The last bytes of a file and its final name. */
export interface DiskWrite {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly keepAs: string;
}

/** What became of a write: nothing to say, or the system's code and words (an Error would lose its code on the way). */
export type DiskAnswer = { readonly code: string; readonly message: string } | undefined;

/** Appends the last bytes and makes file and name safe from a power cut. */
export function finish({ path, bytes, keepAs }: DiskWrite): DiskAnswer {
  try {
    const file = openSync(path, 'a');
    try {
      /* A short write means a disk at its end: the next one fails with the reason. */
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      keep(file, path, keepAs);
    } finally {
      closeSync(file);
    }
    return undefined;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return { code, message };
  }
}

/* The name first, then the sync: file and name then share one commit of the file system's journal. A power cut in between
   can leave a name before its bytes, which the digest in the name tells. */
function keep(file: number, path: string, keepAs: string): void {
  renameSync(path, keepAs);
  fdatasyncSync(file);
  syncFolder(dirname(keepAs));
}

let folder: { path: string; descriptor: number } | undefined;

/* Windows has no such call and keeps names with its journal. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  if (folder?.path !== path) {
    if (folder) closeSync(folder.descriptor);
    folder = undefined;
    folder = { path, descriptor: openSync(path, 'r') };
  }
  fsyncSync(folder.descriptor);
}
