/** Where and how an image lies on the screen: pure geometry between image, screen and patient. */

/** Two numbers along a row (to the right) and along a column (down). */
export type Pair = readonly [number, number];
/** A vector or point in patient coordinates (mm). */
export type Vector = readonly [number, number, number];

/** Which direction of the image points right and down on the screen, as (along rows, along columns). */
export interface Turn {
  readonly right: Pair;
  readonly down: Pair;
}

/** What is seen: `center` is the image point (in pixels, pixel centres at integers) in the middle of the screen. */
export interface Camera {
  readonly center: Pair;
  /** Screen pixels (device pixels) for one column of the image. */
  readonly scale: number;
  readonly turn: Turn;
}

/** Size and place of an image; spacings in mm or, where unknown, in widths of a column. */
export interface ImagePlane {
  readonly rows: number;
  readonly columns: number;
  readonly rowSpacing: number;
  readonly columnSpacing: number;
  readonly origin: Vector;
  readonly rowCosines: Vector;
  readonly columnCosines: Vector;
}

/** As the image was made. */
export const upright: Turn = { right: [1, 0], down: [0, 1] };

const negative = ([x, y]: Pair): Pair => [0 - x, 0 - y];

/** The ways to turn what is on the screen, as it is seen there. */
export const turns = {
  rotateRight: ({ right, down }: Turn): Turn => ({ right: negative(down), down: right }),
  rotateLeft: ({ right, down }: Turn): Turn => ({ right: down, down: negative(right) }),
  flipHorizontal: ({ right, down }: Turn): Turn => ({ right: negative(right), down }),
  flipVertical: ({ right, down }: Turn): Turn => ({ right, down: negative(down) }),
} as const;

/** The middle of an image. */
export const middleOf = ({ rows, columns }: ImagePlane): Pair => [(columns - 1) / 2, (rows - 1) / 2];

/** The scale at which the whole image just fits into a screen of `size` (width, height) pixels. */
export function fitScale(plane: ImagePlane, turn: Turn, [width, height]: Pair): number {
  const wide = plane.columns * plane.columnSpacing;
  const high = plane.rows * plane.rowSpacing;
  const [across, along] = turn.right[0] === 0 ? [high, wide] : [wide, high];
  return plane.columnSpacing * Math.min(width / across, height / along);
}

/** Screen pixels, from the middle of the screen, of an image point. */
export function toScreen(plane: ImagePlane, { center, scale, turn }: Camera, [x, y]: Pair): Pair {
  const dx = (x - center[0]) * scale;
  const dy = ((y - center[1]) * scale * plane.rowSpacing) / plane.columnSpacing;
  return [turn.right[0] * dx + turn.right[1] * dy, turn.down[0] * dx + turn.down[1] * dy];
}

/** The image point at screen pixels counted from the middle of the screen. */
export function toImage(plane: ImagePlane, { center, scale, turn }: Camera, [x, y]: Pair): Pair {
  const dx = turn.right[0] * x + turn.down[0] * y;
  const dy = turn.right[1] * x + turn.down[1] * y;
  return [center[0] + dx / scale, center[1] + (dy * plane.columnSpacing) / (scale * plane.rowSpacing)];
}

/** Moves the image by screen pixels. */
export const panned = (plane: ImagePlane, camera: Camera, [x, y]: Pair): Camera => ({
  ...camera,
  center: toImage(plane, camera, [-x, -y]),
});

/** Zooms by `factor` around a screen point, which stays where it is. */
export function zoomed(plane: ImagePlane, camera: Camera, factor: number, at: Pair): Camera {
  const scale = Math.min(64, Math.max(0.02, camera.scale * factor));
  const point = toImage(plane, camera, at);
  const moved = toScreen(plane, { ...camera, scale }, point);
  return panned(plane, { ...camera, scale }, [at[0] - moved[0], at[1] - moved[1]]);
}

/** The same view, moved by less than a pixel so that image pixels and screen pixels coincide at whole-number scales. */
export function aligned(plane: ImagePlane, camera: Camera, [width, height]: Pair): Camera {
  const corner = toScreen(plane, camera, [-0.5, -0.5]);
  const left = width / 2 + corner[0];
  const top = height / 2 + corner[1];
  return panned(plane, camera, [Math.round(left) - left, Math.round(top) - top]);
}

const combine = (a: number, u: Vector, b: number, v: Vector): Vector => [
  a * u[0] + b * v[0],
  a * u[1] + b * v[1],
  a * u[2] + b * v[2],
];

/** A screen direction as direction in the patient. */
export const towards = (plane: ImagePlane, [alongRow, alongColumn]: Pair): Vector =>
  combine(alongRow, plane.rowCosines, alongColumn, plane.columnCosines);

/** The image point in patient coordinates. */
export function toPatient(plane: ImagePlane, [x, y]: Pair): Vector {
  const offset = combine(x * plane.columnSpacing, plane.rowCosines, y * plane.rowSpacing, plane.columnCosines);
  return combine(1, plane.origin, 1, offset);
}

/** The vector product. */
export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
