/** Teeth and the implant as stacks of cross-sections: what lies at one height. Lengths in mm. */
import type { Tooth } from './dental-arch.ts';
import type { Section } from './section.ts';
import { crownSections } from './tooth-crown.ts';
import { implantSections, repairSections } from './tooth-repairs.ts';
import { canalSections, rootSections } from './tooth-root.ts';

/** What a tooth shows at the height z, in painting order; nothing where it is missing or out of reach. */
export function toothSections(tooth: Tooth, z: number): Section[] {
  const zz = tooth.lower ? -z : z;
  if (tooth.state === 'missing') return [];
  if (tooth.state === 'implant') return implantSections(tooth, zz);
  const u = zz - tooth.edge;
  if (u < 0 || u > tooth.crown + tooth.root + 1) return [];
  return [
    ...rootSections(tooth, u),
    ...crownSections(tooth, u),
    ...canalSections(tooth, u),
    ...repairSections(tooth, u),
  ];
}
