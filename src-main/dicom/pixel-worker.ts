/** The code of a pixel thread: decodes and draws frames, keeps the headers of the latest files. */
import { stat } from 'node:fs/promises';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import sharp from 'sharp';
import type { PacsErrorValue } from '#shared/errors.ts';
import { errorValue } from '#shared/errors.ts';
import type { Header } from './data-set.ts';
import { readHeader } from './header-reader.ts';
import type { WindowFrame } from './modality-values.ts';
import { frameForWindow } from './modality-values.ts';
import { LruCache } from './pixel-cache.ts';
import { describePixels } from './pixel-description.ts';
import type { RenderedFrame, RenderOptions } from './render-frame.ts';
import { renderFrame } from './render-frame.ts';
import type { StoredBytes } from './stored-bytes.ts';
import { storedBytes } from './stored-bytes.ts';

/** What a thread is asked for. */
export type PixelTask =
  | { readonly kind: 'frame'; readonly path: string; readonly frame: number }
  | { readonly kind: 'stored'; readonly path: string; readonly frame: number }
  | { readonly kind: 'render'; readonly path: string; readonly frame: number; readonly options: RenderOptions }
  | { readonly kind: 'thumbnail'; readonly path: string; readonly size: number };

/** What comes of a task. */
export type PixelResult = WindowFrame | RenderedFrame | StoredBytes;

/** What it answers; errors go as values, since a thread's PacsError would arrive without its code. */
export type PixelAnswer = { readonly value: PixelResult } | { readonly error: PacsErrorValue };

// Each thread is one of several; libvips would start as many of its own again, and keep pictures that do not come twice.
sharp.concurrency(1);
sharp.cache(false);

const headers = new LruCache<Header>(16);

async function headerOf(path: string): Promise<Header> {
  const { size, mtimeMs } = await stat(path);
  const key = `${path}\0${size}\0${mtimeMs}`;
  const known = headers.get(key);
  if (known) return known;
  const header = await readHeader(path);
  headers.set(key, header);
  return header;
}

async function perform(task: PixelTask): Promise<PixelResult> {
  const header = await headerOf(task.path);
  if (task.kind === 'frame') return frameForWindow(task.path, task.frame, header);
  if (task.kind === 'stored') return storedBytes(task.path, task.frame, header);
  if (task.kind === 'render') return renderFrame(task.path, task.frame, task.options, header);
  const middle = Math.floor(describePixels(header).NumberOfFrames / 2);
  const viewport = { width: task.size, height: task.size };
  return renderFrame(task.path, middle, { format: 'jpeg', viewport, quality: 80 }, header);
}

/** Runs one task; the pixels are handed over, not copied. */
export async function runPixelTask(task: PixelTask): Promise<PixelAnswer> {
  try {
    const value = await perform(task);
    const answer = { value };
    return move({ [transferableSymbol]: value.bytes.buffer, [valueSymbol]: answer } as never) as unknown as PixelAnswer;
  } catch (error) {
    return { error: errorValue(error) };
  }
}
