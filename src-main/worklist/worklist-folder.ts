/** Watches a folder of .wl files: what is new, changed or gone is told; damaged ones are logged once for each change. */
import { watch, type FSWatcher, type Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PacsError, toPacsError } from '#shared/errors.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import type { Log } from '../log.ts';
import { maximumFileBytes, readWorklistFile } from './read-worklist-file.ts';

/** A file that was read; `stamp` tells its states apart. */
export interface WorklistFile {
  readonly name: string;
  readonly stamp: string;
  readonly dataSet: DicomJson;
}

/** Who is told. */
export interface FolderListener {
  /** The names that are known with the stamps they were read at. */
  known(): ReadonlyMap<string, { readonly stamp: string | null }>;
  changed(files: readonly WorklistFile[]): Promise<void>;
  removed(names: readonly string[]): Promise<void>;
  readonly log: Log;
}

/** A folder that is watched. */
export interface WorklistFolder {
  /** Looks at every file once; resolves when all is told. */
  scan(): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds. */
export interface FolderTimes {
  /** Between two looks at every file, for folders whose changes are not told (network drives). */
  readonly rescan: number;
  /** After a change, until the writer is likely to be through. */
  readonly settle: number;
}

const together = 8;
const batch = 50;
const isWorklistName = (name: string): boolean => /\.wl$/i.test(name);

/** Watches a folder, which may also come later. */
export function watchWorklistFolder(
  folder: string,
  listener: FolderListener,
  times: FolderTimes = { rescan: 30_000, settle: 200 },
): WorklistFolder {
  const watched = new WatchedFolder(folder, listener, times);
  watched.watch();
  return watched;
}

class WatchedFolder implements WorklistFolder {
  readonly #folder: string;
  readonly #listener: FolderListener;
  readonly #times: FolderTimes;
  /** Files that could not be read, with the stamps of when. */
  readonly #damaged = new Map<string, string>();
  /** Names to look at; undefined is all of them. */
  #waiting: Set<string> | undefined = new Set();
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #rescan: NodeJS.Timeout;
  #running: Promise<void> = Promise.resolve();
  #isMissingTold = false;
  #isClosed = false;

  constructor(folder: string, listener: FolderListener, times: FolderTimes) {
    this.#folder = folder;
    this.#listener = listener;
    this.#times = times;
    this.#rescan = setInterval(() => this.#soon(undefined, 0), times.rescan).unref();
  }

  watch(): void {
    if (this.#watcher || this.#isClosed) return;
    try {
      this.#watcher = watch(this.#folder, { persistent: false }, (_event, name) =>
        this.#soon(name ?? undefined, this.#times.settle),
      );
      this.#watcher.on('error', () => this.#unwatch());
    } catch {
      this.#watcher = undefined; // the folder is not there yet; the next look tries again
    }
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  /** Looks at a file (or all of them) in a moment; what comes until then is looked at together. */
  #soon(name: string | undefined, milliseconds: number): void {
    if (this.#isClosed || (name !== undefined && !isWorklistName(name))) return;
    if (name === undefined) this.#waiting = undefined;
    else this.#waiting?.add(name);
    this.#timer ??= setTimeout(() => void this.#look(), milliseconds).unref();
  }

  scan(): Promise<void> {
    this.#waiting = undefined;
    return this.#look();
  }

  #look(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running = this.#running.then(async () => {
      const names = this.#waiting;
      this.#waiting = new Set();
      await this.#lookAt(names).catch((error: unknown) =>
        this.#listener.log('error', 'The folder of worklist files could not be taken in; it is tried again.', error),
      );
    });
    return this.#running;
  }

  async #lookAt(asked: ReadonlySet<string> | undefined): Promise<void> {
    if (this.#isClosed) return;
    this.watch();
    const names = asked ?? (await this.#list());
    if (!names) return;
    const known = this.#listener.known();
    const gone = asked ? [] : [...known.keys()].filter((name) => !names.has(name));
    const read: WorklistFile[] = [];
    const waiting = [...names];
    for (let at = 0; at < waiting.length && !this.#isClosed; at += together) {
      const some = waiting.slice(at, at + together);
      const found = await Promise.all(some.map((name) => this.#read(name, known.get(name)?.stamp)));
      for (const [index, file] of found.entries())
        if (file === 'gone' && known.has(some[index]!)) gone.push(some[index]!);
        else if (typeof file === 'object') read.push(file);
      if (read.length >= batch) await this.#listener.changed(read.splice(0));
    }
    if (this.#isClosed) return;
    if (read.length > 0) await this.#listener.changed(read);
    if (gone.length > 0) await this.#listener.removed(gone);
  }

  /** The names of the folder's files, or undefined where it cannot be read: then nothing is known to be gone. */
  async #list(): Promise<Set<string> | undefined> {
    try {
      const entries = await readdir(this.#folder, { withFileTypes: true });
      this.#isMissingTold = false;
      return new Set(
        entries
          .filter((entry) => !entry.isDirectory())
          .map(({ name }) => name)
          .filter(isWorklistName),
      );
    } catch (error) {
      this.#unwatch();
      if (!this.#isMissingTold)
        this.#listener.log('warn', `The folder of worklist files cannot be read: ${this.#folder}`, error);
      this.#isMissingTold = true;
      return undefined;
    }
  }

  async #read(name: string, known: string | null | undefined): Promise<WorklistFile | 'gone' | 'same' | 'damaged'> {
    const path = join(this.#folder, name);
    const state = await stat(path).catch(() => undefined);
    if (!state?.isFile()) {
      this.#damaged.delete(name);
      return 'gone';
    }
    const stamp = `${state.mtimeMs} ${state.size} ${state.ino}`;
    if (stamp === known || stamp === this.#damaged.get(name)) return 'same';
    try {
      if (state.size > maximumFileBytes) throw new PacsError('too-large', 'It is too large to be a worklist item.');
      const dataSet = await readWorklistFile(path);
      this.#damaged.delete(name);
      return { name, stamp, dataSet };
    } catch (error) {
      this.#failed(name, stamp, state, error);
      return 'damaged';
    }
  }

  /* A file that was written a moment ago may still be on its way: it is looked at again before anybody is told. */
  #failed(name: string, stamp: string, { mtime, size }: Stats, error: unknown): void {
    if (Math.abs(Date.now() - mtime.getTime()) < 5 * this.#times.settle) return this.#soon(name, this.#times.settle);
    this.#damaged.set(name, stamp);
    if (this.#damaged.size > 100_000) this.#damaged.clear();
    /* Its name may be that of a patient, which has no place in a log; by size and time it is found as well. */
    const which = `The worklist file of ${size} bytes that was written at ${mtime.toISOString()}`;
    this.#listener.log('warn', `${which} cannot be read: ${toPacsError(error).message}`);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#rescan);
    clearTimeout(this.#timer);
    this.#unwatch();
    await this.#running;
  }
}
