/** Writes large images: in parts as they come, the end in threads of their own that may wait for the disk. */
import { open } from 'node:fs/promises';
import { Piscina } from 'piscina';
import { threadEntry } from '../threads.ts';
import type { DiskWrite } from './disk-worker.ts';
import type { DiskFault } from './write-files.ts';

const threads = 4;

/** The way of a large image to disk. */
export interface Disk {
  /** Appends chunks to a file. @throws an error with the system's `code` */
  append(path: string, chunks: readonly Uint8Array[]): Promise<void>;
  /** Appends the last chunks, syncs the file, gives it its final name and syncs that. @throws as append */
  finish(path: string, chunks: readonly Uint8Array[], keepAs: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts the threads. */
export function openDisk(): Disk {
  const pool = new Piscina({
    filename: threadEntry(import.meta.url, './disk-worker'),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 60_000,
  });
  return {
    append,
    finish: async (path, chunks, keepAs) => {
      const bytes = joined(chunks);
      const task: DiskWrite = { path, bytes, keepAs };
      const fault = (await pool.run(task, { name: 'finish', transferList: [bytes.buffer] })) as DiskFault | undefined;
      if (fault) throw toError(fault);
    },
    close: () => pool.close(),
  };
}

/* Parts of a large image are written as they lie, without the copy that a thread needs: memory stays flat. */
async function append(path: string, chunks: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'a');
  try {
    const total = chunks.reduce((sum, { length }) => sum + length, 0);
    const { bytesWritten } = await file.writev(chunks);
    /* A short write means a disk at its end: the rest fails with the reason. */
    if (bytesWritten < total) await file.writeFile(joined(chunks).subarray(bytesWritten));
  } finally {
    await file.close();
  }
}

/** The error of a fault, with its code. */
export const toError = ({ code, message }: DiskFault): Error => Object.assign(new Error(message), { code });

/** One buffer of their own, which can be handed to a thread without another copy. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
