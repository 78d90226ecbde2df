/** Curves given by their corners: the shapes of teeth and bone. */

/** Corners (x, y) with rising x. */
export type Curve = readonly (readonly [number, number])[];

/** The value of a smooth curve through its corners (cubic Hermite); the first and last value outside of them. */
export function curve(points: Curve, at: number): number {
  const last = points.length - 1;
  if (at <= points[0]![0]) return points[0]![1];
  if (at >= points[last]![0]) return points[last]![1];
  let i = 0;
  while (points[i + 1]![0] <= at) i++;
  const [x0, y0] = points[i]!;
  const [x1, y1] = points[i + 1]!;
  const width = x1 - x0;
  const t = (at - x0) / width;
  const start = slopeAt(points, i) * width;
  const end = slopeAt(points, i + 1) * width;
  const rise = y1 - y0;
  return y0 + t * (start + t * (3 * rise - 2 * start - end + t * (start + end - 2 * rise)));
}

/** A curve as a table over [0, 100) in tenths, for places that are asked for often. */
export function curveTable(points: Curve): (at: number) => number {
  const table = Float32Array.from({ length: 1002 }, (_, i) => curve(points, i / 10));
  return (at) => {
    const i = Math.floor(at * 10);
    return table[i]! + (table[i + 1]! - table[i]!) * (at * 10 - i);
  };
}

/** Slope at a corner that neither overshoots nor wiggles (harmonic mean of its neighbours', 0 at a peak). */
function slopeAt(points: Curve, i: number): number {
  const before = i > 0 ? slope(points, i - 1) : undefined;
  const after = i < points.length - 1 ? slope(points, i) : undefined;
  if (before === undefined || after === undefined) return before ?? after ?? 0;
  return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
}

const slope = (points: Curve, i: number): number =>
  (points[i + 1]![1] - points[i]![1]) / (points[i + 1]![0] - points[i]![0]);
