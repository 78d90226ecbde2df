/** How a person wants a group of frames shown: kept for each group as long as its series is open. */
import type { Camera, ImagePlane, Pair, Turn } from './camera.ts';
import { aligned, fitScale, middleOf, panned, turns, upright, zoomed } from './camera.ts';
import type { Preset, ShownRange } from './windows.ts';

/** The looks of one group. */
export interface Presentation {
  readonly presets: readonly Preset[];
  readonly range: ShownRange;
  readonly inverted: boolean;
  readonly turn: Turn;
  /** Absent: the whole image, as large as it fits. */
  readonly place?: { readonly center: Pair; readonly scale: number } | undefined;
}

/** As a group opens. */
export function freshPresentation(presets: readonly Preset[]): Presentation {
  const { lower, upper } = presets[0] ?? { lower: 0, upper: 255 };
  return { presets, range: { lower, upper }, inverted: false, turn: upright };
}

/** The camera of a presentation on a screen of `size` device pixels. */
export function cameraOf({ turn, place }: Presentation, plane: ImagePlane, size: Pair): Camera {
  if (place) return { ...place, turn };
  return { center: middleOf(plane), scale: fitScale(plane, turn, size), turn };
}

const placedAt = (presentation: Presentation, { center, scale }: Camera): Presentation => ({
  ...presentation,
  place: { center, scale },
});

/** Changes of a presentation; points and moves in device pixels from the middle of the screen. */
export const changes = {
  invert: (old: Presentation): Presentation => ({ ...old, inverted: !old.inverted }),
  turn: (old: Presentation, how: keyof typeof turns): Presentation => ({ ...old, turn: turns[how](old.turn) }),
  range: (old: Presentation, { lower, upper }: ShownRange): Presentation => ({ ...old, range: { lower, upper } }),
  fit: (old: Presentation): Presentation => ({ ...old, place: undefined }),
  reset: ({ presets }: Presentation): Presentation => freshPresentation(presets),
  pan: (old: Presentation, plane: ImagePlane, size: Pair, by: Pair): Presentation =>
    placedAt(old, panned(plane, cameraOf(old, plane, size), by)),
  zoom: (old: Presentation, plane: ImagePlane, size: Pair, factor: number, at: Pair): Presentation =>
    placedAt(old, zoomed(plane, cameraOf(old, plane, size), factor, at)),
  /** One image column a device pixel, not blurred by half pixels. */
  actualSize: (old: Presentation, plane: ImagePlane, size: Pair): Presentation =>
    placedAt(old, aligned(plane, { ...cameraOf(old, plane, size), scale: 1 }, size)),
} as const;
