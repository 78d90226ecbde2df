/** The windows of an image: those of its data set, and the ones the viewer offers for its modality. PS3.3 C.11.2. */
import type { InstanceView } from '#shared/model.ts';
import type { PixelStatistics } from './pixel-statistics.ts';
import type { FramePixels } from './series-pixels.ts';

/** The value shown black and the value shown white (the other way round where inverted), in modality values. */
export interface ShownRange {
  readonly lower: number;
  readonly upper: number;
}

/** The VOI LUT Function of a data set; LINEAR where it names none. */
export type VOILUTFunction = NonNullable<InstanceView['VOILUTFunction']>;

/** A range to choose: the data set's own (`original`, perhaps with its explanation) or one of the viewer's. */
export interface Preset extends ShownRange {
  /** The catalogue of texts has these names under `viewer.preset`. */
  readonly name: 'original' | 'auto' | 'full' | 'contrast' | 'brighter' | 'bone' | 'teeth' | 'softTissue' | 'airway';
  readonly explanation?: string;
}

/** Presets for cone beam and other CT, in Hounsfield-like values. */
const tomography: readonly Preset[] = [
  { name: 'bone', lower: -750, upper: 1750 },
  { name: 'teeth', lower: -600, upper: 3000 },
  { name: 'softTissue', lower: -190, upper: 310 },
  { name: 'airway', lower: -1200, upper: 200 },
];

/** Presets of an 8 bit image, grey or colour: its values are ready to be shown. */
const displayReady: readonly Preset[] = [
  { name: 'original', lower: 0, upper: 255 },
  { name: 'brighter', lower: 0, upper: 170 },
  { name: 'contrast', lower: 48, upper: 208 },
];

/** The presets of an image in the order of their number keys; the first is how the image opens. */
export function presetsOf(
  modality: string,
  instance: InstanceView,
  { kind }: Pick<FramePixels, 'kind'>,
  statistics: PixelStatistics,
): readonly Preset[] {
  if (kind === 'rgb8') return displayReady;
  const given = givenWindows(instance);
  if (kind === 'uint8') return given.length > 0 ? [...given, ...displayReady.slice(1)] : displayReady;
  const { minimum, maximum, percentile } = statistics;
  const full = { name: 'full', ...notEmpty(minimum, maximum) } as const;
  const contrast = { name: 'contrast', ...notEmpty(percentile(0.1), percentile(0.9)) } as const;
  const auto = autoRange(statistics);
  return modality === 'CT' ? [...given, auto, ...tomography, full] : [...given, auto, contrast, full];
}

function givenWindows({ windows, VOILUTFunction = 'LINEAR' }: InstanceView): Preset[] {
  return windows
    .filter(({ center, width }) => Number.isFinite(center) && Number.isFinite(width) && width > 0)
    .map(({ center, width, explanation }) => ({
      name: 'original',
      ...rangeOf(center, width, VOILUTFunction),
      ...(explanation ? { explanation } : {}),
    }));
}

/** From the 1st to the 99th percentile; the whole range where that is nothing. */
function autoRange({ minimum, maximum, percentile }: PixelStatistics): Preset {
  const [low, high] = [percentile(0.01), percentile(0.99)];
  return { name: 'auto', ...(low < high ? notEmpty(low, high) : notEmpty(minimum, maximum)) };
}

/** A range of at least a millionth of its values, since nothing can be drawn with an empty one. */
function notEmpty(lower: number, upper: number): ShownRange {
  const least = Math.max(Math.abs(lower), Math.abs(upper), 1) * 1e-6;
  return upper - lower >= least ? { lower, upper } : { lower: lower - least / 2, upper: lower + least / 2 };
}

/** The range of a window, PS3.3 C.11.2.1.2 (LINEAR, SIGMOID) and C.11.2.1.3 (LINEAR_EXACT; also for widths below 1). */
export function rangeOf(center: number, width: number, voi: VOILUTFunction): ShownRange {
  const [middle, half] = voi === 'LINEAR_EXACT' || width < 1 ? [center, width / 2] : [center - 0.5, (width - 1) / 2];
  return notEmpty(middle - half, middle + half);
}

/** A range as window, the way it is written in the data set. */
export function windowOf({ lower, upper }: ShownRange, voi: VOILUTFunction): { center: number; width: number } {
  const isExact = voi === 'LINEAR_EXACT';
  return { center: (lower + upper + (isExact ? 0 : 1)) / 2, width: upper - lower + (isExact ? 0 : 1) };
}

/** The range after a drag of so many CSS pixels: right widens, down darkens, in steps that suit the present width. */
export function dragged({ lower, upper }: ShownRange, dx: number, dy: number): ShownRange {
  const middle = (lower + upper) / 2 + (dy * (upper - lower)) / 350;
  const half = ((upper - lower) / 2) * Math.exp(dx / 250);
  return half > 1e9 ? { lower, upper } : notEmpty(middle - half, middle + half);
}
