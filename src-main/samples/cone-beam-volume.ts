/** A cone-beam volume of the jaw model, slice by slice. Lengths in mm. */
import type { Section } from './tooth-sections.ts';
import { reliefAt, toothSections } from './tooth-sections.ts';
import { fromArch, lesion, teeth, toArch, toothAt } from './dental-arch.ts';
import { canalAt, canalRadius, mandibleAt, maxillaAt, sinusAt, sinusMiddle } from './jaw-bone.ts';
import { gaussianTile, sampleTile, smoothStep, smoothTile, subSeed, tileSize } from './random.ts';
import { hounsfield } from './tissue.ts';

/** Size of a volume. */
export interface VolumeSize {
  /** Rows and columns of a slice. */
  readonly matrix: number;
  readonly slices: number;
  /** Side of a voxel. */
  readonly voxel: number;
}

/** A function that gives the stored values (Hounsfield + 1000, 12 bit) of the slice at a height. */
export type SliceMaker = (z: number) => Uint16Array;

const { air, fat, muscle, cortical, spongy } = hounsfield;
const binsPerMm = 5;
const bins = 190 * binsPerMm + 1;
const binOf = (s: number): number => Math.min(bins - 1, Math.max(0, Math.round((s + 95) * binsPerMm)));

/** Places of the slice's voxels, which are the same in every slice. */
interface Grid {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly s: Float32Array;
  readonly d: Float32Array;
  /** 1 inside the field of view. */
  readonly seen: Uint8Array;
}

/** Prepares a volume; making slices one by one keeps only one in memory. */
export function coneBeamSlices({ matrix, voxel }: VolumeSize, seed: number): SliceMaker {
  const grid = gridOf(matrix, voxel);
  const trabeculae = smoothTile(subSeed(seed, 'trabeculae'), [4, 2]);
  const flesh = smoothTile(subSeed(seed, 'flesh'), [32, 16]);
  const noise = gaussianTile(subSeed(seed, 'noise'), 1);
  const artefacts = artefactsOf(grid);
  return (z) => {
    const slice = softTissue(grid, z, voxel, flesh);
    const across = acrossArch(z);
    paintBone(slice, grid, z, voxel, across, trabeculae);
    paintCanal(slice, grid, voxel, across);
    paintCavities(slice, grid, z, voxel, across);
    for (const tooth of teeth)
      for (const section of toothSections(tooth, z)) paintSection(slice, grid, matrix, voxel, section);
    paintLesion(slice, grid, z, voxel);
    return finish(slice, grid, z, noise, artefacts);
  };
}

function gridOf(matrix: number, voxel: number): Grid {
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
  return { x, y, s, d, seen };
}

const cover = (distance: number, voxel: number): number => Math.min(1, Math.max(0, 0.5 - distance / voxel));

function softTissue({ x, y, s, d, seen }: Grid, z: number, voxel: number, flesh: Float32Array): Float32Array {
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
    if (open) value += (air - value) * cover(mouthDistance(s[i]!, d[i]!, z), voxel);
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
function mouthDistance(s: number, d: number, z: number): number {
  const a = Math.abs(s);
  if (a > 54) return 9;
  const wave = Math.sin(s / 4);
  const height = Math.abs(z);
  if (height < 8) {
    const cheek = Math.max(Math.abs(d + 6.9 + 0.4 * wave) - 0.4, height - 7.5, a - 52);
    const gap = Math.max(height - 1.1 - 0.35 * wave, Math.abs(d + 0.8) - 6, a - 50);
    const tongue = Math.max(Math.abs(d - 7.4 - 0.7 * wave) - 0.45, Math.abs(z - 1) - 6.5, a - 46);
    return Math.min(cheek, gap, tongue, roofDistance(a, d, z));
  }
  return roofDistance(a, d, z);
}

const roofDistance = (a: number, d: number, z: number): number =>
  Math.max(Math.abs(z - palateAt(d) + 3.6) - 0.6, 6.5 - d, a - 46);

/** Height of the palate's underside at a distance from the arch. */
const palateAt = (d: number): number => 12 + 8 * smoothStep(3, 16, d);

/** What lies across the arch at one height, looked up by arc length. */
interface AcrossArch {
  /** Middle, outer and inner half-depth of each jaw's bone. */
  readonly jaws: readonly Float32Array[];
  /** Distance across, distance in height (both from the canal's middle) per bin; far away where there is none. */
  readonly canal: Float32Array;
  readonly sinus: Float32Array;
}

function acrossArch(z: number): AcrossArch {
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

function paintBone(
  slice: Float32Array,
  { s, d, seen }: Grid,
  z: number,
  voxel: number,
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

function paintCanal(slice: Float32Array, { s, d, seen }: Grid, voxel: number, { canal }: AcrossArch): void {
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

function paintCavities(
  slice: Float32Array,
  { x, y, s, d, seen }: Grid,
  z: number,
  voxel: number,
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

function paintLesion(slice: Float32Array, { s, d, seen }: Grid, z: number, voxel: number): void {
  if (Math.abs(z - lesion.z) > lesion.radius + voxel) return;
  for (let i = 0; i < slice.length; i++) {
    if (!seen[i] || slice[i]! > 1500) continue;
    const off = Math.hypot(s[i]! - lesion.s, d[i]! - lesion.d, z - lesion.z) - lesion.radius;
    if (off < voxel) slice[i]! += (hounsfield.soft - slice[i]!) * cover(off, voxel);
  }
}

function paintSection(
  slice: Float32Array,
  { s, d, seen }: Grid,
  matrix: number,
  voxel: number,
  section: Section,
): void {
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

/** What the machine adds: rays of lighter and darker values about the metal (beam hardening), and rings of the detector. */
interface Artefacts {
  readonly crowns: Float32Array;
  readonly implant: Float32Array;
  readonly rings: Float32Array;
}

function artefactsOf({ x, y }: Grid): Artefacts {
  const about = (fdi: number, rays: number, strength: number): Float32Array => {
    const tooth = toothAt(fdi);
    const centre = fromArch({ s: tooth.s, d: tooth.d });
    return x.map((px, i) => {
      const [dx, dy] = [px - centre.x, y[i]! - centre.y];
      const r = Math.hypot(dx, dy);
      const angle = Math.atan2(dy, dx);
      return (
        strength *
        (Math.cos(rays * angle + fdi) + 0.5 * Math.cos(2.6 * rays * angle)) *
        Math.exp(-r / 15) *
        smoothStep(2, 5, r)
      );
    });
  };
  const [crown, amalgam, other] = [about(26, 7, 190), about(46, 6, 230), about(16, 5, 120)];
  const rings = x.map((px, i) => 14 * Math.sin(Math.hypot(px, y[i]!) * 7) * Math.exp(-Math.hypot(px, y[i]!) / 16));
  return { crowns: crown.map((value, i) => value + amalgam[i]! + other[i]!), implant: about(36, 5, 130), rings };
}

function finish(slice: Float32Array, grid: Grid, z: number, noise: Float32Array, artefacts: Artefacts): Uint16Array {
  const stored = new Uint16Array(slice.length);
  const metal = smoothStep(9, 6.5, Math.abs(z));
  const post = smoothStep(-22, -19, z) * smoothStep(-7, -10, z);
  const shift = Math.round((z + 500) * 7919);
  for (let i = 0; i < slice.length; i++) {
    if (!grid.seen[i]) continue;
    const grain = noise[(i + shift * 31) & (tileSize * tileSize - 1)]!;
    const flesh = slice[i]! > -500 ? 1 : 0.3;
    const value =
      slice[i]! +
      46 * grain +
      artefacts.rings[i]! +
      flesh * (metal * artefacts.crowns[i]! + post * artefacts.implant[i]!);
    stored[i] = Math.max(0, Math.min(4095, Math.round(value + 1000)));
  }
  return stored;
}
