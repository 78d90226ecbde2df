/** What the machine adds to a cone-beam volume: streaks, rings and noise. */
import { fromArch, toothAt } from './dental-arch.ts';
import { smoothStep, tileSize } from './random.ts';
import type { Grid } from './volume-grid.ts';

/** What the machine adds: rays of lighter and darker values about the metal (beam hardening), and rings of the detector. */
interface Artefacts {
  readonly crowns: Float32Array;
  readonly implant: Float32Array;
  readonly rings: Float32Array;
}

/** The artefacts of a volume, the same at all heights but for their strength. */
export function artefactsOf({ x, y }: Grid): Artefacts {
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

/** Stored values of a slice (Hounsfield + 1000, 12 bit) with artefacts and noise. */
export function finishSlice(
  grid: Grid,
  slice: Float32Array,
  z: number,
  noise: Float32Array,
  artefacts: Artefacts,
): Uint16Array {
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
