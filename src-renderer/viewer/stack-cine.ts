/** Playing within an open series: the clip or the slices around the frame that is shown. */
import { clipRate, createCinePlayer } from './cine-player.ts';
import type { Clip } from './cine-player.ts';
import { groupRange } from './series-frames.ts';
import type { CineState, StackHolder } from './stack-state.ts';

/** Playing within an open series. */
export interface StackCine {
  /** The state of playing if frame `index` is the target. */
  at(index: number): CineState;
  /** Stops, if it plays. */
  pause(): void;
  toggle(): void;
  setSpeed(speed: number): void;
  /** Starts where the target is a clip, as far as the person did not ask the computer for less motion. */
  playClip(): void;
}

/** Makes the playing of the series in `holder`; `show` asks for a frame. */
export function createStackCine(holder: StackHolder, show: (index: number) => void): StackCine {
  const player = createCinePlayer((index) => {
    const { shown, target, error } = holder.state();
    const isBusy = shown?.frame.index !== target && !error;
    if (!isBusy) show(index);
    return !isBusy;
  });

  const clipAt = (index: number): Clip => {
    const { frames } = holder.state();
    const [first, last] = groupRange(frames, index);
    return { first, count: last - first + 1, frameTimes: frames[index]?.instance.frameTimes ?? [] };
  };
  const at = (index: number, speed = holder.state().cine.speed): CineState => {
    const clip = clipAt(index);
    return { isPlaying: player.isPlaying(), speed, rate: clipRate(clip), count: clip.count };
  };
  const play = (speed = holder.state().cine.speed) => {
    const { target } = holder.state();
    const clip = clipAt(target);
    if (clip.count > 1) player.play(clip, target, speed);
    holder.set({ cine: at(target, speed) });
  };
  const pause = () => {
    if (!player.isPlaying()) return;
    player.stop();
    holder.set({ cine: at(holder.state().target) });
  };

  return {
    at,
    pause,
    toggle: () => (player.isPlaying() ? pause() : play()),
    setSpeed: (speed) => {
      if (player.isPlaying()) play(speed);
      else holder.set({ cine: at(holder.state().target, speed) });
    },
    playClip: () => {
      const clip = clipAt(holder.state().target);
      const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
      if (clip.frameTimes.length > 0 && clip.count > 1 && !isStill) play();
    },
  };
}
