/** Writes large images: in parts as they come, the end in threads of their own that may wait for the disk. */
import { appendFile } from 'node:fs/promises';
import { Piscina } from 'piscina';
import { threadEntry } from '../threads.ts';
import type { DiskWrite } from './disk-worker.ts';
import type { DiskFault } from './write-files.ts';

const threads = 4;

/** The way of a large image to disk. */
export interface Disk {
  /** Appends to a file. @throws an error with the system's `code` */
  append(path: string, bytes: Uint8Array): Promise<void>;
  /** Appends the last bytes, syncs the file, gives it its final name and syncs that. @throws as append */
  finish(path: string, bytes: Uint8Array<SharedArrayBuffer>, keepAs: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts the threads when they are first needed. */
export function openDisk(): Disk {
  const pool = new Piscina({
    filename: threadEntry(import.meta.url, './disk-worker'),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 60_000,
  });
  return {
    append: (path, bytes) => appendFile(path, bytes),
    finish: async (path, bytes, keepAs) => {
      const task: DiskWrite = { path, bytes, keepAs };
      const fault = (await pool.run(task, { name: 'finish' })) as DiskFault | undefined;
      if (fault) throw toError(fault);
    },
    close: () => pool.close(),
  };
}

/** The error of a fault, with its code. */
export const toError = ({ code, message }: DiskFault): Error => Object.assign(new Error(message), { code });
