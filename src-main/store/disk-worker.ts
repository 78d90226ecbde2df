/** A thread that finishes large images: waiting for their bytes to reach the disk must not hold up the small ones. */
import { closeSync, fdatasyncSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { diskFault, syncFolder, writeAll, type DiskFault } from './write-files.ts';

/** The last bytes of a file and its final name. */
export interface DiskWrite {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly keepAs: string;
}

/** Appends the last bytes and makes file and name safe from a power cut. */
export function finish({ path, bytes, keepAs }: DiskWrite): DiskFault | undefined {
  try {
    const file = openSync(path, 'a');
    try {
      writeAll(file, bytes);
      /* The name first, then the sync: file and name share one commit of the file system's journal. */
      renameSync(path, keepAs);
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
    syncFolder(dirname(keepAs));
    return undefined;
  } catch (error) {
    return diskFault(error);
  }
}
