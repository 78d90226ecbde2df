/** Roots of teeth: dentine, ligament and wall of the socket, and the pulp within, at a distance u from the biting edge. Lengths in mm. */
import { curve } from './curve.ts';
import type { Tooth } from './dental-arch.ts';
import { smoothStep } from './random.ts';
import type { Section } from './section.ts';
import { hounsfield } from './tissue.ts';
import { crownWidth, kindOf, place, reliefOf } from './tooth-crown.ts';

interface Branch {
  readonly distal: number;
  readonly inward: number;
  readonly a: number;
  readonly b: number;
}

/** Where the trunk of a molar parts into its roots, as a fraction of the root's length. */
const furcation = 0.2;

function branches(tooth: Tooth, t: number): Branch[] {
  const { width: w, depth: b, position, lower } = tooth;
  const tip = Math.sqrt(Math.max(0, 1 - t ** 6));
  const bow = 0.07 * w * t * t;
  if (position < 5) {
    const neck = curve(crownWidth[kindOf(position)]!, 1) / 2;
    const a = w * neck * (1 - 0.52 * t) * tip;
    return [{ distal: bow, inward: 0, a, b: b * 0.47 * (1 - 0.5 * t) * tip }];
  }
  if (t < furcation) return [{ distal: 0, inward: 0, a: w * (0.41 - 0.12 * t), b: b * (0.45 - 0.3 * t) }];
  const join = 0.055 * w * (1 - smoothStep(furcation, furcation + 0.14, t));
  const spread = (position === 5 ? 1 : position === 6 ? 0.85 : 0.7) * 0.07 * t + 0.225;
  const slim = (1 - 0.5 * t) * tip;
  if (lower)
    return [-spread, spread].map((at) => ({
      distal: at * w + bow * (at < 0 ? 1.4 : 0.9),
      inward: 0,
      a: (0.2 * w + join) * slim,
      b: b * 0.4 * slim,
    }));
  return [
    { distal: -spread * w + bow, inward: -0.2 * b, a: (0.165 * w + join) * slim, b: b * 0.2 * slim },
    { distal: spread * w + 0.4 * bow, inward: -0.2 * b, a: (0.155 * w + join) * slim, b: b * 0.18 * slim },
    { distal: 0, inward: (0.2 + 0.12 * t) * b, a: (0.19 * w + join) * slim, b: b * 0.2 * slim },
  ];
}

/** Socket, ligament and dentine of the roots. */
export function rootSections(tooth: Tooth, u: number): Section[] {
  if (u <= tooth.crown) return [];
  const inBone = smoothStep(1.4, 3, u - tooth.crown);
  const layer = (grow: number, value: number, over: number): Section[] => {
    const t = (u - tooth.crown) / (tooth.root + grow);
    if (t > 1) return [];
    return branches(tooth, Math.max(0, t)).map((branch) => ({
      ...place(tooth, u, branch.distal, branch.inward),
      a: branch.a + grow * Math.sqrt(1 - t ** 6),
      b: branch.b + grow * Math.sqrt(1 - t ** 6),
      power: 2,
      value,
      over,
    }));
  };
  const { spongy, cortical, ligament, dentine, soft } = hounsfield;
  if (inBone === 0) return layer(0, dentine, soft);
  const bone = soft + (spongy - soft) * inBone;
  return [
    ...layer(0.62 * inBone, cortical, bone),
    ...layer(0.27 * inBone, ligament, cortical),
    ...layer(0, dentine, ligament),
  ];
}

/** Pulp chamber and root canals, or what fills them. */
export function canalSections(tooth: Tooth, u: number): Section[] {
  const value = tooth.state === 'root-filled' ? hounsfield.guttaPercha : hounsfield.pulp;
  const over = hounsfield.dentine;
  const t = (u - tooth.crown) / tooth.root;
  const molar = tooth.position >= 5;
  if (t > (tooth.state === 'root-filled' ? 0.93 : 0.96)) return [];
  if (t > (molar ? furcation : 0)) {
    const wide = (tooth.state === 'root-filled' ? 0.42 : 0.4) * (1 - 0.62 * t);
    return branches(tooth, t).map(({ distal, inward, b }) => ({
      ...place(tooth, u, distal, inward),
      a: wide + (molar ? 0 : 0.25 * (1 - t)),
      b: molar && tooth.lower ? Math.max(wide, b * 0.35) : wide + 0.1,
      power: 2,
      value,
      over,
    }));
  }
  return pulpChamber(tooth, u, tooth.state === 'root-filled' ? hounsfield.core : value, over);
}

function pulpChamber(tooth: Tooth, u: number, value: number, over: number): Section[] {
  const from = tooth.crown * (tooth.position < 3 ? 0.4 : 0.5);
  if (u < from) return [];
  const f = Math.min(1, (u - from) / (tooth.crown - from));
  const widest = tooth.position < 3 ? 0.65 : tooth.position < 5 ? 0.16 * tooth.width : 0.25 * tooth.width;
  const a = widest * (tooth.position < 3 ? 0.35 + 0.65 * f : 0.9 + 0.1 * f);
  const relief = { ...reliefOf(tooth, (u - from) * 1.1), width: widest * 2.4 };
  const posterior = tooth.position > 2 ? { relief } : {};
  return [{ ...place(tooth, u), a, b: a * (tooth.position > 4 ? 1 : 1.25), power: 2.4, value, over, ...posterior }];
}
