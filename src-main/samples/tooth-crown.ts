/** Crowns of teeth: enamel over dentine, at a distance u from the biting edge. Lengths in mm. */
import type { Curve } from './curve.ts';
import { curve } from './curve.ts';
import type { Tooth } from './dental-arch.ts';
import type { Section, Relief } from './section.ts';
import { hounsfield } from './tissue.ts';

/** Half-width of a crown from biting edge to neck, as a part of the whole: incisors, canines, premolars, molars. */
export const crownWidth: readonly Curve[] = [
  [
    [0, 0.86],
    [0.08, 0.95],
    [0.2, 1],
    [0.55, 0.94],
    [0.85, 0.78],
    [1, 0.7],
  ],
  [
    [0, 0.5],
    [0.2, 0.86],
    [0.36, 1],
    [0.65, 0.9],
    [1, 0.72],
  ],
  [
    [0, 0.66],
    [0.2, 0.93],
    [0.38, 1],
    [0.7, 0.88],
    [1, 0.7],
  ],
  [
    [0, 0.82],
    [0.15, 0.95],
    [0.35, 1],
    [0.7, 0.92],
    [1, 0.82],
  ],
];
/** The same from cheek to tongue. */
export const crownDepth: readonly Curve[] = [
  [
    [0, 0.16],
    [0.2, 0.34],
    [0.5, 0.66],
    [0.8, 0.95],
    [1, 0.96],
  ],
  [
    [0, 0.2],
    [0.2, 0.45],
    [0.5, 0.8],
    [0.8, 1],
    [1, 0.96],
  ],
  [
    [0, 0.62],
    [0.2, 0.86],
    [0.5, 1],
    [1, 0.88],
  ],
  [
    [0, 0.66],
    [0.2, 0.86],
    [0.55, 1],
    [1, 0.9],
  ],
];
/** 0 for incisors, 1 for canines, 2 for premolars, 3 for molars. */
export const kindOf = (position: number): number => (position < 2 ? 0 : position === 2 ? 1 : position < 5 ? 2 : 3);

/** Where a tooth's axis lies at u, and a place beside it: towards the back of the arch, towards the tongue. */
export function place(tooth: Tooth, u: number, distal = 0, inward = 0): { s: number; d: number } {
  const beyond = u - tooth.crown;
  const side = Math.sign(tooth.s);
  return {
    s: tooth.s + side * (distal + tooth.lean * beyond),
    d: tooth.d + inward + tooth.inward * (beyond + (tooth.position < 3 ? tooth.crown * 0.55 : 0)),
  };
}

/** Enamel and dentine of the crown. */
export function crownSections(tooth: Tooth, u: number): Section[] {
  const f = u / tooth.crown;
  if (f > 1) return [];
  const kind = kindOf(tooth.position);
  const a = (tooth.width / 2) * curve(crownWidth[kind]!, f);
  const b = (tooth.depth / 2) * curve(crownDepth[kind]!, f);
  const power = 2 + (kind < 2 ? 0.25 : 0.65) * (1 - f ** 4);
  const where = place(tooth, u);
  const relief = reliefOf(tooth, u);
  const shell = tooth.state === 'crowned' ? hounsfield.metal : hounsfield.enamel;
  const over = hounsfield.soft;
  const sections: Section[] = [{ ...where, a, b, power, value: shell, over, relief }];
  const thick = (kind < 2 ? 0.95 : 1.4) * (1 - 0.92 * f ** 2.2);
  const under = reliefOf(tooth, u - (kind < 2 ? 1.7 : 1.8));
  if (under.u > 0 && a > thick && b > thick)
    sections.push({
      ...where,
      a: a - thick,
      b: b - thick,
      power,
      value: hounsfield.dentine,
      over: shell,
      relief: under,
    });
  return sections;
}

/** The chewing surface of a tooth over a section at u. */
export function reliefOf(tooth: Tooth, u: number): Relief {
  const kind = kindOf(tooth.position);
  const common = { u, width: tooth.width, ridge: tooth.depth * 0.27 };
  if (kind === 0) return { ...common, across: 0.25, along: 0, cusps: 1 };
  if (kind === 1) return { ...common, across: 2, along: 0, cusps: 1 };
  if (kind === 2) return { ...common, across: 1.7, along: 1.1, cusps: 1 };
  return { ...common, across: 0.9, along: 1, cusps: 2 };
}
