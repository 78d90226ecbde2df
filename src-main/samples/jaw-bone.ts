/** Bone, canal and cavities of the jaw model: half-depths across the arch for one height. Lengths in mm. */
import { curve, curveTable } from './curve.ts';
import { teeth } from './dental-arch.ts';
import { smoothStep } from './random.ts';

/** A body that lies across the arch: at each place, its middle and half its depth, outside and inside its cortical bone. */
interface BoneAt {
  readonly middle: number;
  readonly outer: number;
  readonly inner: number;
}

const none: BoneAt = { middle: 0, outer: 0, inner: 0 };

const lowerEdge = curveTable([
  [0, -37.5],
  [10, -37],
  [30, -35],
  [50, -33],
  [62, -31.5],
  [70, -29.5],
  [76, -25.5],
  [80, -18],
  [83, -6],
  [85.5, 10],
  [87.5, 23],
  [89.5, 31],
]);
const upperEdge = curveTable([
  [55, -9.6],
  [58, -5],
  [61, 4],
  [64, 16],
  [66, 25],
  [68, 28.5],
  [70, 26],
  [73, 19],
  [76, 18],
  [79, 22],
  [81.5, 30],
  [84.5, 34],
  [87.5, 33.5],
  [89.5, 31],
]);
const thickness = curveTable([
  [0, 6.4],
  [12, 5.6],
  [30, 5.8],
  [50, 6.6],
  [60, 5.4],
  [70, 3.6],
  [79, 3.2],
  [84, 5],
  [90, 4.6],
]);

/** Height of the bone's edge between and beside the teeth. */
const crests = { upper: crestTable(false), lower: crestTable(true) };

function crestTable(lower: boolean): Float32Array {
  const row = teeth.filter((tooth) => tooth.lower === lower).toSorted((a, b) => a.s - b.s);
  const points = row.flatMap((tooth) => {
    const gone = tooth.state === 'missing' || tooth.state === 'implant';
    const height = gone ? 9.8 : tooth.crown + tooth.edge + 1.9;
    return [
      [tooth.s - tooth.width * 0.45, height - 0.7] as const,
      [tooth.s, height] as const,
      [tooth.s + tooth.width * 0.45, height - 0.7] as const,
    ];
  });
  const raw = Float32Array.from({ length: 1401 }, (_, i) => curve(points, i / 10 - 70));
  return raw.map((_, i) => {
    const around = raw.subarray(Math.max(0, i - 7), i + 8);
    return around.reduce((sum, value) => sum + value, 0) / around.length;
  });
}

const crestAt = (table: Float32Array, s: number): number =>
  table[Math.min(1400, Math.max(0, Math.round((s + 70) * 10)))]!;

/** Half the height to which a superellipse reaches at a fraction of its other half-axis. */
const bulge = (t: number, power: number): number => (Math.abs(t) >= 1 ? 0 : (1 - Math.abs(t) ** power) ** (1 / power));

/** The mandible at (s, z). */
export function mandibleAt(s: number, z: number): BoneAt {
  const a = Math.abs(s);
  if (a >= 89.4) return none;
  if (a < 54 && z > -5) return none;
  const bottom = lowerEdge(a);
  const ramus = upperEdge(a);
  const crest = -crestAt(crests.lower, s);
  const top = a < 55 ? crest : a < 59 ? crest + (ramus - crest) * smoothStep(55, 59, a) : ramus;
  if (z >= top || z <= bottom) return none;
  const half = thickness(a) * (1 - 0.22 * smoothStep(-24, -10, z) * (a < 55 ? 1 : 0));
  const steep = Math.hypot(1, (lowerEdge(a + 0.5) - bottom) / 0.5);
  const steepTop = a > 57 ? Math.hypot(1, (upperEdge(a + 0.5) - ramus) / 0.5) : 1;
  const outer = half * bulge((2 * (z - bottom)) / (top - bottom) - 1, 3.4);
  const [low, high] = [bottom + 2.5 * Math.min(4, steep), top - 0.4 * Math.min(4, steepTop)];
  const inner = high <= low ? 0 : (half - 1.5) * bulge((2 * (z - low)) / (high - low) - 1, 3.4);
  return {
    middle: a > 55 ? -2.5 * smoothStep(55, 66, a) : 0.9 * smoothStep(-16, -26, z) * (2 * smoothStep(12, 28, a) - 1),
    outer,
    inner: Math.max(0, inner),
  };
}

/** The maxilla at (s, z), without its sinus. */
export function maxillaAt(s: number, z: number): BoneAt {
  const a = Math.abs(s);
  if (a > 66 || z < 5) return none;
  const bottom = crestAt(crests.upper, s) + 5 * smoothStep(58, 64, a);
  const top = 42;
  if (z <= bottom || z >= top) return none;
  const half =
    (5.6 + 0.5 * smoothStep(25, 40, a)) * Math.sqrt(1 - smoothStep(58, 66, a)) * (1 - 0.75 * smoothStep(20, 40, z));
  const outer = half * bulge((2 * (z - bottom)) / (top - bottom) - 1, 4);
  const inner = (half - 0.95) * bulge((2 * (z - bottom - 0.4)) / (top - bottom - 1.4) - 1, 4);
  return { middle: 0.9, outer, inner: Math.max(0, inner) };
}

const sinusFloor = curveTable([
  [21, 33],
  [23, 25],
  [27, 22],
  [32, 19.6],
  [36, 18],
  [40, 18.6],
  [44, 17.2],
  [48, 18],
  [53, 19],
  [57, 22.5],
  [60, 30],
]);

/** Half the depth of the maxillary sinus at (s, z); 0 outside. */
export function sinusAt(s: number, z: number): number {
  const a = Math.abs(s) + (s < 0 ? 0.8 : 0);
  if (a <= 21 || a >= 60) return 0;
  const floor = sinusFloor(a);
  return 9 * bulge((2 * (z - floor)) / (47 - floor) - 1, 2.6) * bulge((a - 40.5) / 19.5, 2.6);
}

/** Middle of the sinus across the arch. */
export const sinusMiddle = 4.2;

const canalHeight = curveTable([
  [23, -24],
  [26, -27],
  [32, -28.6],
  [42, -28.6],
  [52, -26.5],
  [60, -19],
  [68, -6],
  [74, 4],
]);
const canalPlace = curveTable([
  [23, -5.5],
  [26, -2.4],
  [34, 0.6],
  [60, 1.2],
]);

/** Inner radius of the mandibular canal. */
export const canalRadius = 1.3;

/** The mandibular canal: its height and place across the arch at s; it opens at the mental foramen, |s| = 23. */
export function canalAt(s: number): { z: number; d: number } | undefined {
  const a = Math.abs(s);
  if (a < 23 || a > 74) return undefined;
  return { z: canalHeight(a), d: canalPlace(a) };
}
