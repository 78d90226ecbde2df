/** Paints cross-sections of teeth into an axial slice. Lengths in mm. */
import { fromArch } from './dental-arch.ts';
import type { Section } from './section.ts';
import { reliefAt } from './section.ts';
import type { Grid } from './volume-grid.ts';
import { cover } from './volume-grid.ts';

/** Paints one cross-section of a tooth. */
export function paintSection({ s, d, seen, matrix, voxel }: Grid, slice: Float32Array, section: Section): void {
  const box = boxOf(section, matrix, voxel);
  const short = Math.min(section.a, section.b);
  const reachA = section.a + voxel;
  const reachB = section.b + voxel;
  for (let row = box.top; row <= box.bottom; row++)
    for (let i = row * matrix + box.left; i <= row * matrix + box.right; i++) {
      const x = s[i]! - section.s;
      const y = d[i]! - section.d;
      if (x > reachA || x < -reachA || y > reachB || y < -reachB || seen[i] === 0) continue;
      const distance = (radius(x / section.a, y / section.b, section.power) - 1) * short;
      if (distance > voxel) continue;
      let alpha = cover(distance, voxel);
      if (section.relief) {
        const { along, ridge, u } = section.relief;
        const fissure = along * Math.max(0, 1 - Math.abs(y) / ridge);
        alpha *= cover(reliefAt(section.relief, x) + fissure - u, voxel);
      }
      slice[i]! += (section.value - slice[i]!) * alpha;
    }
}

/** Distance from the middle in half-axes; exact only near the rim, where it counts. */
function radius(x: number, y: number, power: number): number {
  const square = x * x + y * y;
  if (power === 2 || square < 0.4) return Math.sqrt(square);
  return (Math.abs(x) ** power + Math.abs(y) ** power) ** (1 / power);
}

function boxOf({ s, d, a, b }: Section, matrix: number, voxel: number) {
  const places = [-1, 0, 1].flatMap((i) => [-1, 0, 1].map((j) => fromArch({ s: s + i * a, d: d + j * b })));
  const index = (mm: number): number => mm / voxel + (matrix - 1) / 2;
  const columns = places.map(({ x }) => index(x));
  const rows = places.map(({ y }) => index(y));
  const limit = (value: number): number => Math.max(0, Math.min(matrix - 1, value));
  return {
    left: limit(Math.floor(Math.min(...columns)) - 2),
    right: limit(Math.ceil(Math.max(...columns)) + 2),
    top: limit(Math.floor(Math.min(...rows)) - 2),
    bottom: limit(Math.ceil(Math.max(...rows)) + 2),
  };
}
