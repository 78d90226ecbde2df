/** A panoramic image of the jaw model: the arch unrolled, with the shadows that a rotating tube leaves. Lengths in mm. */
import { smoothStep } from './random.ts';
import type { Frame, Grain } from './project-jaw.ts';
import { projectJaw, toneMap } from './project-jaw.ts';
import { drawText } from './bitmap-text.ts';

/** A 12-bit grey image. */
export interface GreyImage {
  readonly rows: number;
  readonly columns: number;
  /** Side of a pixel. */
  readonly pixel: number;
  readonly values: Uint16Array;
}

const width = 182;
const height = 91;
const top = 46;

/** How far the unrolled arch is lifted at s: the occlusal plane smiles. Heights of one column keep their lengths. */
export const panoramicLift = (s: number): number => 0.0021 * Math.min(60, Math.abs(s)) ** 2 - 3;

/** The panoramic image; `columns` of 1400 gives pixels of 0.13 mm. */
export function panoramicImage(columns: number, grain: Grain): GreyImage {
  const pixel = width / columns;
  const rows = Math.round(height / pixel);
  const margin = Math.ceil(6 / pixel);
  const frame: Frame = { s: -width / 2 + pixel / 2, z: top + margin * pixel, columns, rows: rows + 2 * margin, pixel };
  const flat = projectJaw(frame, grain);
  const path = new Float32Array(rows * columns);
  for (let column = 0; column < columns; column++) {
    const s = frame.s + column * pixel;
    const shift = margin + panoramicLift(s) / pixel;
    for (let row = 0; row < rows; row++) {
      const from = Math.floor(row + shift);
      const part = row + shift - from;
      const at = from * columns + column;
      path[row * columns + column] =
        flat[at]! * (1 - part) + flat[at + columns]! * part + surroundings(s, top - row * pixel);
    }
  }
  const values = toneMap(path, grain, { from: -9, to: 46, deviation: 34, offset: 0 });
  drawText(
    { values, columns, rows },
    'R',
    Math.round(4 / pixel),
    Math.round(6 / pixel),
    Math.max(2, Math.round(0.7 / pixel)),
    4095,
  );
  return { rows, columns, pixel, values };
}

/** What surrounds the jaw: flesh, neck, spine, air ways, cheek bones and the ghost of the other side. */
function surroundings(s: number, z: number): number {
  const a = Math.abs(s);
  const chin = -40 + 0.0016 * a * a;
  const flesh = 5.5 * smoothStep(chin - 7, chin + 3, z) + 2.2 * smoothStep(20, 70, a) - 5;
  const spineGhost = 5.5 * bell(s, 17) * smoothStep(38, -10, z);
  const disc = ((z + 60) % 17) - 8.5;
  const vertebra = 7 * smoothStep(84, 90, a) * (1 - 0.45 * bell(disc, 1.6));
  const lips = 1.6 * smoothStep(17, 8, a) * smoothStep(-16, -6, z) * smoothStep(13, 4, z);
  const between = -2.6 * bell(z + 1.2, 1.5) * smoothStep(46, 10, a);
  const mouthAir = -2.8 * bell(z - 15 - 0.0012 * a * a, 2.6) * smoothStep(60, 44, a);
  const throat = -4.2 * bell(a - 66 - 0.28 * (z - 6), 4.2) * smoothStep(22, 8, z) * smoothStep(-38, -20, z);
  const shadows = cheekBone(a, z) + hyoid(a, z) + earlobe(a, z);
  return flesh + spineGhost + vertebra + lips + between + mouthAir + throat + shadows;
}

/** The zygomatic arch, the edge of the orbit and the base of the skull above the joint. */
function cheekBone(a: number, z: number): number {
  const arch = 27 + 0.2 * (a - 46) + 0.006 * (a - 46) ** 2;
  const bar = 3.2 * bell(z - arch, 2.1) * smoothStep(40, 50, a) * smoothStep(90, 78, a);
  const root = 2.2 * bell(a - 43, 2.6) * smoothStep(18, 25, z) * smoothStep(44, 34, z);
  const orbit = 2.6 * bell(Math.hypot(a - 29, (z - 55) * 1.1) - 16, 1);
  const skull = 4 * bell(z - 41 - 2.2 * Math.cos((a - 83) / 4.2), 1.4) * smoothStep(68, 76, a);
  return bar + root + orbit + skull;
}

const hyoid = (a: number, z: number): number =>
  3 * bell(z + 41.5 - 0.1 * (a - 48), 1.5) * smoothStep(42, 47, a) * smoothStep(70, 62, a);

const earlobe = (a: number, z: number): number => 2.4 * smoothStep(7.5, 6, Math.hypot(a - 87, (z - 3) * 0.7));

const bell = (x: number, spread: number): number => Math.exp(-((x / spread) ** 2));
