/** Writes the archive's files in threads of their own, so that waiting for the disk never holds up the network. */
import { open } from 'node:fs/promises';
import { Piscina } from 'piscina';
import { threadEntry } from '../threads.ts';
import type { DiskAnswer, DiskWrite } from './disk-worker.ts';

/* They wait more than they work: enough that images from several scanners share one commit of the disk. */
const threads = 8;

/** The writing threads. */
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
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: 60_000,
  });
  return {
    append,
    finish: async (path, chunks, keepAs) => {
      const bytes = joined(chunks);
      const task: DiskWrite = { path, bytes, keepAs };
      const fault = (await pool.run(task, { name: 'finish', transferList: [bytes.buffer] })) as DiskAnswer;
      if (fault) throw Object.assign(new Error(fault.message), { code: fault.code });
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

/* One buffer of their own, which can be handed to a thread without another copy. */
function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
