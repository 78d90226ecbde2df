/** Frames of a colour Doppler clip: a sector of speckle over the beating heart model, with scales, texts and an ECG. */
import type { Beat } from './heart-model.ts';
import {
  beatAt,
  bloodVelocity,
  chamberDistance,
  chambersAt,
  leafletDistance,
  leafletsAt,
  openingDistance,
} from './heart-model.ts';
import { gaussianTile, sampleTile, smoothStep, smoothTile, subSeed } from './random.ts';
import {
  centimetresPerPixel,
  flowColour,
  sectorApex,
  sectorReach,
  ultrasoundColumns,
  ultrasoundRows,
} from './ultrasound-geometry.ts';
import { drawScreen, drawTrace } from './ultrasound-screen.ts';

/** The part in which flow is coloured: cm from the apex, radians to the right of straight down. */
const colourBox = { from: 4.4, to: 13.4, left: -0.24, right: 0.4 } as const;
/** Fastest velocity that is shown in its own direction, cm/s; faster blood wraps round. */
const nyquist = 64;

/** A clip's renderer: the colour frame (RGB, row by row) of a time in seconds. */
type FrameRenderer = (time: number) => Uint8Array;

/** The pixels of the sector, and where each lies in the body: cm and radians. */
interface Sector {
  readonly pixel: Int32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly r: Float32Array;
  readonly angle: Float32Array;
}

/** Speckle and other texture, made once for a clip. */
interface Texture {
  readonly speckle: Float32Array;
  readonly fibres: Float32Array;
  readonly noise: Float32Array;
}

/** Prepares a clip; frames are rendered one by one. */
export function ultrasoundFrames(seed: number): FrameRenderer {
  const sector = sectorPixels();
  const screen = drawScreen(seed);
  const [real, imaginary] = [gaussianTile(subSeed(seed, 'real'), 1), gaussianTile(subSeed(seed, 'imaginary'), 1)];
  const texture = {
    speckle: real.map((value, i) => Math.log(0.12 + Math.sqrt(value * value + imaginary[i]! ** 2) / 1.25)),
    fibres: smoothTile(subSeed(seed, 'fibres'), [32, 8]),
    noise: gaussianTile(subSeed(seed, 'flow')),
  };
  return (time) => {
    const frame = Uint8Array.from(screen);
    paintSector(frame, sector, texture, beatAt(time), Math.round(time * 1000));
    outlineColourBox(frame);
    drawTrace(frame, time);
    return frame;
  };
}

function sectorPixels(): Sector {
  const found: { pixel: number; x: number; y: number; r: number; angle: number }[] = [];
  for (let row = 0; row < ultrasoundRows; row++)
    for (let column = 0; column < ultrasoundColumns; column++) {
      const x = (column - sectorApex.x) * centimetresPerPixel;
      const y = (row - sectorApex.y) * centimetresPerPixel;
      const [r, angle] = [Math.hypot(x, y), Math.atan2(x, y)];
      if (r < sectorReach.from || r > sectorReach.to || Math.abs(angle) > sectorReach.angle) continue;
      found.push({ pixel: row * ultrasoundColumns + column, x, y, r, angle });
    }
  return {
    pixel: Int32Array.from(found, ({ pixel }) => pixel),
    x: Float32Array.from(found, ({ x }) => x),
    y: Float32Array.from(found, ({ y }) => y),
    r: Float32Array.from(found, ({ r }) => r),
    angle: Float32Array.from(found, ({ angle }) => angle),
  };
}

function paintSector(frame: Uint8Array, sector: Sector, texture: Texture, beat: Beat, moment: number): void {
  const tissue = echoModel(texture, beat);
  for (let i = 0; i < sector.pixel.length; i++) {
    const [x, y] = [sector.x[i]!, sector.y[i]!];
    const [r, angle] = [sector.r[i]!, sector.angle[i]!];
    const { level, blood } = tissue(x, y, r, angle);
    const drift = blood ? moment * 0.71 : 0;
    const pull = beat.systole * 6 * smoothStep(15, 6, r);
    const speckle = sampleTile(texture.speckle, angle * 105 + drift, r * 26 + pull + drift);
    const grey = Math.max(0, Math.min(255, level + (blood ? 12 : 44) * speckle));
    const at = sector.pixel[i]! * 3;
    const inBox = r > colourBox.from && r < colourBox.to && angle > colourBox.left && angle < colourBox.right;
    if (!blood || !inBox || !paintFlow(frame, at, bloodVelocity(beat, x, y), x, y, texture.noise, moment))
      frame.fill(grey, at, at + 3);
  }
}

interface Echo {
  level: number;
  blood: boolean;
}

/** How bright a place is before speckle; the same object is given back each time. */
function echoModel(texture: Texture, beat: Beat): (x: number, y: number, r: number, angle: number) => Echo {
  const chambers = chambersAt(beat);
  const leaflets = leafletsAt(beat);
  const echo: Echo = { level: 0, blood: false };
  return (x, y, r, angle) => {
    let nearest = 9;
    let ventricle = true;
    chambers.forEach((chamber, index) => {
      const distance = chamberDistance(chamber, x, y);
      if (distance < nearest) {
        nearest = distance;
        ventricle = index < 2;
      }
    });
    if (y > 8 && y < 12) nearest = Math.min(nearest, openingDistance(beat, x, y));
    const shade = sampleTile(texture.fibres, angle * 160, r * 1.5);
    const wall = (ventricle ? 0.95 : 0.3) * (1 + 0.3 * beat.systole) * (x < -2 ? 0.6 : 1);
    echo.blood = nearest < -0.02;
    echo.level = echo.blood ? 6 : tissueLevel(nearest, wall, shade);
    if (nearest < 0.4 && y > 7.5 && y < 11.5)
      for (const leaflet of leaflets) {
        const gap = leafletDistance(leaflet, x, y);
        if (gap > 0.17) continue;
        echo.level = Math.max(echo.level, 165 * smoothStep(0.17, 0.05, gap));
        echo.blood &&= gap > 0.1;
      }
    const fade = r > 8 ? (r - 8) * 2.4 : 0;
    const side = 46 * smoothStep(0.42, 0.68, Math.abs(angle)) * smoothStep(3, 6, r);
    echo.level += r < 1.6 ? 60 * (1.6 - r) * (0.6 + 0.4 * Math.sin(r * 22)) : 0;
    if (!echo.blood) echo.level -= fade + side;
    return echo;
  };
}

/** Heart muscle with a bright lining, the bright pericardium around it, softer tissue beyond. */
function tissueLevel(nearest: number, wall: number, shade: number): number {
  const lining = 34 * Math.exp(-(((nearest - 0.08) / 0.1) ** 2));
  if (nearest < wall) return 86 + 12 * shade + lining;
  const beyond = nearest - wall;
  const pericardium = 78 * Math.exp(-((beyond / 0.16) ** 2));
  return 78 + 26 * shade + pericardium - 26 * smoothStep(0.3, 2.2, beyond);
}

/** Colours a pixel by the blood's velocity: red towards the probe, blue away. Answers false where nothing moves. */
function paintFlow(
  frame: Uint8Array,
  at: number,
  velocity: number,
  x: number,
  y: number,
  noise: Float32Array,
  moment: number,
): boolean {
  const rough = sampleTile(noise, x * 15 + moment * 0.37, y * 15 + moment * 0.53);
  const measured = velocity * (1 + 0.13 * rough) + 3 * rough;
  if (Math.abs(measured) < 11) return false;
  const wrapped = measured > nyquist ? measured - 2 * nyquist : measured < -nyquist ? measured + 2 * nyquist : measured;
  flowColour(frame, at, wrapped / nyquist);
  return true;
}

function outlineColourBox(frame: Uint8Array): void {
  const dot = (r: number, angle: number): void => {
    const column = Math.round(sectorApex.x + (r * Math.sin(angle)) / centimetresPerPixel);
    const row = Math.round(sectorApex.y + (r * Math.cos(angle)) / centimetresPerPixel);
    frame.fill(200, (row * ultrasoundColumns + column) * 3, (row * ultrasoundColumns + column) * 3 + 3);
  };
  const { from, to, left, right } = colourBox;
  for (let t = 0; t <= 1; t += 0.003) {
    for (const angle of [left, right]) dot(from + (to - from) * t, angle);
    for (const r of [from, to]) dot(r, left + (right - left) * t);
  }
}
