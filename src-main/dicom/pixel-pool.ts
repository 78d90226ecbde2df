/** Threads that decode and draw frames, so that the core stays free: bounded queue, time limit, a fresh thread after a hang or crash. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { PacsError } from '#shared/errors.ts';
import { threadEntry } from '../threads.ts';
import type { WindowFrame } from './modality-values.ts';
import type { PixelAnswer, PixelResult, PixelTask } from './pixel-worker.ts';
import type { RenderedFrame, RenderOptions } from './render-frame.ts';
import type { StoredBytes } from './stored-bytes.ts';

/** Decodes and draws; frames count from 0. Every call throws PacsError: those of the tools, `busy` past the queue, `unsupported` past the time. */
export interface PixelPool {
  /** One frame as the window shows it. */
  frame(path: string, frame: number): Promise<WindowFrame>;
  /** One frame as the bytes of native pixel data in little endian, cells of BitsAllocated, whatever it is compressed with. */
  stored(path: string, frame: number): Promise<Uint8Array<ArrayBuffer>>;
  /** One frame as a picture. */
  render(path: string, frame: number, options: RenderOptions): Promise<RenderedFrame>;
  /** The middle frame as a small JPEG that fits into a square of `size` pixels. */
  thumbnail(path: string, size: number): Promise<RenderedFrame>;
  /** Ends the threads; what still waits fails with `aborted`. */
  close(): Promise<void>;
}

/** Bounds of a pool. */
export interface PixelPoolLimits {
  /** Milliseconds one task may take on its thread. */
  readonly taskTimeout: number;
  /** Tasks that may wait. */
  readonly maximumWaiting: number;
}

const defaults: PixelPoolLimits = { taskTimeout: 60_000, maximumWaiting: 4096 };

interface Waiting {
  readonly start: () => void;
  readonly fail: (error: PacsError) => void;
}

/** A pool of so many threads; one less than the processors, at least one, if not given. Threads start with the first task. */
export function createPixelPool(
  threads = Math.max(1, availableParallelism() - 1),
  limits: Partial<PixelPoolLimits> = {},
): PixelPool {
  const { taskTimeout, maximumWaiting } = { ...defaults, ...limits };
  const piscina = new Piscina<PixelTask, PixelAnswer>({
    filename: fileURLToPath(threadEntry(import.meta.url, './pixel-worker')),
    name: 'runPixelTask',
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 60_000,
    atomics: 'disabled',
    recordTiming: false,
  });
  const waiting: Waiting[] = [];
  let running = 0;
  let isClosed = false;

  const turn = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const start = () => (running++, resolve());
      if (isClosed) reject(closed());
      else if (running < threads) start();
      else if (waiting.length < maximumWaiting) waiting.push({ start, fail: reject });
      else reject(new PacsError('busy', 'Too many images are asked for at once. Please try again.'));
    });

  async function run<Result extends PixelResult>(task: PixelTask): Promise<Result> {
    await turn();
    try {
      const answer = await piscina.run(task, { signal: AbortSignal.timeout(taskTimeout) });
      if ('error' in answer) throw new PacsError(answer.error.code, answer.error.message);
      return answer.value as Result;
    } catch (error) {
      throw isClosed ? closed() : toPoolError(error);
    } finally {
      running--;
      waiting.shift()?.start();
    }
  }

  return {
    frame: (path, frame) => run({ kind: 'frame', path, frame }),
    stored: async (path, frame) => (await run<StoredBytes>({ kind: 'stored', path, frame })).bytes,
    render: (path, frame, options) => run({ kind: 'render', path, frame, options }),
    thumbnail: (path, size) => run({ kind: 'thumbnail', path, size }),
    close: async () => {
      isClosed = true;
      for (const { fail } of waiting.splice(0)) fail(closed());
      await piscina.destroy();
    },
  };
}

const closed = (): PacsError => new PacsError('aborted', 'The program is closing.');

/** A thread that hangs is ended by its signal, one that dies rejects; neither says anything about the others. */
function toPoolError(error: unknown): PacsError {
  if (error instanceof PacsError) return error;
  const isTimeout = error instanceof Error && error.name === 'AbortError';
  return isTimeout
    ? new PacsError('unsupported', 'This image takes too long to be shown.', { cause: error })
    : new PacsError('internal', 'The image could not be shown.', { cause: error });
}
