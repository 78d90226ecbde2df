/** Plays the frames of a group on the browser's animation frames. */
import { beginOf, cineTimes, frameAt, rateOf } from './cine-clock.ts';
import type { CineTimes } from './cine-clock.ts';

/** What a player plays. */
export interface Clip {
  /** Index of its first frame in the series. */
  readonly first: number;
  readonly count: number;
  /** Milliseconds a frame as its tags give; may be empty. */
  readonly frameTimes: readonly number[];
}

/** A player; `show` gets the frame that is due whenever it is another one. */
export interface CinePlayer {
  play(clip: Clip, from: number, speed: number): void;
  stop(): void;
  isPlaying(): boolean;
}

/** Frames a second at normal speed. */
export const clipRate = ({ frameTimes, count }: Clip): number => rateOf(cineTimes(frameTimes, count));

/** Makes a player. `show` may answer false when it is still busy with an earlier frame: the one due then follows. */
export function createCinePlayer(show: (index: number) => boolean): CinePlayer {
  let request: number | undefined;

  /** The clip begins with the first tick: an animation frame's time may lie before the moment that asked for it. */
  const run = (clip: Clip, times: CineTimes, elapsed: number, speed: number) => {
    let last: number | undefined;
    let begin: number | undefined;
    const tick = (now: number) => {
      begin ??= now;
      const due = clip.first + frameAt(times, elapsed + (now - begin) * speed);
      if (due !== last && show(due)) last = due;
      request = requestAnimationFrame(tick);
    };
    request = requestAnimationFrame(tick);
  };

  const stop = () => {
    if (request !== undefined) cancelAnimationFrame(request);
    request = undefined;
  };

  return {
    play: (clip, from, speed) => {
      stop();
      const times = cineTimes(clip.frameTimes, clip.count);
      run(clip, times, beginOf(times, from - clip.first), speed);
    },
    stop,
    isPlaying: () => request !== undefined,
  };
}
