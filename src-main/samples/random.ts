/** Repeatable randomness for the sample images: a seeded generator, Gaussian noise and smooth noise tiles. */

/** Numbers in [0, 1) that repeat for the same seed (mulberry32). */
const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

/** A 32-bit seed for one purpose, so that two images of one seed do not share their noise. */
export const subSeed = (seed: number, purpose: string): number => {
  let hash = 2166136261 ^ seed;
  for (const letter of purpose) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16777619);
  return hash >>> 0;
};

/** Sides of the tiles, in cells; a power of two, so that tiles wrap by masking. */
export const tileSize = 512;
const mask = tileSize - 1;

/** A tile of Gaussian numbers, mean 0 and deviation 1, each correlated with its neighbours by `spread` passes of a 3 x 3 mean. */
export const gaussianTile = (seed: number, spread = 0): Float32Array => {
  const random = seededRandom(seed);
  let tile = new Float32Array(tileSize * tileSize);
  for (let i = 0; i < tile.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    tile[i] = radius * Math.cos(angle);
    tile[i + 1] = radius * Math.sin(angle);
  }
  for (let pass = 0; pass < spread; pass++) tile = blurTile(blurTile(tile, 1), tileSize);
  return normalise(tile);
};

/** A tile of smooth noise about 0, deviation 1: octaves of the given cell sizes, each half as strong as the one before. */
export const smoothTile = (seed: number, cells: readonly number[]): Float32Array => {
  const sum = new Float32Array(tileSize * tileSize);
  cells.forEach((cell, octave) => {
    const noise = gaussianTile(subSeed(seed, `octave ${octave}`));
    for (let y = 0; y < tileSize; y++)
      for (let x = 0; x < tileSize; x++)
        sum[y * tileSize + x]! += interpolate(noise, x / cell, y / cell, tileSize / cell) / 2 ** octave;
  });
  return normalise(sum);
};

/** The tile's value at any place, in cells, by linear interpolation; the tile repeats. */
export const sampleTile = (tile: Float32Array, x: number, y: number): number => {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const fx = x - left;
  const fy = y - top;
  const row = (top & mask) * tileSize;
  const next = ((top + 1) & mask) * tileSize;
  const a = tile[row + (left & mask)]!;
  const b = tile[row + ((left + 1) & mask)]!;
  const c = tile[next + (left & mask)]!;
  const d = tile[next + ((left + 1) & mask)]!;
  const upper = a + (b - a) * fx;
  return upper + (c + (d - c) * fx - upper) * fy;
};

/** 0 below `from`, 1 above `to`, a smooth step between. */
export const smoothStep = (from: number, to: number, value: number): number => {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
};

function interpolate(noise: Float32Array, x: number, y: number, period: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const fx = smoothStep(0, 1, x - left);
  const fy = smoothStep(0, 1, y - top);
  const at = (i: number, j: number) => noise[(j % period) * tileSize + (i % period)]!;
  const upper = at(left, top) * (1 - fx) + at(left + 1, top) * fx;
  const lower = at(left, top + 1) * (1 - fx) + at(left + 1, top + 1) * fx;
  return upper * (1 - fy) + lower * fy;
}

function blurTile(tile: Float32Array, step: number): Float32Array<ArrayBuffer> {
  const wrap = tile.length - 1;
  const blurred = new Float32Array(tile.length);
  for (let i = 0; i < tile.length; i++)
    blurred[i] = (tile[i]! + tile[(i + step) & wrap]! + tile[(i - step) & wrap]!) / 3;
  return blurred;
}

function normalise(tile: Float32Array<ArrayBuffer>): Float32Array {
  let sum = 0;
  let squares = 0;
  for (const value of tile) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / tile.length;
  const deviation = Math.sqrt(squares / tile.length - mean * mean);
  for (let i = 0; i < tile.length; i++) tile[i] = (tile[i]! - mean) / deviation;
  return tile;
}
