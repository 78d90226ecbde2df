/** Which frames stand for a study or series: the middle of each series, PS3.18 10.4.1.1.4. */
import type { StoredFile } from '../store/store.ts';

/** One frame of a file, from 0. */
export interface FrameOf {
  readonly file: StoredFile;
  readonly frame: number;
}

const maximumCandidates = 4;
const middle = (count: number) => Math.floor((count - 1) / 2);

/** The middle frame of the middle instance with frames of each series, in their order; at most four, for some cannot be drawn. */
export function candidates(files: readonly StoredFile[]): readonly FrameOf[] {
  const withFrames = files.filter(({ NumberOfFrames }) => NumberOfFrames > 0);
  const series = Map.groupBy(withFrames, ({ SeriesInstanceUID }) => SeriesInstanceUID);
  return [...series.values()].slice(0, maximumCandidates).flatMap((ofSeries) => {
    const file = ofSeries[middle(ofSeries.length)];
    return file ? [{ file, frame: middle(file.NumberOfFrames) }] : [];
  });
}
