/** The pixels of one series: one streamed request fills one buffer; each frame is a view into it. */
import { PacsError } from '#shared/errors.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { PixelKind, SeriesView } from '#shared/model.ts';
import { sampleBytes } from '#shared/pixel-stream.ts';
import type { RecordHead } from '#shared/pixel-stream.ts';
import { readRecords } from './record-reader.ts';
import { framesOf, isDescribed } from './series-frames.ts';
import type { SeriesFrame } from './series-frames.ts';
import { ViewerError } from './viewer-error.ts';

/** Samples of one frame: modality values, or RGB interleaved. */
type Samples = Uint8Array | Int16Array | Uint16Array | Float32Array;

/** One decoded frame, rows from the top. */
export interface FramePixels {
  readonly kind: PixelKind;
  readonly rows: number;
  readonly columns: number;
  readonly samples: Samples;
}

/** How much of a series is here. */
export interface LoadProgress {
  readonly done: number;
  readonly failed: number;
  readonly total: number;
}

/** The pixels of one series while it is open. */
export interface SeriesPixels {
  /** The frame, as soon as it is here. @throws PacsError that says why it cannot be shown. */
  frame(index: number): Promise<FramePixels>;
  /** The frame if it is here already. */
  peek(index: number): FramePixels | undefined;
  /** Ends the transfer and lets go of the memory. */
  close(): void;
}

/** What opening takes: `fetch` is a parameter so that tests without a browser can hand in their own. */
export interface PixelRequest {
  readonly view: SeriesView;
  readonly url: string;
  readonly onProgress: (progress: LoadProgress) => void;
  /** The series is not what `view` says any more; true where it will be opened anew. */
  readonly onChanged?: () => boolean;
  readonly fetch?: typeof fetch;
}

const wrongSize = new ViewerError('wrongSize');

/** Never show an image in the shape of another one. */
const hasSizeOf = (frame: SeriesFrame | undefined, { rows, columns }: RecordHead): boolean =>
  frame?.instance.Rows === rows && frame.instance.Columns === columns;

/** Longest sentence of an error record, in bytes. */
const maximumSentence = 65_536;

/** Starts the transfer of a series' pixels. */
export function openSeriesPixels({ view, url, onProgress, onChanged, fetch: get = fetch }: PixelRequest): SeriesPixels {
  const frames = framesOf(view);
  const total = frames.length;
  const slots = createSlots(total);
  const memory = createMemory(view, total);
  const ending = new AbortController();
  const progress = () => onProgress({ ...slots.counts(), total });

  const done = (head: RecordHead, bytes: Uint8Array) => {
    if (head.kind === 'error')
      slots.settle(head.frame, new ViewerError('undecodable', { detail: new TextDecoder().decode(bytes) }));
    else
      slots.settle(head.frame, hasSizeOf(frames[head.frame], head) ? framePixels(head.kind, head, bytes) : wrongSize);
    progress();
  };

  const run = async () => {
    const response = await get(url, { signal: ending.signal });
    if (!response.ok || !response.body) throw await refusal(response);
    await readRecords(response.body, { place: (head) => memory.place(checked(head, total)), done });
    slots.failRest(new ViewerError('notSent'));
  };

  run().catch((thrown: unknown) => {
    if (ending.signal.aborted) return;
    const error = transferError(thrown);
    const hasChanged = error.code === 'mismatch';
    // Frames wait on: the view that follows brings them.
    if (hasChanged && onChanged?.()) return;
    slots.failRest(hasChanged ? new ViewerError('changing') : error);
    progress();
  });

  return {
    frame: slots.wait,
    peek: slots.peek,
    close: () => {
      ending.abort();
      slots.failRest(new ViewerError('closed'));
      slots.clear();
      memory.clear();
    },
  };
}

function createSlots(total: number) {
  type Waiter = { resolve(pixels: FramePixels): void; reject(error: PacsError): void };
  const slots = new Map<number, FramePixels | PacsError>();
  const waiters = new Map<number, Waiter[]>();
  let failed = 0;

  const settle = (index: number, value: FramePixels | PacsError) => {
    if (slots.has(index)) return;
    slots.set(index, value);
    if (value instanceof PacsError) failed++;
    for (const { resolve, reject } of waiters.get(index) ?? [])
      if (value instanceof PacsError) reject(value);
      else resolve(value);
    waiters.delete(index);
  };

  return {
    settle,
    failRest: (error: PacsError) => {
      for (let index = 0; index < total; index++) settle(index, error);
    },
    counts: () => ({ done: slots.size - failed, failed }),
    peek: (index: number) => {
      const slot = slots.get(index);
      return slot instanceof PacsError ? undefined : slot;
    },
    wait: (index: number) =>
      new Promise<FramePixels>((resolve, reject) => {
        const slot = slots.get(index);
        if (slot instanceof PacsError) reject(slot);
        else if (slot) resolve(slot);
        else waiters.set(index, [...(waiters.get(index) ?? []), { resolve, reject }]);
      }),
    clear: () => slots.clear(),
  };
}

/** One buffer for the whole series where all frames are alike; a frame that differs gets its own. */
function createMemory(view: SeriesView, total: number) {
  const frameBytes = uniformFrameBytes(view);
  let buffer: ArrayBuffer | undefined;
  let cleared = false;
  return {
    place: ({ frame, kind, length }: RecordHead): Uint8Array => {
      if (kind === 'error' || length !== frameBytes || cleared) return new Uint8Array(allocate(length));
      buffer ??= allocate(frameBytes * total);
      return new Uint8Array(buffer, frame * frameBytes, frameBytes);
    },
    clear: () => {
      cleared = true;
      buffer = undefined;
    },
  };
}

function uniformFrameBytes({ instances }: SeriesView): number | undefined {
  const described = instances.filter(isDescribed);
  const lengths = new Set(described.map((one) => one.Rows * one.Columns * sampleBytes[one.pixelKind]));
  const [length] = lengths;
  return lengths.size === 1 && length !== undefined && length % 4 === 0 ? length : undefined;
}

function allocate(bytes: number): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes);
  } catch (cause) {
    throw new ViewerError('noMemory', { cause });
  }
}

/** A head that fits the series. @throws ViewerError `transferDamaged` before any memory is taken for it. */
function checked(head: RecordHead, total: number): RecordHead {
  const fits =
    head.kind === 'error'
      ? head.length <= maximumSentence
      : head.length === head.rows * head.columns * sampleBytes[head.kind] && head.length > 0;
  if (!fits || head.frame >= total) throw new ViewerError('transferDamaged');
  return head;
}

function framePixels(kind: PixelKind, { rows, columns }: RecordHead, bytes: Uint8Array): FramePixels {
  const { buffer, byteOffset, byteLength } = bytes;
  const samples = {
    uint8: () => bytes,
    rgb8: () => bytes,
    int16: () => new Int16Array(buffer, byteOffset, byteLength / 2),
    uint16: () => new Uint16Array(buffer, byteOffset, byteLength / 2),
    float32: () => new Float32Array(buffer, byteOffset, byteLength / 4),
  }[kind]();
  return { kind, rows, columns, samples };
}

async function refusal(response: Response): Promise<PacsError> {
  const value = (await response.json().catch(() => undefined)) as Partial<PacsErrorValue> | undefined;
  if (value?.code && value.message) return new PacsError(value.code, value.message);
  return new PacsError('internal', `HTTP ${response.status}`);
}

/** What is not ours is what `fetch` and its body throw when the line breaks. */
const transferError = (error: unknown): PacsError =>
  error instanceof PacsError ? error : new ViewerError('connectionLost', { cause: error });
