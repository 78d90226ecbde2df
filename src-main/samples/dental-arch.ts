/** The dental arch: which teeth there are, how large they are and where they stand. Lengths in mm. */

/**
 * Frame of the jaw model: DICOM patient axes (x to the patient's left, y to the back, z to the head), z = 0 at the occlusal
 * plane. Along the arch it uses s (arc length, negative on the patient's right), d (distance, positive to the tongue) and z.
 */
interface ArchPoint {
  readonly s: number;
  readonly d: number;
}

const frontY = -31;
const curvature = 0.045;

/** Arc length of the arch at x. */
export const arcLength = (x: number): number => {
  const v = 2 * curvature * x;
  return (Math.asinh(v) + v * Math.sqrt(1 + v * v)) / (4 * curvature);
};

/** The place (x, y) of a point beside the arch. */
export const fromArch = ({ s, d }: ArchPoint): { x: number; y: number } => {
  let x = Math.max(-48, Math.min(48, s / 2));
  for (let step = 0; step < 20; step++) x -= (arcLength(x) - s) / Math.hypot(1, 2 * curvature * x);
  const slope = 2 * curvature * x;
  const n = Math.hypot(slope, 1);
  return { x: x - (d * slope) / n, y: frontY + curvature * x * x + d / n };
};

/** The nearest point of the arch from (x, y), by Newton's method on the foot of the perpendicular. */
export const toArch = (x: number, y: number): ArchPoint => {
  const rise = y - frontY;
  let u = Math.sign(x || 1) * Math.max(Math.abs(x), Math.sqrt(Math.max(0, rise) / curvature) * 0.7, 0.01);
  for (let step = 0; step < 12; step++) {
    const gap = curvature * u * u - rise;
    const f = u - x + 2 * curvature * u * gap;
    const slope = 1 + 2 * curvature * gap + 4 * curvature * curvature * u * u;
    u -= f / Math.max(0.2, slope);
  }
  const distance = Math.hypot(x - u, rise - curvature * u * u);
  return { s: arcLength(u), d: rise > curvature * x * x ? distance : -distance };
};

/** What stands at a place of the arch. */
type ToothState = 'sound' | 'missing' | 'implant' | 'root-filled' | 'crowned' | 'filled' | 'carious';

/** One place of the arch. */
export interface Tooth {
  /** Two digits of ISO 3950: quadrant, then position from the midline. */
  readonly fdi: number;
  readonly lower: boolean;
  /** 0 for the central incisor to 7 for the third molar. */
  readonly position: number;
  readonly state: ToothState;
  /** Arc length of the middle of the crown. */
  readonly s: number;
  /** Mesio-distal width, bucco-lingual depth, crown and root length. */
  readonly width: number;
  readonly depth: number;
  readonly crown: number;
  readonly root: number;
  /** Distance of the biting edge beyond (negative) or short of (positive) the occlusal plane. */
  readonly edge: number;
  /** Distance of the crown from the arch, positive to the tongue. */
  readonly d: number;
  /** Tangents of the root's leaning: away from the midline, and to the tongue. */
  readonly lean: number;
  readonly inward: number;
}

const upper = {
  width: [8.4, 6.5, 7.6, 6.9, 6.7, 10, 9.4, 8.6],
  depth: [7.0, 6.3, 8.0, 9.0, 9.0, 11.0, 10.8, 10.0],
  crown: [10.4, 9.2, 10.0, 8.5, 8.2, 7.6, 7.2, 6.6],
  root: [13.0, 13.0, 16.5, 13.8, 13.8, 12.8, 12.0, 10.8],
  edge: [-1.5, -0.9, -1.2, -0.2, -0.1, 0, 0.1, 0.3],
  d: [-2.0, -1.7, -1.4, -0.6, -0.3, 0, 0, 0],
  lean: [0.02, 0.06, 0.1, 0.06, 0.04, 0.02, -0.02, -0.06],
  inward: [0.22, 0.18, 0.14, 0.06, 0.05, 0.06, 0.06, 0.05],
};
const lower: typeof upper = {
  width: [5.3, 5.8, 6.9, 7.0, 7.1, 11.0, 10.4, 9.8],
  depth: [5.8, 6.2, 7.7, 7.8, 8.2, 10.3, 10.0, 9.4],
  crown: [8.8, 9.2, 10.6, 8.6, 8.0, 7.6, 7.2, 7.0],
  root: [12.4, 13.2, 15.6, 14.2, 14.4, 13.6, 13.0, 11.2],
  edge: [0.4, 0.3, 0, 0.3, 0.2, 0.1, 0, 0.2],
  d: [1.0, 0.8, 0.4, 0.2, 0.2, 0.2, 0.4, 0.6],
  lean: [0.0, 0.04, 0.07, 0.06, 0.06, 0.07, 0.12, 0.2],
  inward: [0.1, 0.09, 0.06, 0.02, 0.0, -0.03, -0.06, -0.08],
};

const states: Readonly<Record<number, ToothState>> = {
  18: 'missing',
  38: 'missing',
  36: 'implant',
  46: 'root-filled',
  26: 'crowned',
  16: 'filled',
  47: 'filled',
  15: 'carious',
};

function quadrant(number: number): Tooth[] {
  const isLower = number > 2;
  const sizes = isLower ? lower : upper;
  const side = number === 1 || number === 4 ? -1 : 1;
  let from = 0.06;
  return sizes.width.map((width, position) => {
    const at = (key: keyof typeof upper) => sizes[key][position]!;
    const s = side * (from + width / 2);
    from += width + 0.12;
    const fdi = number * 10 + position + 1;
    const state = states[fdi] ?? 'sound';
    const measures = { depth: at('depth'), crown: at('crown'), root: at('root'), edge: at('edge'), d: at('d') };
    return { fdi, lower: isLower, position, state, s, width, ...measures, lean: at('lean'), inward: at('inward') };
  });
}

/** All 32 places, quadrant by quadrant from the midline. */
export const teeth: readonly Tooth[] = [1, 2, 3, 4].flatMap(quadrant);

/** The place of a number of ISO 3950. */
export const toothAt = (fdi: number): Tooth => teeth.find((tooth) => tooth.fdi === fdi)!;

/** The implant at 36: a cylinder with a thread, its length from the shoulder at the bone's edge to the tip. */
export const implant = { fdi: 36, s: toothAt(36).s, d: 0.3, length: 10, diameter: 4.1, top: -9.8 } as const;

/** The shadow at the root tip of 46, a ball. */
export const lesion = { fdi: 46, s: toothAt(46).s - 4.4, d: 0.2, z: -22.6, radius: 2.6 } as const;
