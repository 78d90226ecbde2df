/** Cavities of the cone-beam volume: palate, sinuses, nose, and the lesion in the bone. Lengths in mm. */
import { lesion } from './dental-arch.ts';
import { sinusMiddle } from './jaw-bone.ts';
import type { AcrossArch } from './paint-bone.ts';
import { binOf } from './paint-bone.ts';
import { palateAt } from './paint-soft-tissue.ts';
import { hounsfield } from './tissue.ts';
import type { Grid } from './volume-grid.ts';
import { cover } from './volume-grid.ts';

const { air, muscle } = hounsfield;

/** Paints palate, maxillary sinuses and nose. */
export function paintCavities(
  { x, y, s, d, seen, voxel }: Grid,
  slice: Float32Array,
  z: number,
  { sinus }: AcrossArch,
): void {
  if (z < 10) return;
  for (let i = 0; i < slice.length; i++) {
    if (seen[i] === 0) continue;
    const blend = (value: number, distance: number) => {
      if (distance < voxel) slice[i]! += (value - slice[i]!) * cover(distance, voxel);
    };
    const across = d[i]!;
    if (across > 3) {
      const back = y[i]! - 14 + 0.02 * x[i]! * x[i]!;
      const plate = Math.max(Math.abs(z - palateAt(across) - 0.8) - 0.9, back, Math.abs(s[i]!) - 60);
      blend(1000, plate);
    }
    const half = sinus[binOf(s[i]!)]!;
    if (half > 0) {
      blend(950, Math.abs(across - sinusMiddle) - half - 0.9);
      blend(air, Math.abs(across - sinusMiddle) - half);
    }
    if (z > 20 && across > 4) paintNose(blend, x[i]!, y[i]!, z);
  }
}

function paintNose(blend: (value: number, distance: number) => void, x: number, y: number, z: number): void {
  const cavity = (Math.hypot(x / 13, (y - 2) / 24) - 1) * 12;
  blend(700, cavity - 1.2);
  blend(air, cavity);
  blend(600, Math.max(Math.abs(x - 0.8 * Math.sin(y / 9)) - 0.8, cavity));
  const turbinate = (Math.hypot((Math.abs(x) - 7.5) / 3, (y - 4) / 17, (z - 27) / 6.5) - 1) * 3;
  blend(muscle, turbinate);
  blend(520, turbinate + 1.9);
}

/** Paints the shadow at a root tip. */
export function paintLesion({ s, d, seen, voxel }: Grid, slice: Float32Array, z: number): void {
  if (Math.abs(z - lesion.z) > lesion.radius + voxel) return;
  for (let i = 0; i < slice.length; i++) {
    if (!seen[i] || slice[i]! > 1500) continue;
    const off = Math.hypot(s[i]! - lesion.s, d[i]! - lesion.d, z - lesion.z) - lesion.radius;
    if (off < voxel) slice[i]! += (hounsfield.soft - slice[i]!) * cover(off, voxel);
  }
}
