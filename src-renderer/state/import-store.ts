/** Import of dropped files: one after the other into the archive, with progress and a report. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { PacsErrorCode, PacsErrorValue } from '#shared/errors.ts';
import type { Receipt } from '#shared/model.ts';
import type { WindowBridge } from '../bridge/window-bridge.ts';

/** One file to import; its name is the path within what was dropped. */
export interface ImportFile {
  readonly name: string;
  readonly file: Blob;
}

/** One file that was not taken. */
export interface RefusedFile {
  readonly name: string;
  /** `unreadable` where the window itself could not read the file. */
  readonly reason: PacsErrorCode | 'unreadable';
  /** What the core added, in its own words. */
  readonly detail?: string;
}

/** State and actions of the import. */
export interface ImportState {
  readonly phase: 'idle' | 'running' | 'done';
  readonly total: number;
  readonly done: number;
  readonly stored: number;
  readonly alreadyStored: number;
  /** The first refused files; `refusedCount` counts all. */
  readonly refused: readonly RefusedFile[];
  readonly refusedCount: number;
  /** Why the import ended before its end, if it did. */
  readonly stoppedBy: PacsErrorCode | 'person' | undefined;
  /** Adds files to the running import, or begins one. Marker files of operating systems are passed over. */
  add(files: readonly ImportFile[]): void;
  stop(): void;
  /** Puts the report away. */
  dismiss(): void;
}

/** Files on their way at once: enough to keep the disk busy, few enough for the scanner to get through. */
const parallel = 3;
/** Refused files kept for the report. */
const maximumRefused = 1000;

/** What an operating system leaves in folders, and the index of a DICOM medium: never an image. */
const isMarkerFile = (name: string): boolean =>
  /(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini|DICOMDIR)$/i.test(name) || /(^|\/)__MACOSX\//.test(name);

/** Faults that every further file would meet as well. */
const isFinal = (code: RefusedFile['reason']): code is PacsErrorCode =>
  code === 'storage-full' || code === 'aborted' || code === 'unauthorized';

const nothing = {
  phase: 'idle',
  total: 0,
  done: 0,
  stored: 0,
  alreadyStored: 0,
  refused: [],
  refusedCount: 0,
  stoppedBy: undefined,
} as const;

/** What became of one file. */
type Outcome = Pick<Receipt, 'status'> | Omit<RefusedFile, 'name'>;

/**
 * Why a file could not be sent: a browser says the same of a file that is gone or may not be read and of a core that
 * cannot be reached, so the core is asked whether it is there.
 */
const unsent = (bridge: WindowBridge): Promise<Outcome> =>
  bridge.call('system.info').then(
    () => ({ reason: 'unreadable' }),
    () => ({ reason: 'aborted' }),
  );

/** Sends one file; never throws. */
async function send(bridge: WindowBridge, { name, file }: ImportFile, signal: AbortSignal): Promise<Outcome> {
  const url = bridge.url(`/window/import?name=${encodeURIComponent(name)}`);
  const response = await fetch(url, { method: 'POST', body: file, signal }).catch(() => undefined);
  if (!response) return signal.aborted ? { reason: 'aborted' } : unsent(bridge);
  const answer = (await response.json().catch(() => undefined)) as Receipt | PacsErrorValue | undefined;
  if (response.ok && answer && 'status' in answer) return answer;
  if (answer && 'code' in answer) return { reason: answer.code, detail: answer.message };
  return { reason: 'internal', detail: `HTTP ${response.status}` };
}

/** Makes the store of the import. */
export function createImportStore(bridge: WindowBridge): StoreApi<ImportState> {
  return createStore<ImportState>((set, get) => {
    let queue: ImportFile[] = [];
    let next = 0;
    let sending = 0;
    let run = new AbortController();

    const end = (stoppedBy: ImportState['stoppedBy']) => {
      [queue, next] = [[], 0];
      run.abort();
      set({ phase: 'done', stoppedBy });
    };

    const count = (status: Receipt['status']) => {
      const { done, stored, alreadyStored } = get();
      const isNew = status === 'Success';
      set({ done: done + 1, stored: stored + (isNew ? 1 : 0), alreadyStored: alreadyStored + (isNew ? 0 : 1) });
    };

    const refuse = (file: RefusedFile) => {
      const { done, refused, refusedCount } = get();
      const kept = refused.length < maximumRefused ? [...refused, file] : refused;
      set({ done: done + 1, refused: kept, refusedCount: refusedCount + 1 });
      if (isFinal(file.reason)) end(file.reason);
    };

    /** What becomes of a file after its run has ended is told by nobody: the report says where the run ended. */
    const sendNext = async ({ signal }: AbortController) => {
      const file = queue[next++];
      if (!file) return;
      const outcome = await send(bridge, file, signal);
      if (signal.aborted) return;
      if ('status' in outcome) count(outcome.status);
      else refuse({ name: file.name, ...outcome });
    };

    const pump = () => {
      const own = run;
      for (; sending < parallel && next < queue.length; sending++)
        void sendNext(own).finally(() => {
          sending--;
          if (get().phase === 'running') pump();
        });
      if (sending === 0 && get().phase === 'running') end(undefined);
    };

    return {
      ...nothing,
      add: (files) => {
        const wanted = files.filter(({ name }) => !isMarkerFile(name));
        queue = queue.concat(wanted);
        if (get().phase === 'running') set({ total: get().total + wanted.length });
        else {
          run = new AbortController();
          set({ ...nothing, phase: 'running', total: wanted.length });
        }
        pump();
      },
      stop: () => end('person'),
      dismiss: () => set(nothing),
    };
  });
}
