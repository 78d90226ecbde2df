/** A thread of the SQLite catalogue: holds one connection and runs one operation at a time. */
import { workerData } from 'node:worker_threads';
import type { Overwrite } from '../catalogue.ts';
import { diskFault, type DiskFault } from '../write-files.ts';
import { openForReading, openForWriting, type Connection } from './database.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { createReader, type Reader } from './reader.ts';
import { createWriter, type Writer } from './writer.ts';

/** What a thread is told at its start. */
export interface CatalogueThread {
  readonly path: string;
  readonly mode: 'write' | 'read';
  readonly overwrite: Overwrite;
}

/** One operation: the name of a method and its arguments. */
export interface Operation {
  readonly method: keyof Keeper | keyof Writer | keyof Reader | 'close';
  readonly input: readonly unknown[];
}

let connection: Connection | undefined;
let methods: Partial<Record<Operation['method'], (...input: never[]) => unknown>> | undefined;

function connect(): typeof methods {
  const { path, mode, overwrite } = workerData as CatalogueThread;
  connection = mode === 'write' ? openForWriting(path) : openForReading(path);
  if (mode === 'read') return { ...createReader(connection) };
  const writer = createWriter(connection);
  return { ...writer, ...createKeeper(writer, overwrite) };
}

/** Opens the database; the answer is what is wrong with it, for an error would lose its code on the way to another thread. */
export function open(): DiskFault | undefined {
  try {
    methods ??= connect();
    return undefined;
  } catch (error) {
    return diskFault(error);
  }
}

/** Runs one operation; what it throws goes back to the caller. */
export function run({ method, input }: Operation): unknown {
  if (method === 'close') {
    connection?.close();
    connection = undefined;
    methods = undefined;
    return undefined;
  }
  return methods?.[method]?.(...(input as never[]));
}
