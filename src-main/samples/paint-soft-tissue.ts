/** Soft tissue of the cone-beam volume. Lengths in mm. */
import { sampleTile, smoothStep } from './random.ts';
import { hounsfield } from './tissue.ts';
import type { Grid } from './volume-grid.ts';
import { cover } from './volume-grid.ts';

const { air, fat, muscle } = hounsfield;

/** A slice of flesh: skin, fat, muscle, and the air of mouth and throat. */
export function softTissue({ x, y, s, d, seen, voxel }: Grid, z: number, flesh: Float32Array): Float32Array {
  const slice = new Float32Array(x.length).fill(air);
  const lips = {
    upper: Math.exp(-(((z - 5) / 5) ** 2)),
    lower: Math.exp(-(((z + 6) / 5) ** 2)),
    chin: Math.exp(-(((z + 27) / 8) ** 2)),
  };
  const open = z > -8 && z < 18;
  for (let i = 0; i < slice.length; i++) {
    if (seen[i] === 0) continue;
    const px = x[i]!;
    const py = y[i]!;
    const skin = headDistance(px, py, lips);
    const wave = sampleTile(flesh, px * 4 + 0.9 * z, py * 4 - 1.3 * z);
    const pad = d[i]! < -6 ? smoothStep(0.5, 1, wave) : 0;
    let value = fat + (muscle + 14 * wave - fat) * smoothStep(-2.2, -3.6, skin + wave * 0.6) * (1 - pad);
    if (skin > -voxel) value = air + (value - air) * cover(skin, voxel);
    if (open) value += (air - value) * cover(mouthDistance(s[i]!, d[i]!, py, z), voxel);
    if (py > 25)
      value += (air - value) * cover((Math.hypot((px - 0.5) / 10.5, (py - 34) / 5.5) - 1) * 5.5 + wave * 0.5, voxel);
    slice[i] = value;
  }
  return slice;
}

interface Lips {
  readonly upper: number;
  readonly lower: number;
  readonly chin: number;
}

/** Distance from the skin, negative inside. */
function headDistance(x: number, y: number, { upper, lower, chin }: Lips): number {
  if (y > 4) return (Math.hypot(x / 52, (y - 4) / 60) - 1) * 46;
  const middle = Math.exp(-((x / 16) ** 2));
  return (Math.hypot(x / 52, (y - 4) / (42.5 + middle * (3.2 * upper + 2.8 * lower + 2.5 * chin))) - 1) * 46;
}

/** Distance from the air in the mouth: vestibule, between the jaws, over the tongue, under the palate. */
function mouthDistance(s: number, d: number, y: number, z: number): number {
  const a = Math.abs(s);
  const wave = Math.sin(s / 4);
  const height = Math.abs(z);
  if (height < 8) {
    const cheek = Math.max(Math.abs(d + 6.9 + 0.4 * wave) - 0.4, height - 7.5, a - 52);
    const gap = Math.max(height - 1.1 - 0.35 * wave, Math.abs(d + 0.8) - 6, a - 50);
    const tongue = Math.max(Math.abs(d - 7.4 - 0.7 * wave) - 0.45, Math.abs(z - 1) - 6.5, a - 46);
    return Math.min(cheek, gap, tongue, roofDistance(y, d, z));
  }
  return roofDistance(y, d, z);
}

const roofDistance = (y: number, d: number, z: number): number =>
  Math.max(Math.abs(z - palateAt(d) + 2.6) - 0.7, 5 - d, y - 15);

/** Height of the palate's underside at a distance from the arch. */
export const palateAt = (d: number): number => 11.5 + 7 * smoothStep(2, 15, d) + 0.16 * Math.max(0, d - 4);
