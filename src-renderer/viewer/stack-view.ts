/** One open series on the screen: which frame is shown, how it looks, and what a person does with it. */
import { errorValue } from '#shared/errors.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { SeriesView } from '#shared/model.ts';
import type { Camera, Pair, turns } from './camera.ts';
import { clipRate, createCinePlayer } from './cine-player.ts';
import type { Clip } from './cine-player.ts';
import { planeOf } from './image-plane.ts';
import { offerSeries } from './pacs-images.ts';
import { openPainter } from './painter.ts';
import { pixelStatistics } from './pixel-statistics.ts';
import { cameraOf, changes, freshPresentation } from './presentation.ts';
import type { Presentation } from './presentation.ts';
import { firstFrameOf, framesOf, groupRange } from './series-frames.ts';
import type { SeriesFrame } from './series-frames.ts';
import { openSeriesPixels } from './series-pixels.ts';
import type { LoadProgress } from './series-pixels.ts';
import { dragged, presetsOf } from './windows.ts';

/** What is on the screen now. */
export interface Shown {
  readonly frame: SeriesFrame;
  readonly presentation: Presentation;
  readonly camera: Camera;
  /** The screen in device pixels. */
  readonly size: Pair;
}

/** State of an open series. */
export interface StackState {
  readonly frames: readonly SeriesFrame[];
  /** Index of the frame that was asked for last. */
  readonly target: number;
  /** Undefined until the first picture is drawn. */
  readonly shown: Shown | undefined;
  /** Why the target cannot be shown. */
  readonly error: PacsErrorValue | undefined;
  readonly progress: LoadProgress;
  readonly cine: { readonly isPlaying: boolean; readonly speed: number; readonly rate: number; readonly count: number };
}

/** An open series. Screen points and moves are CSS pixels, points from the middle of the element. */
export interface StackView {
  state(): StackState;
  /** Listens to changes of the state; the answer stops listening. */
  subscribe(listener: () => void): () => void;
  goTo(index: number): void;
  step(frames: number): void;
  window(dx: number, dy: number): void;
  preset(index: number): void;
  pan(by: Pair): void;
  zoom(factor: number, at?: Pair): void;
  turn(how: keyof typeof turns): void;
  invert(): void;
  fit(): void;
  actualSize(): void;
  reset(): void;
  togglePlay(): void;
  speed(factor: number): void;
  close(): void;
}

/** Opens a series in `element`. @throws PacsError `unsupported` where the computer cannot draw. */
export function openStackView(
  element: HTMLDivElement,
  view: SeriesView,
  pixelsUrl: (first: number) => string,
): StackView {
  const frames = framesOf(view);
  const listeners = new Set<() => void>();
  const presentations = new Map<string, Presentation>();
  const first = firstFrameOf(view);
  let taken: SeriesFrame | undefined;
  let isClosed = false;
  let state: StackState = {
    frames,
    target: first,
    shown: undefined,
    error: undefined,
    progress: { done: 0, failed: 0, total: frames.length },
    cine: { isPlaying: false, speed: 1, rate: 0, count: 1 },
  };

  const set = (change: Partial<StackState>) => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };

  const painter = openPainter(element, frames, {
    onDrawn: () => set({ shown: taken && shownNow(taken) }),
    onResize: () => redraw(),
  });
  const pixels = openSeriesPixels({ view, url: pixelsUrl(first), onProgress: progressed });
  const withdraw = offerSeries(frames, view.Modality, pixels);
  const player = createCinePlayer((index) => {
    const isBusy = state.shown?.frame.index !== state.target && !state.error;
    if (!isBusy) void show(index);
    return !isBusy;
  });

  const presentationOf = ({ group }: SeriesFrame) => presentations.get(group) ?? freshPresentation([]);
  const shownNow = (frame: SeriesFrame): Shown => {
    const presentation = presentationOf(frame);
    const size = painter.size();
    return { frame, presentation, size, camera: cameraOf(presentation, planeOf(frame.instance), size) };
  };

  const redraw = () => {
    if (!taken) return;
    const { presentation, camera } = shownNow(taken);
    const { instance } = taken;
    const inverted = presentation.inverted !== instance.invert;
    painter.restyle(taken, { range: presentation.range, voi: instance.VOILUTFunction ?? 'LINEAR', inverted, camera });
  };

  const show = async (index: number) => {
    const frame = frames[index];
    if (!frame || isClosed) return;
    set({ target: index, error: undefined, cine: cineNow(index) });
    try {
      const picture = await pixels.frame(index);
      if (state.target !== index || isClosed) return;
      if (!presentations.has(frame.group))
        presentations.set(
          frame.group,
          freshPresentation(presetsOf(view.Modality, frame.instance, picture, pixelStatistics(picture))),
        );
      await painter.take(frame, picture.kind);
      if (state.target !== index || isClosed) return;
      taken = frame;
      redraw();
    } catch (error) {
      if (state.target === index && !isClosed) set({ error: errorValue(error) });
    }
  };

  const change = (how: (old: Presentation, frame: SeriesFrame) => Presentation) => {
    if (!taken || state.error) return;
    presentations.set(taken.group, how(presentationOf(taken), taken));
    redraw();
  };
  const place = (how: (old: Presentation, plane: ReturnType<typeof planeOf>, size: Pair) => Presentation) =>
    change((old, { instance }) => how(old, planeOf(instance), painter.size()));

  const clipAt = (index: number): Clip => {
    const [start, end] = groupRange(frames, index);
    return { first: start, count: end - start + 1, frameTimes: frames[index]?.instance.frameTimes ?? [] };
  };
  const cineNow = (index: number, speed = state.cine.speed): StackState['cine'] => {
    const clip = clipAt(index);
    return { isPlaying: player.isPlaying(), speed, rate: clipRate(clip), count: clip.count };
  };
  const play = (speed = state.cine.speed) => {
    const clip = clipAt(state.target);
    if (clip.count > 1) player.play(clip, state.target, speed);
    set({ cine: cineNow(state.target, speed) });
  };
  const pause = () => {
    player.stop();
    set({ cine: cineNow(state.target) });
  };
  const goTo = (index: number) => {
    if (player.isPlaying()) pause();
    void show(Math.min(frames.length - 1, Math.max(0, index)));
  };

  /** A clip plays by itself once it is here, unless the person asked the computer for less motion or is faster. */
  function progressed(progress: LoadProgress): void {
    const isLast = progress.done + progress.failed === progress.total && state.progress.done < progress.total;
    set({ progress });
    const isClip = (frames[state.target]?.instance.frameTimes.length ?? 0) > 0 && clipAt(state.target).count > 1;
    if (isLast && isClip && state.target === first && !matchMedia('(prefers-reduced-motion: reduce)').matches) play();
  }

  void show(first);

  const pixelRatio = () => window.devicePixelRatio || 1;
  const device = ([x, y]: Pair): Pair => [x * pixelRatio(), y * pixelRatio()];

  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    goTo,
    step: (by) => goTo(state.target + by),
    window: (dx, dy) => change((old) => changes.range(old, dragged(old.range, dx, dy))),
    preset: (index) => change((old) => changes.range(old, old.presets[index] ?? old.range)),
    pan: (by) => place((old, plane, size) => changes.pan(old, plane, size, device(by))),
    zoom: (factor, at = [0, 0]) => place((old, plane, size) => changes.zoom(old, plane, size, factor, device(at))),
    turn: (how) => change((old) => changes.turn(old, how)),
    invert: () => change(changes.invert),
    fit: () => change(changes.fit),
    actualSize: () => place(changes.actualSize),
    reset: () => change(changes.reset),
    togglePlay: () => (player.isPlaying() ? pause() : play()),
    speed: (factor) => (player.isPlaying() ? play(factor) : set({ cine: cineNow(state.target, factor) })),
    close: () => {
      isClosed = true;
      listeners.clear();
      player.stop();
      painter.close();
      withdraw();
      pixels.close();
    },
  };
}
