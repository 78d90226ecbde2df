/** An X-ray projection through the arch: how much the jaw model weakens the beam at each place. Lengths in mm. */
import type { Section } from './section.ts';
import { reliefAt } from './section.ts';
import { toothSections } from './tooth-sections.ts';
import { lesion, teeth } from './dental-arch.ts';
import { canalAt, canalRadius, mandibleAt, maxillaAt, sinusAt } from './jaw-bone.ts';
import { gaussianTile, sampleTile, smoothStep, smoothTile, subSeed, tileSize } from './random.ts';
import { attenuation, hounsfield } from './tissue.ts';

/** The part of the arch that is shown: image columns run along s, rows from high z to low z. */
export interface Frame {
  /** The middle of the first column and of the first row. */
  readonly s: number;
  readonly z: number;
  readonly columns: number;
  readonly rows: number;
  readonly pixel: number;
}

const soft = attenuation(hounsfield.soft);
const cortical = attenuation(hounsfield.cortical) - soft;
const spongy = attenuation(hounsfield.spongy) - soft;

/** The random part of projections, made once for all images of a seed. */
export interface Grain {
  /** Trabeculae of the spongy bone. */
  readonly mesh: Float32Array;
  /** Noise of the detector. */
  readonly noise: Float32Array;
}

/** The random part of a seed's projections. */
export const grainOf = (seed: number): Grain => ({
  mesh: smoothTile(subSeed(seed, 'mesh'), [8, 4, 2]),
  noise: gaussianTile(subSeed(seed, 'detector'), 1),
});

/** Weakening of the beam beyond that of soft tissue alone, in mm of water, row by row. */
export function projectJaw(frame: Frame, { mesh }: Grain): Float32Array {
  const path = new Float32Array(frame.columns * frame.rows);
  const middle = frame.s + (frame.columns * frame.pixel) / 2;
  const near = teeth.filter(({ s }) => Math.abs(s - middle) < (frame.columns * frame.pixel) / 2 + 10);
  for (let row = 0; row < frame.rows; row++) {
    const line = path.subarray(row * frame.columns, (row + 1) * frame.columns);
    const z = frame.z - row * frame.pixel;
    const texture = addBone(line, frame, z, mesh);
    for (const tooth of near) for (const section of toothSections(tooth, z)) addSection(line, texture, frame, section);
    for (let column = 0; column < frame.columns; column++) line[column]! += texture[column]!;
    addLesion(line, frame, z);
  }
  return path;
}

const step = 0.15;

/** Adds bone; returns the shading of its trabeculae, which teeth then thin out. */
function addBone(line: Float32Array, frame: Frame, z: number, mesh: Float32Array): Float32Array {
  const count = Math.ceil((frame.columns * frame.pixel) / step) + 2;
  const [dense, loose] = [new Float32Array(count), new Float32Array(count)];
  for (let i = 0; i < count; i++) {
    const s = frame.s + i * step;
    const [lower, upper] = [mandibleAt(s, z), maxillaAt(s, z)];
    dense[i] = 2 * (lower.outer - lower.inner) + 1.6 * (upper.outer - upper.inner) - canalShade(s, z);
    loose[i] = 2 * (lower.inner + upper.inner);
    addCavities(dense, loose, i, s, z);
  }
  const texture = new Float32Array(frame.columns);
  for (let column = 0; column < frame.columns; column++) {
    const at = (column * frame.pixel) / step;
    const i = Math.floor(at);
    const compact = dense[i]! + (dense[i + 1]! - dense[i]!) * (at - i);
    const open = loose[i]! + (loose[i + 1]! - loose[i]!) * (at - i);
    const s = frame.s + column * frame.pixel;
    line[column]! += cortical * compact + spongy * open;
    if (open > 0) texture[column] = 0.42 * spongy * open * ridge(mesh, s, z);
  }
  return texture;
}

/** Trabeculae: thin bright ridges with meshes between them, longer across than up. */
const ridge = (mesh: Float32Array, s: number, z: number): number => {
  const fine = sampleTile(mesh, s * 9 + z * 2, z * 11);
  const coarse = sampleTile(mesh, s * 4 - z + 200, z * 5.5 + 90);
  return 1.1 - 1.15 * Math.abs(fine) - 0.55 * Math.abs(coarse) + 0.12 * coarse;
};

/** Less in the mandibular canal, more in its walls, as thickness of cortical bone. */
function canalShade(s: number, z: number): number {
  const canal = canalAt(s);
  if (!canal) return 0;
  const off = Math.abs(z - canal.z) * (Math.abs(s) > 52 ? 0.6 : 1);
  if (off > canalRadius + 0.9) return 0;
  const wall = Math.exp(-(((off - canalRadius - 0.25) / 0.28) ** 2));
  return off < canalRadius ? 0.55 * Math.sqrt(1 - (off / canalRadius) ** 2) - 0.6 * wall : -0.6 * wall;
}

/** Sinus, nose and palate: thin walls seen edge-on, air within. */
function addCavities(dense: Float32Array, loose: Float32Array, i: number, s: number, z: number): void {
  const half = sinusAt(s, z);
  if (half > 0) {
    dense[i]! += 0.9 * Math.exp(-(((half - 2.6) / 1.5) ** 2)) - 0.2 * half;
    loose[i]! *= 1 - 0.6 * smoothStep(0, 6, half);
  }
  if (z < 14) return;
  const a = Math.abs(s);
  const nose = Math.hypot((a - 7) / 6.2, (z - 31) / 11.5);
  if (nose < 1.4) dense[i]! += 0.5 * Math.exp(-(((nose - 1.05) / 0.09) ** 2)) - 2 * smoothStep(1.06, 0.75, nose);
  const palate = 21.5 + 0.0008 * a * a;
  dense[i]! += 1.1 * Math.exp(-(((z - palate) / 0.7) ** 2)) * smoothStep(62, 50, a);
}

function addSection(line: Float32Array, texture: Float32Array, { s, pixel, columns }: Frame, section: Section): void {
  const weight = attenuation(section.value) - attenuation(section.over);
  const first = Math.max(0, Math.ceil((section.s - section.a - s) / pixel));
  const last = Math.min(columns - 1, Math.floor((section.s + section.a - s) / pixel));
  for (let column = first; column <= last; column++) {
    const x = s + column * pixel - section.s;
    const through = chord(section, x);
    line[column]! += weight * through;
    if (section.value === hounsfield.cortical || section.value === hounsfield.metal)
      texture[column]! *= Math.max(0.1, 1 - through / 7);
  }
}

/** Length of the beam's way through a section at a distance from its middle. */
function chord(section: Section, x: number): number {
  const t = Math.abs(x / section.a);
  if (t >= 1) return 0;
  const { power, b, relief } = section;
  const half = power === 2 ? b * Math.sqrt(1 - t * t) : b * (1 - t ** power) ** (1 / power);
  if (!relief) return 2 * half;
  const depth = relief.u - reliefAt(relief, x);
  if (depth <= 0) return 0;
  if (depth >= relief.along) return 2 * half;
  return 2 * Math.max(0, half - relief.ridge * (1 - depth / relief.along));
}

function addLesion(line: Float32Array, frame: Frame, z: number): void {
  const rise = (z - lesion.z) / lesion.radius;
  if (Math.abs(rise) > 1.2) return;
  for (let column = 0; column < frame.columns; column++) {
    const off = Math.hypot((frame.s + column * frame.pixel - lesion.s) / lesion.radius, rise);
    if (off < 1.2) line[column]! -= 4.4 * smoothStep(1.15, 0.55, off);
  }
}

/** How weakening becomes grey: the range that is shown, and the detector's noise in stored values. */
interface Tone {
  readonly from: number;
  readonly to: number;
  readonly deviation: number;
  /** Where in the noise the image begins. */
  readonly offset: number;
}

/** Stored values of a 12-bit presentation image: brighter where more is weakened, with the noise of the detector. */
export function toneMap(path: Float32Array, { noise }: Grain, { from, to, deviation, offset }: Tone): Uint16Array {
  const values = new Uint16Array(path.length);
  for (let i = 0; i < path.length; i++) {
    const t = Math.min(1, Math.max(0, (path[i]! - from) / (to - from)));
    const grain = deviation * noise[(i + (i >> 18) * 7919 + offset) & (tileSize * tileSize - 1)]!;
    values[i] = Math.max(0, Math.min(4095, Math.round(4600 * (1 - Math.exp(-2.1 * t)) + 60 + grain)));
  }
  return values;
}
