/** What dentists and caries leave: fillings, a cavity, the implant with its crown. Lengths in mm. */
import { curve } from './curve.ts';
import type { Tooth } from './dental-arch.ts';
import { implant } from './dental-arch.ts';
import { smoothStep } from './random.ts';
import type { Section } from './section.ts';
import { hounsfield } from './tissue.ts';
import { crownDepth, crownWidth, place, reliefOf } from './tooth-crown.ts';

/** Fillings and caries of a tooth, at a distance u from its biting edge. */
export function repairSections(tooth: Tooth, u: number): Section[] {
  const where = place(tooth, u);
  const filling = (depth: number, a: number, b: number): Section[] =>
    u < depth
      ? [
          {
            ...where,
            a: a * (1 - 0.15 * (u / depth) ** 4),
            b,
            power: 4,
            value: hounsfield.metal,
            over: 2300,
            relief: reliefOf(tooth, u),
          },
        ]
      : [];
  if (tooth.state === 'filled') return filling(3.1, 2.9, 2.3);
  if (tooth.state === 'root-filled') return filling(5.2, 3.3, 2.8);
  if (tooth.state !== 'carious') return [];
  const off = (u - 4.9) / 1.7;
  if (Math.abs(off) >= 1) return [];
  const round = Math.sqrt(1 - off * off);
  const at = place(tooth, u, tooth.width * 0.43);
  return [{ ...at, a: 1.5 * round, b: 1.5 * round, power: 2, value: 300, over: 2300 }];
}

/** Implant, abutment and ceramic crown, at a distance from the occlusal plane. */
export function implantSections(tooth: Tooth, zz: number): Section[] {
  const shoulder = -implant.top;
  const depth = zz - shoulder;
  const at = { s: implant.s, d: implant.d, power: 2 };
  if (depth >= 0 && depth <= implant.length) {
    const thread = depth < 1.2 ? 0 : 0.32 * (1 - Math.abs(((depth / 0.9) % 1) * 2 - 1));
    const taper = 0.75 * smoothStep(6.5, 10.2, depth);
    const r = implant.diameter / 2 - thread - taper;
    return [{ ...at, a: r, b: r, value: hounsfield.metal, over: hounsfield.spongy }];
  }
  if (depth > implant.length || zz < 0.2) return [];
  const f = (zz - 0.2) / (shoulder - 1.6 - 0.2);
  const post = 1.5;
  const abutment: Section = { ...at, a: post, b: post, value: hounsfield.metal, over: hounsfield.soft };
  if (f > 1) return [abutment];
  const a = (tooth.width / 2) * 0.94 * curve(crownWidth[3]!, f) * (1 - 0.45 * f ** 3);
  const b = (tooth.depth / 2) * 0.94 * curve(crownDepth[3]!, f) * (1 - 0.45 * f ** 3);
  const relief = reliefOf(tooth, zz - 0.2);
  const ceramic: Section = { ...at, a, b, power: 2.6, value: hounsfield.ceramic, over: hounsfield.soft, relief };
  return zz > 2.4 ? [ceramic, { ...abutment, over: hounsfield.ceramic }] : [ceramic];
}
