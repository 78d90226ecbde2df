/** A cross-section of a tooth, and the relief of its chewing surface. Lengths in mm. */

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
