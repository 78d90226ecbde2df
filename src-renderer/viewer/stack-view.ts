/** One open series: what a person can do with it. */
import type { SeriesView } from '#shared/model.ts';
import type { Pair, turns } from './camera.ts';
import { offerSeries } from './pacs-images.ts';
import { changes } from './presentation.ts';
import type { Presentation } from './presentation.ts';
import { firstFrameOf, framesOf } from './series-frames.ts';
import { openSeriesPixels } from './series-pixels.ts';
import type { LoadProgress } from './series-pixels.ts';
import { createStackCine } from './stack-cine.ts';
import { openStackScreen } from './stack-screen.ts';
import type { StackScreen } from './stack-screen.ts';
import { holdStackState } from './stack-state.ts';
import type { StackState } from './stack-state.ts';
import { dragged } from './windows.ts';

/** Changes of how the picture looks. Screen points and moves are CSS pixels, points from the middle of the element. */
interface Looks {
  window(dx: number, dy: number): void;
  preset(index: number): void;
  pan(by: Pair): void;
  zoom(factor: number, at?: Pair): void;
  turn(how: keyof typeof turns): void;
  invert(): void;
  fit(): void;
  actualSize(): void;
  reset(): void;
}

/** An open series. */
export interface StackView extends Looks {
  state(): StackState;
  /** Listens to changes of the state; the answer stops listening. */
  subscribe(listener: () => void): () => void;
  goTo(index: number): void;
  step(frames: number): void;
  togglePlay(): void;
  speed(factor: number): void;
  close(): void;
  /** What to open the same series with again; undefined before anything was shown. */
  place(): StackPlace | undefined;
}

/** Where a person is in a series, and how it looks. */
export interface StackPlace {
  readonly imageId: string;
  readonly presentations: ReadonlyMap<string, Presentation>;
  readonly isPlaying: boolean;
}

/** What a series is opened with. */
export interface StackRequest {
  readonly view: SeriesView;
  pixelsUrl(view: SeriesView, first: number): string;
  /** The series in the archive is another one by now; true where another view will come. */
  onChanged(): boolean;
  /** Where to go on. */
  readonly place?: StackPlace | undefined;
}

/** Opens a series in `element`. @throws ViewerError `noGraphics` where the computer cannot draw. */
export function openStackView(element: HTMLDivElement, { view, pixelsUrl, onChanged, place }: StackRequest): StackView {
  const frames = framesOf(view);
  const kept = frames.findIndex(({ imageId }) => imageId === place?.imageId);
  const first = kept >= 0 ? kept : firstFrameOf(view);
  const presentations = new Map(place?.presentations);
  const holder = holdStackState(frames, first);
  const told = oncePerPicture<LoadProgress>((progress) => holder.set({ progress }));
  const pixels = openSeriesPixels({ view, url: pixelsUrl(view, first), onProgress: progressed, onChanged });
  const withdraw = offerSeries(frames, view.Modality, pixels);
  const screen = openScreen(withdraw, element, view, holder, pixels, presentations);

  const show = (index: number) => {
    const frame = frames[index];
    if (!frame || holder.state().broken) return;
    holder.set({ target: index, error: undefined, cine: cine.at(index) });
    void screen.show(frame);
  };
  const cine = createStackCine(holder, show);
  const goTo = (index: number) => {
    cine.pause();
    show(Math.min(frames.length - 1, Math.max(0, index)));
  };

  /** A clip plays by itself once it is here, unless the person has gone elsewhere by then. */
  function progressed(progress: LoadProgress): void {
    told.hear(progress);
    const isHere = progress.done + progress.failed === progress.total;
    if (isHere && holder.state().target === first && place?.isPlaying !== false) cine.playClip();
  }

  holder.subscribe(() => {
    if (holder.state().broken) cine.pause();
  });
  show(first);
  return {
    ...looksOf(screen),
    state: holder.state,
    subscribe: holder.subscribe,
    goTo,
    step: (by) => goTo(holder.state().target + by),
    togglePlay: cine.toggle,
    speed: cine.setSpeed,
    place: () => {
      const { shown, target, cine: playing } = holder.state();
      const imageId = frames[target]?.imageId;
      return shown && imageId !== undefined ? { imageId, presentations, isPlaying: playing.isPlaying } : undefined;
    },
    close: () => {
      holder.silence();
      told.stop();
      cine.pause();
      screen.close();
      withdraw();
      pixels.close();
    },
  };
}

/** Where the screen cannot be opened, the transfer must not go on for nobody. */
function openScreen(withdraw: () => void, ...input: Parameters<typeof openStackScreen>): StackScreen {
  const [, , , pixels] = input;
  try {
    return openStackScreen(...input);
  } catch (error) {
    withdraw();
    pixels.close();
    throw error;
  }
}

function looksOf(screen: StackScreen): Looks {
  const device = ([x, y]: Pair): Pair => {
    const pixelRatio = screen.pixelRatio();
    return [x * pixelRatio, y * pixelRatio];
  };
  return {
    window: (dx, dy) => screen.change((old) => changes.range(old, dragged(old.range, dx, dy))),
    preset: (index) => screen.change((old) => changes.range(old, old.presets[index] ?? old.range)),
    pan: (by) => screen.change((old, plane, size) => changes.pan(old, plane, size, device(by))),
    zoom: (factor, at = [0, 0]) =>
      screen.change((old, plane, size) => changes.zoom(old, plane, size, factor, device(at))),
    turn: (how) => screen.change((old) => changes.turn(old, how)),
    invert: () => screen.change(changes.invert),
    fit: () => screen.change(changes.fit),
    actualSize: () => screen.change(changes.actualSize),
    reset: () => screen.change(changes.reset),
  };
}

/** Hundreds of frames may come between two pictures of the screen: only the last word before each is passed on. */
function oncePerPicture<T>(tell: (value: T) => void) {
  let request: number | undefined;
  let last: T;
  return {
    hear: (value: T) => {
      last = value;
      request ??= requestAnimationFrame(() => {
        request = undefined;
        tell(last);
      });
    },
    stop: () => {
      if (request !== undefined) cancelAnimationFrame(request);
    },
  };
}
