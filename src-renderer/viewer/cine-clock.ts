/** The clock of a clip: which frame is due after so much time. It follows elapsed time, so it never drifts. */

/** Times of a clip's frames. */
export interface CineTimes {
  /** Ends of the frames in ms since the clip began; the last is the length of the clip. */
  readonly ends: readonly number[];
}

/** Frames a second where neither the tags nor the person say another rate. */
const defaultRate = 10;

/** The times of `count` frames from the milliseconds their tags give; one number holds for all, nonsense is replaced by the mean. */
export function cineTimes(frameTimes: readonly number[], count: number): CineTimes {
  const sane = frameTimes.filter((time) => Number.isFinite(time) && time > 0);
  const mean = sane.length > 0 ? sane.reduce((sum, time) => sum + time, 0) / sane.length : 1000 / defaultRate;
  let end = 0;
  const ends = Array.from({ length: count }, (_, frame) => {
    const time = frameTimes[frame] ?? mean;
    end += Number.isFinite(time) && time > 0 ? time : mean;
    return end;
  });
  return { ends };
}

/** When frame `frame` begins, in ms since the clip began. */
export const beginOf = ({ ends }: CineTimes, frame: number): number => ends[frame - 1] ?? 0;

/** The frame that is due `elapsed` ms after the clip began; clips repeat without end. */
export function frameAt({ ends }: CineTimes, elapsed: number): number {
  const length = ends.at(-1) ?? 0;
  if (length === 0) return 0;
  const time = ((elapsed % length) + length) % length;
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (time < (ends[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Frames a second on average. */
export const rateOf = ({ ends }: CineTimes): number => (1000 * ends.length) / (ends.at(-1) || 1);
