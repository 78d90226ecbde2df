/** Teeth and the implant as stacks of cross-sections: what lies at one height, in the order in which it is painted. Lengths in mm. */
import type { Curve } from './curve.ts';
import { curve } from './curve.ts';
import type { Tooth } from './dental-arch.ts';
import { implant } from './dental-arch.ts';
import { smoothStep } from './random.ts';
import { hounsfield } from './tissue.ts';

/** A superellipse |s/a|^power + |d/b|^power <= 1 about a place of the arch, at one height. */
export interface Section {
  readonly s: number;
  readonly d: number;
  readonly a: number;
  readonly b: number;
  readonly power: number;
  /** Value of what is painted, and of what it takes the place of (for projections). */
  readonly value: number;
  readonly over: number;
  /** The chewing surface above this height, where the section lies within it. */
  readonly relief?: Relief;
}

/** The chewing surface: how deep below the biting edge it lies at a place, minus the height of the section. */
export interface Relief {
  /** Height of the section below the biting edge. */
  readonly u: number;
  readonly width: number;
  /** Depth of the fissures across and along the row of teeth. */
  readonly across: number;
  readonly along: number;
  readonly cusps: 1 | 2;
  /** Half the distance between the buccal and lingual cusps. */
  readonly ridge: number;
}

/** Depth of the chewing surface below the biting edge at a distance from the middle of the tooth. */
export const reliefAt = (relief: Relief, x: number): number => {
  const t = x / relief.width;
  if (relief.cusps === 1) return relief.across * Math.min(1, Math.abs(2 * t)) ** 1.5;
  return relief.across * (0.5 + 0.5 * Math.cos(4 * Math.PI * t));
};

const crownWidth: readonly Curve[] = [
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
const crownDepth: readonly Curve[] = [
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
const kindOf = (position: number): number => (position < 2 ? 0 : position === 2 ? 1 : position < 5 ? 2 : 3);

/** What a tooth shows at the height z, in painting order; nothing where it is missing or out of reach. */
export function toothSections(tooth: Tooth, z: number): Section[] {
  const zz = tooth.lower ? -z : z;
  if (tooth.state === 'missing') return [];
  if (tooth.state === 'implant') return implantSections(tooth, zz);
  const u = zz - tooth.edge;
  if (u < 0 || u > tooth.crown + tooth.root + 1) return [];
  return [...rootSections(tooth, u), ...crownSections(tooth, u), ...canalSections(tooth, u), ...repairs(tooth, u)];
}

function place(tooth: Tooth, u: number, distal = 0, inward = 0): { s: number; d: number } {
  const beyond = u - tooth.crown;
  const side = Math.sign(tooth.s);
  return {
    s: tooth.s + side * (distal + tooth.lean * beyond),
    d: tooth.d + inward + tooth.inward * (beyond + (tooth.position < 3 ? tooth.crown * 0.55 : 0)),
  };
}

function crownSections(tooth: Tooth, u: number): Section[] {
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

function reliefOf(tooth: Tooth, u: number): Relief {
  const kind = kindOf(tooth.position);
  const common = { u, width: tooth.width, ridge: tooth.depth * 0.27 };
  if (kind === 0) return { ...common, across: 0.25, along: 0, cusps: 1 };
  if (kind === 1) return { ...common, across: 2, along: 0, cusps: 1 };
  if (kind === 2) return { ...common, across: 1.7, along: 1.1, cusps: 1 };
  return { ...common, across: 0.9, along: 1, cusps: 2 };
}

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

function rootSections(tooth: Tooth, u: number): Section[] {
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

function canalSections(tooth: Tooth, u: number): Section[] {
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

function repairs(tooth: Tooth, u: number): Section[] {
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

function implantSections(tooth: Tooth, zz: number): Section[] {
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
  const post = 1.55 + 0.5 * smoothStep(-3, -0.2, depth);
  const abutment: Section = { ...at, a: post, b: post, value: hounsfield.metal, over: hounsfield.soft };
  if (f > 1) return [abutment];
  const a = (tooth.width / 2) * 0.94 * curve(crownWidth[3]!, f) * (1 - 0.3 * f ** 4);
  const b = (tooth.depth / 2) * 0.94 * curve(crownDepth[3]!, f) * (1 - 0.3 * f ** 4);
  const relief = reliefOf(tooth, zz - 0.2);
  const ceramic: Section = { ...at, a, b, power: 2.6, value: hounsfield.ceramic, over: hounsfield.soft, relief };
  return zz > 2.4 ? [ceramic, { ...abutment, over: hounsfield.ceramic }] : [ceramic];
}
