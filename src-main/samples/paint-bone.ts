/** Jaw bones of the cone-beam volume. Lengths in mm. */
import { canalAt, canalRadius, mandibleAt, maxillaAt, sinusAt } from './jaw-bone.ts';
import { sampleTile } from './random.ts';
import { hounsfield } from './tissue.ts';
import type { Grid } from './volume-grid.ts';
import { cover } from './volume-grid.ts';

const { cortical, spongy } = hounsfield;
const binsPerMm = 5;
const bins = 190 * binsPerMm + 1;

/** Where in the tables an arc length is found. */
export const binOf = (s: number): number => Math.min(bins - 1, Math.max(0, Math.round((s + 95) * binsPerMm)));

/** What lies across the arch at one height, looked up by arc length. */
export interface AcrossArch {
  /** Middle, outer and inner half-depth of each jaw's bone. */
  readonly jaws: readonly Float32Array[];
  /** Distance across, distance in height (both from the canal's middle) per bin; far away where there is none. */
  readonly canal: Float32Array;
  readonly sinus: Float32Array;
}

/** Looks up one height. */
export function acrossArch(z: number): AcrossArch {
  const jaws = [new Float32Array(bins * 3), new Float32Array(bins * 3)];
  const canal = new Float32Array(bins * 2).fill(99);
  const sinus = new Float32Array(bins);
  for (let bin = 0; bin < bins; bin++) {
    const s = bin / binsPerMm - 95;
    [mandibleAt(s, z), maxillaAt(s, z)].forEach((bone, jaw) =>
      jaws[jaw]!.set([bone.middle, bone.outer, bone.inner], bin * 3),
    );
    const tube = canalAt(s);
    if (tube) canal.set([tube.d, (z - tube.z) * (Math.abs(s) > 54 ? 0.55 : 1)], bin * 2);
    sinus[bin] = sinusAt(s, z);
  }
  return { jaws, canal, sinus };
}

/** Paints both jaws, spongy within cortical bone. */
export function paintBone(
  { s, d, seen, voxel }: Grid,
  slice: Float32Array,
  z: number,
  across: AcrossArch,
  net: Float32Array,
): void {
  for (let i = 0; i < slice.length; i++) {
    if (seen[i] === 0) continue;
    const at = binOf(s[i]!) * 3;
    for (const jaw of across.jaws) {
      const outer = jaw[at + 1]!;
      if (outer === 0) continue;
      const off = Math.abs(d[i]! - jaw[at]!);
      if (off > outer + voxel) continue;
      let value = slice[i]!;
      value += (cortical - value) * cover(off - outer, voxel);
      const inner = jaw[at + 2]!;
      if (inner > 0 && off < inner + voxel) {
        const mesh = sampleTile(net, s[i]! * 5 + z * 1.7, d[i]! * 5 - z * 3.1);
        const cross = sampleTile(net, s[i]! * 4 - z * 4.3, d[i]! * 4 + z * 2.3);
        value += (spongy + 150 * mesh + 110 * cross - value) * cover((off - inner) * 0.8, voxel);
      }
      slice[i] = value;
    }
  }
}

/** Paints the mandibular canal and its wall. */
export function paintCanal({ s, d, seen, voxel }: Grid, slice: Float32Array, { canal }: AcrossArch): void {
  for (let i = 0; i < slice.length; i++) {
    const at = binOf(s[i]!) * 2;
    const rise = canal[at + 1]!;
    if (seen[i] === 0 || rise > 4 || rise < -4) continue;
    const off = Math.hypot(d[i]! - canal[at]!, rise) - canalRadius;
    if (off > 0.5 + voxel) continue;
    if (slice[i]! > 150) slice[i]! += (900 - slice[i]!) * cover(off - 0.5, voxel);
    slice[i]! += (hounsfield.canal - slice[i]!) * cover(off, voxel);
  }
}
