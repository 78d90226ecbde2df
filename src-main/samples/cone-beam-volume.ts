/** A cone-beam volume of the jaw model, slice by slice. */
import { teeth } from './dental-arch.ts';
import { acrossArch, paintBone, paintCanal } from './paint-bone.ts';
import { paintCavities, paintLesion } from './paint-cavities.ts';
import { paintSection } from './paint-section.ts';
import { softTissue } from './paint-soft-tissue.ts';
import { gaussianTile, smoothTile, subSeed } from './random.ts';
import { toothSections } from './tooth-sections.ts';
import { artefactsOf, finishSlice } from './volume-artefacts.ts';
import type { VolumeSize } from './volume-grid.ts';
import { gridOf } from './volume-grid.ts';

/** A function that gives the stored values (Hounsfield + 1000, 12 bit) of the slice at a height in mm. */
type SliceMaker = (z: number) => Uint16Array;

/** Prepares a volume; making slices one by one keeps only one in memory. */
export function coneBeamSlices({ matrix, voxel }: VolumeSize, seed: number): SliceMaker {
  const grid = gridOf(matrix, voxel);
  const trabeculae = smoothTile(subSeed(seed, 'trabeculae'), [4, 2]);
  const flesh = smoothTile(subSeed(seed, 'flesh'), [32, 16]);
  const noise = gaussianTile(subSeed(seed, 'noise'), 1);
  const artefacts = artefactsOf(grid);
  return (z) => {
    const slice = softTissue(grid, z, flesh);
    const across = acrossArch(z);
    paintBone(grid, slice, z, across, trabeculae);
    paintCanal(grid, slice, across);
    paintCavities(grid, slice, z, across);
    for (const tooth of teeth) for (const section of toothSections(tooth, z)) paintSection(grid, slice, section);
    paintLesion(grid, slice, z);
    return finishSlice(grid, slice, z, noise, artefacts);
  };
}
