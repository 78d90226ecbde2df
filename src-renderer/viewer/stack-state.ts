/** What there is to know about an open series, and how it is told to who listens. */
import type { Camera, Pair } from './camera.ts';
import type { Presentation } from './presentation.ts';
import type { SeriesFrame } from './series-frames.ts';
import type { LoadProgress } from './series-pixels.ts';
import type { ViewerErrorValue } from './viewer-error.ts';

/** What is on the screen now. */
export interface Shown {
  readonly frame: SeriesFrame;
  readonly presentation: Presentation;
  readonly camera: Camera;
  /** The screen in device pixels. */
  readonly size: Pair;
  /** Device pixels for one CSS pixel. */
  readonly pixelRatio: number;
}

/** Playing of the frames around the target. */
export interface CineState {
  readonly isPlaying: boolean;
  /** 1 is as the tags say. */
  readonly speed: number;
  /** Frames a second at speed 1. */
  readonly rate: number;
  /** Frames that are played. */
  readonly count: number;
}

/** State of an open series. */
export interface StackState {
  readonly frames: readonly SeriesFrame[];
  /** Index of the frame that was asked for last. */
  readonly target: number;
  /** Undefined until the first picture is drawn. */
  readonly shown: Shown | undefined;
  /** Why the target cannot be shown. */
  readonly error: ViewerErrorValue | undefined;
  /** Why nothing can be shown any more, until the series is opened anew. */
  readonly broken: ViewerErrorValue | undefined;
  readonly progress: LoadProgress;
  readonly cine: CineState;
}

/** The state's holder. */
export interface StackHolder {
  state(): StackState;
  set(change: Partial<StackState>): void;
  /** Listens to changes; the answer stops listening. */
  subscribe(listener: () => void): () => void;
  /** Nobody hears anything any more. */
  silence(): void;
}

/** The state of a series that opens with frame `target`. */
export function holdStackState(frames: readonly SeriesFrame[], target: number): StackHolder {
  const listeners = new Set<() => void>();
  let state: StackState = {
    frames,
    target,
    shown: undefined,
    error: undefined,
    broken: undefined,
    progress: { done: 0, failed: 0, total: frames.length },
    cine: { isPlaying: false, speed: 1, rate: 0, count: 1 },
  };
  return {
    state: () => state,
    set: (change) => {
      state = { ...state, ...change };
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    silence: () => listeners.clear(),
  };
}
