/** Puts samples side by side: planes to pixels, and colour differences of every other pixel to all. */
import type { RawSamples } from './decode-native.ts';

/** From one plane a sample to samples side by side (PlanarConfiguration 1 to 0), PS3.3 C.7.6.3.1.3. */
export function interleave(planes: RawSamples, pixels: number, samples: number): RawSamples {
  const output = planes.slice();
  for (let sample = 0; sample < samples; sample++)
    for (let pixel = 0; pixel < pixels; pixel++) output[pixel * samples + sample] = planes[sample * pixels + pixel]!;
  return output;
}

/** From Y Y Cb Cr for two pixels to Y Cb Cr for each, PS3.3 C.7.6.3.1.2. */
export function upsample422(samples: RawSamples, rows: number, columns: number): RawSamples {
  const output =
    samples instanceof Uint8Array ? new Uint8Array(rows * columns * 3) : new Uint16Array(rows * columns * 3);
  for (let pixel = 0; pixel < rows * columns; pixel++) {
    const group = (pixel >>> 1) * 4;
    output[pixel * 3] = samples[group + (pixel & 1)]!;
    output[pixel * 3 + 1] = samples[group + 2]!;
    output[pixel * 3 + 2] = samples[group + 3]!;
  }
  return output;
}
