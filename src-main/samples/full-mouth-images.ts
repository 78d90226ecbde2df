/** The 18 images of a full-mouth series: 14 periapical and 4 bitewing ones of the jaw model. Lengths in mm. */
import { toothAt } from './dental-arch.ts';
import type { GreyImage } from './panoramic-image.ts';
import type { Grain } from './project-jaw.ts';
import { projectJaw, toneMap } from './project-jaw.ts';
import { subSeed } from './random.ts';

/** One place of the series. */
export interface FullMouthView {
  readonly name: string;
  readonly kind: 'upper' | 'lower' | 'bitewing';
  /** The two teeth between which the beam is aimed. */
  readonly centre: readonly [number, number];
  /** The teeth that are shown whole, ISO 3950. */
  readonly teeth: readonly number[];
  /** Landscape for premolars and molars, portrait in front. */
  readonly landscape: boolean;
}

const view = (name: string, kind: FullMouthView['kind'], centre: [number, number], teeth: number[]): FullMouthView => ({
  name,
  kind,
  centre,
  teeth,
  landscape: kind === 'bitewing' || /molar/.test(name),
});

/** The series in the order in which it is mounted: upper right to left, lower left to right, bitewings. */
export const fullMouthViews: readonly FullMouthView[] = [
  view('UR molar', 'upper', [17, 16], [16, 17]),
  view('UR premolar', 'upper', [15, 14], [14, 15]),
  view('UR canine', 'upper', [13, 12], [12, 13]),
  view('U incisor', 'upper', [11, 21], [11, 21]),
  view('UL canine', 'upper', [22, 23], [22, 23]),
  view('UL premolar', 'upper', [24, 25], [24, 25]),
  view('UL molar', 'upper', [26, 27], [26, 27, 28]),
  view('LL molar', 'lower', [36, 37], [36, 37]),
  view('LL premolar', 'lower', [34, 35], [34, 35]),
  view('LL canine', 'lower', [32, 33], [32, 33]),
  view('L incisor', 'lower', [41, 31], [41, 31]),
  view('LR canine', 'lower', [43, 42], [42, 43]),
  view('LR premolar', 'lower', [45, 44], [44, 45]),
  view('LR molar', 'lower', [47, 46], [46, 47, 48]),
  view('BW R molar', 'bitewing', [17, 16], [16, 17, 46, 47]),
  view('BW R premolar', 'bitewing', [15, 14], [14, 15, 44, 45]),
  view('BW L premolar', 'bitewing', [24, 25], [24, 25, 34, 35]),
  view('BW L molar', 'bitewing', [26, 27], [26, 27, 36, 37]),
];

/** Arc length of the middle of a view's image. */
export const centreOf = ({ centre }: FullMouthView): number => (toothAt(centre[0]).s + toothAt(centre[1]).s) / 2;

/** Height of the upper edge of a view's image, which is 31 high in landscape and 41 in portrait. */
export const topOf = ({ kind, landscape }: FullMouthView): number => {
  const tall = landscape ? 31 : 41;
  if (kind === 'bitewing') return tall / 2;
  return kind === 'lower' ? 4.5 : tall - 4.5;
};

/** One image of the series as the sensor gives it. */
export function fullMouthImage(view: FullMouthView, pixel: number, grain: Grain): GreyImage {
  const [wide, tall] = view.landscape ? [41, 31] : [31, 41];
  const [columns, rows] = [Math.round(wide / pixel), Math.round(tall / pixel)];
  const z = topOf(view) - pixel / 2;
  const path = projectJaw({ s: centreOf(view) - wide / 2 + pixel / 2, z, columns, rows, pixel }, grain);
  for (let row = 0; row < rows; row++) {
    const gum = 3.4 / (1 + Math.exp(-(Math.abs(z - row * pixel) - 7.4) / 0.9));
    for (let column = 0; column < columns; column++) path[row * columns + column]! += gum;
  }
  const values = toneMap(path, grain, { from: -2.5, to: 42, deviation: 42, offset: subSeed(0, view.name) % 200_000 });
  roundCorners(values, columns, rows, pixel);
  return { rows, columns, pixel, values };
}

/** The sensor's rounded corners, and the dot that tells its side. */
function roundCorners(values: Uint16Array, columns: number, rows: number, pixel: number): void {
  const radius = 3 / pixel;
  for (let y = 0; y < rows; y++) {
    const dy = Math.max(radius - y, y - (rows - 1 - radius), 0);
    const inset = dy === 0 ? 0 : Math.ceil(radius - Math.sqrt(Math.max(0, radius * radius - dy * dy)));
    values.fill(0, y * columns, y * columns + inset);
    values.fill(0, (y + 1) * columns - inset, (y + 1) * columns);
    const half = Math.sqrt(Math.max(0, 0.6 ** 2 - (y * pixel - 2.2) ** 2)) / pixel;
    const middle = (y + 1) * columns - 2.2 / pixel;
    if (half > 0) values.fill(4095, Math.round(middle - half), Math.round(middle + half));
  }
}
