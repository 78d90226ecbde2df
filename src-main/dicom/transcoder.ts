/** Changes the transfer syntax of kept files in threads of their own: bounded memory and queue, time limit, nothing left behind. */
import { randomUUID } from 'node:crypto';
import { closeSync, mkdtempSync, open as openFile, rmSync } from 'node:fs';
import { mkdir, readdir, rm, stat, unlink } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Piscina } from 'piscina';
import { PacsError } from '#shared/errors.ts';
import { threadEntry } from '../threads.ts';
import { ChunkReader } from './transcode-chunks.ts';
import type { Written } from './transcode-sink.ts';
import type { TranscodeAnswer, TranscodeTask } from './transcode-worker.ts';

/** A data set in its new transfer syntax. */
interface Transcoded {
  /** Bytes of the data set. */
  readonly size: number;
  /** The encoded data set, in pieces, once; see ChunkReader for how long they are good. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Removes what was made. `mayReuse`: nobody uses a chunk any more, so that its memory may be used again. */
  discard(mayReuse: boolean): Promise<void>;
}

/** Changes transfer syntaxes. */
export interface Transcoder {
  /**
   * The data set of the file at `path` in another transfer syntax.
   * @throws PacsError unsupported, damaged, too-large, storage-full, busy, aborted
   */
  transcode(path: string, TransferSyntaxUID: string, signal?: AbortSignal): Promise<Transcoded>;
  /** Ends the threads; what is under way fails with `aborted`. */
  close(): Promise<void>;
}

/** How a transcoder is made. */
export interface TranscoderOptions {
  /** Threads; one less than the processors, at least one, if not given. They start with the first task. */
  readonly threads?: number;
  /** Folder for data sets that are too large for memory; it is this transcoder's alone, and what lies there is removed. */
  readonly folder?: string;
}

const open = promisify(openFile);
const maximumWaiting = 4096;
/* Milliseconds for any image, and for each megabyte of a large one. */
const [taskTime, timePerMegabyte] = [60_000, 2000];

const closing = (): PacsError => new PacsError('aborted', 'The program is closing.');

/** A transcoder. */
export function createTranscoder({
  threads = Math.max(1, availableParallelism() - 1),
  folder,
}: TranscoderOptions = {}): Transcoder {
  const piscina = new Piscina<TranscodeTask, TranscodeAnswer>({
    filename: fileURLToPath(threadEntry(import.meta.url, './transcode-worker')),
    name: 'runTranscodeTask',
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 60_000,
    atomics: 'disabled',
    recordTiming: false,
  });
  const end = new AbortController();
  let made: Promise<string> | undefined;
  /* What fails now, such as by a full disk, is tried again with the next image. */
  const workFolder = (): Promise<string> =>
    (made ??= prepare(folder).catch((error: unknown) => {
      made = undefined;
      throw error;
    }));

  const waiting: (() => void)[] = [];
  let running = 0;

  /* A task's time begins when it has a thread. */
  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (running >= threads) {
      if (waiting.length >= maximumWaiting) throw new PacsError('busy', 'Too many images are being changed at once.');
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  }

  async function run(path: string, TransferSyntaxUID: string, signal: AbortSignal | undefined): Promise<Written> {
    const place = await workFolder();
    const workPath = join(place, randomUUID());
    const { size } = await stat(path).catch(() => ({ size: 0 }));
    const late = AbortSignal.timeout(taskTime + Math.ceil(size / 1e6) * timePerMegabyte);
    const signals = AbortSignal.any([end.signal, late, ...(signal ? [signal] : [])]);
    try {
      signals.throwIfAborted();
      const answer = await piscina.run({ path, TransferSyntaxUID, workPath }, { signal: signals });
      if ('error' in answer) throw new PacsError(answer.error.code, answer.error.message);
      return answer.value;
    } catch (error) {
      await sweep(place, workPath);
      throw end.signal.aborted ? closing() : toTranscodeError(error, late, signal);
    }
  }

  return {
    transcode: (path, TransferSyntaxUID, signal) =>
      inTurn(async () => transcoded(await run(path, TransferSyntaxUID, signal))),
    close: async () => {
      end.abort();
      await piscina.destroy();
      if (made) await rm(await made, { recursive: true, force: true });
    },
  };
}

/* What a run that was killed has left behind goes first. */
async function prepare(folder: string | undefined): Promise<string> {
  if (folder === undefined) return temporaryFolder();
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chairside-transcoder-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/* A thread that was ended in the middle has left its files. */
async function sweep(folder: string, workPath: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const own = names.map((name) => join(folder, name)).filter((path) => path.startsWith(workPath));
  for (const path of own) await unlink(path).catch(() => undefined);
}

/* The files are held open: what is pointed to may be replaced by a newer version meanwhile. */
async function transcoded({ size, parts }: Written): Promise<Transcoded> {
  const files = new Map<string, number>();
  const paths = parts.flatMap((part) => (part instanceof Uint8Array ? [] : [part]));
  const close = async (): Promise<void> => {
    for (const file of files.values()) closeSync(file);
    files.clear();
    for (const { path, isMade } of paths) if (isMade) await unlink(path).catch(() => undefined);
  };
  try {
    for (const { path } of paths) if (!files.has(path)) files.set(path, await open(path, 'r'));
  } catch (cause) {
    await close();
    throw new PacsError('damaged', 'A file is gone.', { cause });
  }
  const reader = new ChunkReader(
    parts.map((part) => (part instanceof Uint8Array ? part : { ...part, file: files.get(part.path)! })),
  );
  return { size, chunks: () => reader.chunks(), discard: (mayReuse) => reader.close(mayReuse).then(close) };
}

function toTranscodeError(error: unknown, late: AbortSignal, signal: AbortSignal | undefined): PacsError {
  if (error instanceof PacsError) return error;
  if (signal?.aborted) return new PacsError('aborted', 'Changing the image was broken off.', { cause: error });
  if (late.aborted) return new PacsError('unsupported', 'Changing the image takes too long.', { cause: error });
  return new PacsError('internal', 'The image could not be changed.', { cause: error });
}
