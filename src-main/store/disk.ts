/** Writes large images: in parts as they come, the end in threads of their own that may wait for the disk. */
import { appendFile } from 'node:fs/promises';
import { Piscina } from 'piscina';
import { threadEntry } from '../threads.ts';
import type { DigestCheck, DiskWrite } from './disk-worker.ts';
import type { DiskFault } from './write-files.ts';

const threads = 4;
/* So that checks, which may be many and long, leave threads for images that come. */
const checkingThreads = 2;

/** The way of a large image to disk. */
export interface Disk {
  /** Appends to a file. @throws an error with the system's `code` */
  append(path: string, bytes: Uint8Array): Promise<void>;
  /** Appends the last bytes, syncs the file, gives it its final name and syncs that. @throws as append */
  finish(path: string, bytes: Uint8Array<SharedArrayBuffer>, keepAs: string): Promise<void>;
  /** True where the file is there and its SHA-256 is this. @throws as append where it cannot be read */
  hasDigest(path: string, digest: Uint8Array): Promise<boolean>;
  close(): Promise<void>;
}

/** Starts the threads when they are first needed. */
export function openDisk(): Disk {
  const pool = startThreads(threads);
  const checks = startThreads(checkingThreads);
  return {
    append: (path, bytes) => appendFile(path, bytes),
    finish: async (path, bytes, keepAs) => {
      const task: DiskWrite = { path, bytes, keepAs };
      const fault = (await pool.run(task, { name: 'finish' })) as DiskFault | undefined;
      if (fault) throw toError(fault);
    },
    hasDigest: async (path, digest) => {
      const answer = (await checks.run({ path, digest } satisfies DigestCheck, { name: 'hasDigest' })) as
        | boolean
        | DiskFault;
      if (typeof answer === 'boolean') return answer;
      throw toError(answer);
    },
    close: async () => {
      await Promise.all([pool.close(), checks.close()]);
    },
  };
}

const startThreads = (maxThreads: number): Piscina =>
  new Piscina({
    filename: threadEntry(import.meta.url, './disk-worker'),
    minThreads: 0,
    maxThreads,
    idleTimeout: 60_000,
  });

/** The error of a fault, with its code. */
export const toError = ({ code, message }: DiskFault): Error => Object.assign(new Error(message), { code });
