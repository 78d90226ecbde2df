/** Known distances of the jaw model, measured in the pixels of the sample images. */
import { describe, expect, it } from 'vitest';
import { coneBeamSlices } from '#main/samples/cone-beam-volume.ts';
import { arcLength, fromArch, implant, toArch, toothAt } from '#main/samples/dental-arch.ts';
import { centreOf, fullMouthImage, fullMouthViews, topOf } from '#main/samples/full-mouth-images.ts';
import { panoramicImage, panoramicLift } from '#main/samples/panoramic-image.ts';
import { grainOf } from '#main/samples/project-jaw.ts';
import { place } from '#main/samples/tooth-crown.ts';

const matrix = 240;
const voxel = 0.3;
const sliceAt = coneBeamSlices({ matrix, slices: 1, voxel }, 1);
const toIndex = (mm: number): number => Math.round(mm / voxel + (matrix - 1) / 2);

/** Middles in mm of the connected parts of a slice above a Hounsfield value. */
function middles(slice: Uint16Array, above: number): { x: number; y: number; size: number }[] {
  const open = new Set<number>();
  slice.forEach((value, i) => value - 1000 > above && open.add(i));
  const found = [];
  for (const first of open) {
    const queue = [first];
    const sum = { x: 0, y: 0, size: 0 };
    open.delete(first);
    for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
      sum.x += ((i % matrix) - (matrix - 1) / 2) * voxel;
      sum.y += (Math.floor(i / matrix) - (matrix - 1) / 2) * voxel;
      sum.size++;
      for (const next of [i - 1, i + 1, i - matrix, i + matrix]) if (open.delete(next)) queue.push(next);
    }
    if (sum.size > 30) found.push({ x: sum.x / sum.size, y: sum.y / sum.size, size: sum.size });
  }
  return found;
}

describe('the jaw model', () => {
  it('finds places along the arch again', () => {
    for (const s of [-55, -20, 0.5, 31]) {
      const { x, y } = fromArch({ s, d: 3 });
      const back = toArch(x, y);
      expect(back.s).toBeCloseTo(s, 6);
      expect(back.d).toBeCloseTo(3, 6);
    }
    expect(arcLength(10) + arcLength(-10)).toBeCloseTo(0, 10);
  });

  it('has its teeth where they belong in an axial slice', () => {
    const z = -9.6;
    const teeth = middles(sliceAt(z), 1250);
    for (const [left, right] of [
      [32, 42],
      [33, 43],
      [34, 44],
    ] as const) {
      const [a, b] = [left, right].map((fdi) => {
        const tooth = toothAt(fdi);
        const truth = fromArch(place(tooth, -z - tooth.edge));
        const found = teeth.toSorted(
          (p, q) => Math.hypot(p.x - truth.x, p.y - truth.y) - Math.hypot(q.x - truth.x, q.y - truth.y),
        )[0]!;
        return { truth, found };
      });
      const measured = Math.hypot(a!.found.x - b!.found.x, a!.found.y - b!.found.y);
      expect(Math.abs(measured - Math.hypot(a!.truth.x - b!.truth.x, a!.truth.y - b!.truth.y))).toBeLessThan(0.25);
    }
  });

  it('has an implant of 10 mm by 4.1 mm in the volume', () => {
    const axis = fromArch(implant);
    const beside = fromArch({ s: implant.s + 1.75, d: implant.d });
    const metal = (slice: Uint16Array, { x, y }: { x: number; y: number }) =>
      slice[toIndex(y) * matrix + toIndex(x)]! >= 3900;
    const heights = Array.from({ length: 56 }, (_, i) => -21.5 + i * 0.25);
    const slices = heights.map((z) => sliceAt(z));
    const tip = heights[slices.findIndex((slice) => metal(slice, axis))]!;
    const shoulder = heights[slices.findLastIndex((slice) => metal(slice, beside))]!;
    expect(Math.abs(shoulder - tip - implant.length)).toBeLessThan(0.35);
    const thickest = middles(sliceAt(implant.top - 0.9), 2600).find(
      ({ x, y }) => Math.hypot(x - axis.x, y - axis.y) < 1,
    )!;
    expect(Math.abs(2 * Math.sqrt((thickest.size * voxel ** 2) / Math.PI) - implant.diameter)).toBeLessThan(0.3);
  });

  it('shows the implant as long in a panoramic and an intra-oral image', () => {
    const grain = grainOf(1);
    const panoramic = panoramicImage(1400, grain);
    const column = Math.round(implant.s / panoramic.pixel + panoramic.columns / 2);
    const view = fullMouthViews.find(({ name }) => name === 'LL molar')!;
    const intraOral = fullMouthImage(view, 0.06, grain);
    const images = [
      { ...panoramic, column, zero: 46 - panoramicLift(implant.s) },
      {
        ...intraOral,
        column: Math.round((implant.s - centreOf(view)) / 0.06 + intraOral.columns / 2),
        zero: topOf(view),
      },
    ];
    for (const { values, columns, rows, pixel, column: at, zero } of images) {
      const line = Array.from({ length: rows }, (_, row) => values[row * columns + at]!);
      const below = Math.round((zero - implant.top + 1.5) / pixel);
      const tip = line.findIndex((value, row) => row > below && value < 3250);
      expect(Math.abs(zero - (tip - 0.5) * pixel - (implant.top - implant.length))).toBeLessThan(0.35);
    }
  });

  it('shows a full-mouth series of 18 with every tooth that is there', () => {
    expect(fullMouthViews).toHaveLength(18);
    const shown = new Set(fullMouthViews.flatMap(({ teeth }) => teeth));
    for (let fdi = 11; fdi < 49; fdi++)
      if (fdi % 10 > 0 && fdi % 10 < 9 && toothAt(fdi).state !== 'missing')
        expect(shown, `tooth ${fdi}`).toContain(fdi);
  });
});
