/** A beating heart in the apical four-chamber view, from formulas. Lengths in cm; x to the right of the image, y away from the probe. */
import { smoothStep } from './random.ts';

/** Where in the beat: seconds since the R wave, and how far the ventricles and atria are drawn together (0 to 1). */
export interface Beat {
  readonly time: number;
  readonly systole: number;
  readonly atrialKick: number;
  /** How far the valves between atria and ventricles stand open, 0 to 1. */
  readonly open: number;
}

/** Length of one beat in seconds: 60 beats per minute, so that two seconds of frames close to a loop. */
export const beatLength = 1;

/** The state of the heart at a time. */
export function beatAt(time: number): Beat {
  const t = ((time % beatLength) + beatLength) % beatLength;
  const systole = smoothStep(0.02, 0.3, t) * smoothStep(0.52, 0.36, t);
  const early = smoothStep(0.42, 0.5, t) * smoothStep(0.68, 0.56, t);
  const atrialKick = smoothStep(0.8, 0.87, t) * smoothStep(0.99, 0.92, t);
  return {
    time: t,
    systole,
    atrialKick,
    open: Math.max(early, atrialKick * 0.8, 0.25 * smoothStep(0.5, 0.6, t) * smoothStep(0.98, 0.9, t)),
  };
}

interface Chamber {
  readonly x: number;
  readonly y: number;
  readonly a: number;
  readonly b: number;
  readonly tilt: number;
}

/** Chambers at a moment: left and right ventricle, left and right atrium (the left ones lie on the image's right). */
export function chambersAt({ systole, atrialKick }: Beat): readonly Chamber[] {
  const squeeze = 1 - 0.27 * systole;
  const shorten = 1 - 0.1 * systole;
  const pull = -0.75 * systole;
  const fill = 1 + 0.12 * systole - 0.1 * atrialKick;
  return [
    { x: 1.15, y: 6.1 + pull * 0.45, a: 1.95 * squeeze, b: 3.9 * shorten, tilt: 0.1 },
    { x: -2.3, y: 6.9 + pull * 0.5, a: 1.35 * squeeze, b: 3.1 * shorten, tilt: 0.3 },
    { x: 1.75, y: 12.2 + pull * 0.5, a: 1.95 * fill, b: 2.0 * fill, tilt: 0 },
    { x: -2.05, y: 12.2 + pull * 0.5, a: 1.75 * fill, b: 1.85 * fill, tilt: 0 },
  ];
}

/** Signed distance (about) from the wall of a chamber; negative in the blood. */
export function chamberDistance({ x, y, a, b, tilt }: Chamber, px: number, py: number): number {
  const dy = py - y;
  const dx = px - x + tilt * dy;
  return (Math.sqrt((dx / a) ** 2 + (dy / b) ** 2) - 1) * a;
}

/** Signed distance (about) from the rim of the openings in which mitral and tricuspid valve hang. */
export function openingDistance({ systole }: Beat, px: number, py: number): number {
  const dy = Math.abs(py - 10.05 + 0.75 * systole + 0.05 * px) / 0.95;
  const mitral = Math.abs(px - 1.55) / 1.3;
  const tricuspid = Math.abs(px + 1.95) / 1.2;
  const across = Math.min(mitral, tricuspid);
  return (Math.sqrt(Math.sqrt(across ** 4 + dy ** 4)) - 1) * 0.95;
}

/** A leaflet of a valve as a line: from its hinge to its tip. */
interface Leaflet {
  readonly hinge: readonly [number, number];
  readonly tip: readonly [number, number];
}

/** The four leaflets of mitral and tricuspid valve; they meet when closed and swing towards the apex when open. */
export function leafletsAt(beat: Beat): readonly Leaflet[] {
  const y = 10.05 - 0.75 * beat.systole;
  const leaflet = (from: number, length: number, level: number): Leaflet => {
    const angle = (beat.open - 0.12) * 1.25;
    return { hinge: [from, level], tip: [from + length * Math.cos(angle), level - Math.abs(length) * Math.sin(angle)] };
  };
  return [leaflet(0.3, 1.55, y), leaflet(2.8, -1.05, y), leaflet(-0.8, -1.2, y), leaflet(-3.1, 1.2, y + 0.1)];
}

/** Distance of a place from a leaflet. */
export function leafletDistance({ hinge, tip }: Leaflet, x: number, y: number): number {
  const [dx, dy] = [tip[0] - hinge[0], tip[1] - hinge[1]];
  const t = Math.max(0, Math.min(1, ((x - hinge[0]) * dx + (y - hinge[1]) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - hinge[0] - t * dx, y - hinge[1] - t * dy);
}

/** Velocity of the blood towards the probe in cm/s: filling through the mitral valve, then ejection along the septum. */
export function bloodVelocity({ time, systole }: Beat, x: number, y: number): number {
  const early = 78 * Math.exp(-(((time - 0.53) / 0.055) ** 2));
  const late = 52 * Math.exp(-(((time - 0.885) / 0.04) ** 2));
  const jet = Math.exp(-(((x - 1.65 - 0.06 * (y - 9)) / (0.75 + 0.05 * (10 - y))) ** 2));
  const reach = smoothStep(13.4, 11, y) * smoothStep(3.6, 6.4, y);
  const out =
    Math.exp(-(((x - 0.1 - 0.12 * (y - 9)) / 0.7) ** 2)) * smoothStep(4.5, 8.5, y) * smoothStep(12.2, 10.4, y);
  const eject = 92 * systole * smoothStep(0.08, 0.16, time) * smoothStep(0.42, 0.3, time);
  const veins = 16 * smoothStep(12.2, 13.4, y) * (0.6 + 0.4 * Math.cos(x * 2)) * (1 - systole * 0.4);
  return (early + late) * jet * reach - eject * out + veins * 0.5;
}

/** The electrocardiogram's deflection at a time, in parts of the R wave. */
export function electrocardiogram(time: number): number {
  const t = ((time % beatLength) + beatLength) % beatLength;
  const wave = (at: number, spread: number, height: number): number => {
    const off = Math.min(Math.abs(t - at), beatLength - Math.abs(t - at));
    return height * Math.exp(-((off / spread) ** 2));
  };
  return (
    wave(0.83, 0.03, 0.14) +
    wave(0.975, 0.008, -0.12) +
    wave(0, 0.011, 1) +
    wave(0.028, 0.009, -0.25) +
    wave(0.27, 0.05, 0.26)
  );
}
