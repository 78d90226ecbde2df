/** The frames of a series counted through in the order of display, as the pixel stream numbers them. */
import type { InstanceView, SeriesView } from '#shared/model.ts';

/** One frame of a series. */
export interface SeriesFrame {
  /** From 0, counted through the series. */
  readonly index: number;
  /** The frame of its instance, from 1 as DICOM counts. */
  readonly number: number;
  readonly imageId: string;
  readonly instance: InstanceView;
  /** Frames that belong together (a volume, a clip, or one radiograph) share it: they are windowed and turned as one. */
  readonly group: string;
}

/** The Cornerstone image id of a frame; stable over restarts, since annotations keep it. */
const imageIdOf = (SOPInstanceUID: string, frame: number): string => `pacs:${SOPInstanceUID}/${frame}`;

/** False for an instance whose file cannot be read: it has its frames, but no size. */
export const isDescribed = ({ Rows }: InstanceView): boolean => Rows > 0;

/** True where the series is one stack of parallel slices of the same size: they are windowed and turned as one. */
export function isVolume(view: SeriesView): boolean {
  const instances = view.instances.filter(isDescribed);
  const [first] = instances;
  if (!first || instances.length < 2) return false;
  return instances.every(
    (instance) =>
      instance.ImagePositionPatient !== undefined &&
      instance.NumberOfFrames === 1 &&
      instance.Rows === first.Rows &&
      instance.Columns === first.Columns &&
      sameDirection(instance, first),
  );
}

const sameDirection = (a: InstanceView, b: InstanceView): boolean =>
  a.ImageOrientationPatient !== undefined &&
  a.ImageOrientationPatient.every((value, axis) => Math.abs(value - (b.ImageOrientationPatient?.[axis] ?? NaN)) < 1e-3);

/** All frames of a series. */
export function framesOf(view: SeriesView): readonly SeriesFrame[] {
  const oneGroup = isVolume(view);
  const frames: SeriesFrame[] = [];
  for (const instance of view.instances)
    for (let number = 1; number <= instance.NumberOfFrames; number++)
      frames.push({
        index: frames.length,
        number,
        instance,
        imageId: imageIdOf(instance.SOPInstanceUID, number),
        group: oneGroup ? view.SeriesInstanceUID : instance.SOPInstanceUID,
      });
  return frames;
}

/** True where the series holds anything to look at. */
export const hasImages = ({ instances }: SeriesView): boolean =>
  instances.some(({ NumberOfFrames }) => NumberOfFrames > 0);

/** The frame to show first: the middle slice of a volume, else the first frame. */
export function firstFrameOf(view: SeriesView): number {
  const [only, more] = view.instances;
  const isStack = isVolume(view) || (only !== undefined && !more && isStackOfFrames(only));
  return isStack ? Math.floor(framesOf(view).length / 2) : 0;
}

/** Many grey frames in space without times are slices, not a clip. */
const isStackOfFrames = ({ NumberOfFrames, frameTimes, ImageOrientationPatient }: InstanceView): boolean =>
  NumberOfFrames > 1 && frameTimes.length === 0 && ImageOrientationPatient !== undefined;

/** First and last index of the frames that are played with frame `index`: those of its group. */
export function groupRange(frames: readonly SeriesFrame[], index: number): readonly [number, number] {
  const group = frames[index]?.group;
  let [first, last] = [index, index];
  while (frames[first - 1]?.group === group && first > 0) first--;
  while (frames[last + 1]?.group === group) last++;
  return [first, last];
}
