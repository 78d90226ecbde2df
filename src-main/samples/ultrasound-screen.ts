/** What an ultrasound device draws around the sector: scales, texts of a device that does not exist, and the ECG. */
import { drawText } from './bitmap-text.ts';
import { electrocardiogram } from './heart-model.ts';
import {
  centimetresPerPixel,
  flowColour,
  sectorApex,
  sectorReach,
  ultrasoundColumns,
  ultrasoundRows,
} from './ultrasound-geometry.ts';

/** The ECG's part of the image in pixels, and the seconds that cross it. */
const trace = { left: 56, right: 584, top: 440, bottom: 474, seconds: 2 } as const;

/** The parts of the screen that do not change, as RGB. */
export function drawScreen(seed: number): Uint8Array {
  const grey = new Uint8Array(ultrasoundRows * ultrasoundColumns);
  const page = { values: grey, rows: ultrasoundRows, columns: ultrasoundColumns };
  const write = (text: string, left: number, top: number, value = 190): void =>
    drawText(page, text, left, top, 1, value);
  drawText(page, 'CHAIRSIDE SAMPLE', 12, 10, 2, 235);
  write('NOT A PATIENT', 12, 30);
  ['ADULT HEART', 'P4-2  2.5 MHZ', 'FR 30 HZ  16 CM', '2D  GAIN 52', `CF  PRF 4.0 KHZ`, `SEED ${seed % 1000}`].forEach(
    (line, i) => write(line, 12, 52 + i * 12, 150),
  );
  write('MI 1.1  TIS 0.8', 530, 10, 150);
  write('60 BPM', 590, 462, 150);
  drawText(page, 'V', sectorApex.x - 26, 18, 2, 210);
  for (let cm = 0; cm <= sectorReach.to; cm++) {
    const row = sectorApex.y + Math.round(cm / centimetresPerPixel);
    const length = cm % 5 === 0 ? 9 : 4;
    grey.fill(200, row * ultrasoundColumns + 594, row * ultrasoundColumns + 594 + length);
    if (cm > 0 && cm % 5 === 0) write(String(cm), 607, row - 3);
  }
  for (let i = 0; i < 150; i++)
    grey.fill(255 - Math.round(i * 1.7), (150 + i) * ultrasoundColumns + 16, (150 + i) * ultrasoundColumns + 26);
  write('+64', 608, 38);
  write('-64', 608, 166);
  write('CM/S', 608, 178);
  const colour = new Uint8Array(grey.length * 3);
  grey.forEach((value, i) => colour.fill(value, i * 3, i * 3 + 3));
  for (let row = 0; row < 120; row++)
    for (let column = 612; column < 622; column++)
      if (Math.abs(row - 60) > 3) flowColour(colour, ((46 + row) * ultrasoundColumns + column) * 3, (60 - row) / 60);
  return colour;
}

/** The ECG as it runs: the newest point at the gap. */
export function drawTrace(frame: Uint8Array, time: number): void {
  const width = trace.right - trace.left;
  const head = Math.round((((time / trace.seconds) % 1) + 1) * width) % width;
  const height = (column: number): number => {
    const value = electrocardiogram((column / width) * trace.seconds);
    return Math.round(trace.bottom - 8 - value * (trace.bottom - trace.top - 10));
  };
  for (let column = 0; column < width; column++) {
    const behind = (column - head + width) % width;
    if (behind > 0 && behind < 14) continue;
    const [from, to] = [height(Math.max(0, column - 1)), height(column)];
    for (let row = Math.min(from, to); row <= Math.max(from, to); row++) {
      const at = (row * ultrasoundColumns + trace.left + column) * 3;
      frame.set(column === head ? [230, 255, 230] : [40, 215, 90], at);
    }
  }
}
