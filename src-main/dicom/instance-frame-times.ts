/** How long each frame of a clip is shown, PS3.3 C.7.6.5 and C.7.6.6. */
import type { Header } from './data-set.ts';
import { number, numbers } from './values.ts';

/** Slower and faster than this no clip is: other values are mistakes of writers. */
const sensible = { least: 1, most: 60_000 };

/**
 * Milliseconds a frame: FrameTimeVector, FrameTime, CineRate, RecommendedDisplayFrameRate, in this order unless the frame
 * increment pointer says FrameTime; empty for a single frame and where nothing is said.
 */
export function frameTimes(header: Header, frames: number): number[] {
  if (frames < 2) return [];
  const pointer = numbers(header, '00280009')[0];
  const vector = pointer === frameTimeTag ? [] : vectorTimes(header, frames);
  if (vector.length > 0) return vector;
  const time = [
    number(header, '00181063'),
    perSecond(number(header, '00180040')),
    perSecond(number(header, '00082144')),
  ].find(isSensible);
  return time === undefined ? [] : Array.from({ length: frames }, () => time);
}

const frameTimeTag = 0x0018_1063;

const perSecond = (rate: number | undefined): number | undefined => (rate === undefined ? undefined : 1000 / rate);

const isSensible = (time: number | undefined): time is number =>
  time !== undefined && time >= sensible.least && time <= sensible.most;

/** The vector holds the time before each frame, the first of which is 0; a frame lasts until the next one's has passed. */
function vectorTimes(header: Header, frames: number): number[] {
  const vector = numbers(header, '00181065');
  if (vector.length < frames || !vector.slice(1, frames).every(isSensible)) return [];
  const shown = vector.slice(1, frames);
  return [...shown, shown.at(-1)!];
}
