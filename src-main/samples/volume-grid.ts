/** Where the voxels of an axial slice lie: in the patient and along the dental arch. Lengths in mm. */
import { toArch } from './dental-arch.ts';

/** Size of a volume. */
export interface VolumeSize {
  /** Rows and columns of a slice. */
  readonly matrix: number;
  readonly slices: number;
  /** Side of a voxel. */
  readonly voxel: number;
}

/** Places of the slice's voxels, which are the same in every slice. */
export interface Grid {
  readonly matrix: number;
  readonly voxel: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly s: Float32Array;
  readonly d: Float32Array;
  /** 1 inside the field of view. */
  readonly seen: Uint8Array;
}

/** The grid of a volume's slices; the field of view is the largest circle. */
export function gridOf(matrix: number, voxel: number): Grid {
  const count = matrix * matrix;
  const [x, y, s, d] = [
    new Float32Array(count),
    new Float32Array(count),
    new Float32Array(count),
    new Float32Array(count),
  ];
  const seen = new Uint8Array(count);
  const radius = (matrix * voxel) / 2 - voxel;
  for (let i = 0; i < count; i++) {
    x[i] = ((i % matrix) - (matrix - 1) / 2) * voxel;
    y[i] = (Math.floor(i / matrix) - (matrix - 1) / 2) * voxel;
    const place = toArch(x[i]!, y[i]!);
    s[i] = place.s;
    d[i] = place.d;
    seen[i] = Math.hypot(x[i]!, y[i]!) <= radius ? 1 : 0;
  }
  return { matrix, voxel, x, y, s, d, seen };
}

/** How much of a voxel lies within a surface, by its middle's signed distance from it (negative inside). */
export const cover = (distance: number, voxel: number): number => Math.min(1, Math.max(0, 0.5 - distance / voxel));
