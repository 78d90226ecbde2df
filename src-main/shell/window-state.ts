/** Where the window was when it was closed, kept in a small file, and fitted to the displays there are now. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** A rectangle in device independent pixels. */
export interface Bounds {
  readonly x?: number | undefined;
  readonly y?: number | undefined;
  readonly width: number;
  readonly height: number;
}

/** The window's place. */
export interface WindowState {
  readonly bounds: Bounds;
  readonly maximized: boolean;
}

const length = z.int().min(200).max(20_000);
const position = z.int().min(-50_000).max(50_000);
const stateSchema = z.object({
  bounds: z.object({ x: position.optional(), y: position.optional(), width: length, height: length }),
  maximized: z.boolean(),
});

const initial: WindowState = { bounds: { width: 1440, height: 900 }, maximized: false };

/** The kept state; the first start's where there is none that can be read. */
export function readWindowState(file: string): WindowState {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return initial;
  }
}

/** Keeps the state; the window's place is not worth an error, so a full disk passes in silence. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  } catch {
    // The next start opens at the previous place.
  }
}

/** The bounds as they are where a display shows at least a grip of them, else their size alone, no larger than a display. */
export function fitToDisplays(bounds: Bounds, areas: readonly Required<Bounds>[]): Bounds {
  const { x, y, width, height } = bounds;
  const shown = (area: Required<Bounds>) =>
    x !== undefined &&
    y !== undefined &&
    Math.min(x + width, area.x! + area.width) - Math.max(x, area.x!) >= 100 &&
    y >= area.y! &&
    y <= area.y! + area.height - 50;
  if (areas.some(shown)) return bounds;
  const area = areas[0] ?? bounds;
  return { width: Math.min(width, area.width), height: Math.min(height, area.height) };
}
