/** A thread that finishes large images and checks kept ones: waiting for the disk must not hold up the small ones. */
import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, readSync, renameSync } from 'node:fs';
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

/** A file and the SHA-256 that its bytes should have. */
export interface DigestCheck {
  readonly path: string;
  readonly digest: Uint8Array;
}

/** True where the file is there and has these bytes still; a fault where it is there but cannot be read. */
export function hasDigest({ path, digest }: DigestCheck): boolean | DiskFault {
  try {
    const file = openSync(path, 'r');
    try {
      return digestOf(file).equals(digest);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const fault = diskFault(error);
    return fault.code === 'ENOENT' ? false : fault;
  }
}

function digestOf(file: number): Buffer {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(1024 * 1024);
  for (let read = readSync(file, block); read > 0; read = readSync(file, block)) hash.update(block.subarray(0, read));
  return hash.digest();
}
