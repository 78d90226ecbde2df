/** How the values of a frame are spread: what a window is computed from where the data set has none. */
import type { FramePixels } from './series-pixels.ts';

/** Values of a frame: least, most, and percentiles. */
export interface PixelStatistics {
  readonly minimum: number;
  readonly maximum: number;
  /** The value below which this share (0 to 1) of the pixels lies. */
  percentile(share: number): number;
}

/** At most so many samples are looked at for percentiles. */
const sampleSize = 65_536;

/** Looks at a frame's values; not finite ones are left out. */
export function pixelStatistics({ samples }: FramePixels): PixelStatistics {
  let [minimum, maximum] = [Infinity, -Infinity];
  for (const value of samples) {
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  const step = Math.max(1, Math.floor(samples.length / sampleSize));
  const sorted = Float64Array.from(
    samples.filter((value, index) => index % step === 0 && Number.isFinite(value)),
  ).sort();
  const percentile = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return Number.isFinite(minimum) && Number.isFinite(maximum)
    ? { minimum, maximum, percentile }
    : { minimum: percentile(0), maximum: percentile(1), percentile };
}
