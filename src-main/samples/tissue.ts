/** What tissues and materials look like to X-rays: Hounsfield-like values, and what of them weakens a beam. */

/** Values in the cone-beam volume. */
export const hounsfield = {
  air: -1000,
  fat: -90,
  soft: 40,
  muscle: 60,
  ligament: 120,
  pulp: 120,
  canal: 40,
  spongy: 380,
  cortical: 1350,
  dentine: 1700,
  core: 2250,
  ceramic: 2700,
  enamel: 2800,
  guttaPercha: 3000,
  metal: 3071,
} as const;

/** Weakening of the beam by one mm of a tissue, with water as 1; dense matter takes more of a dental beam than its value tells. */
export const attenuation = (value: number): number =>
  Math.max(0, value / 1000 + 1) + (0.4 * Math.max(0, value - 1000)) / 1000 + (value > 2900 ? 3 : 0);
