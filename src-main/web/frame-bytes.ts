/** The bytes of single frames in the form that was agreed on: as kept, turned to little endian, or decoded. */
import { open } from 'node:fs/promises';
import type { Header } from '../dicom/data-set.ts';
import { frameLocations, readFrame } from '../dicom/frames.ts';
import { describePixels } from '../dicom/pixel-description.ts';
import type { StoredFile } from '../store/store.ts';
import type { Pixels } from './deps.ts';
import { swapped } from './little-endian.ts';
import { type FrameForm, frameSyntax, isEncapsulated } from './pixel-media.ts';

/** True where the form is not how the frames are kept. */
export const isDecoded = (header: Header, { transferSyntax }: FrameForm): boolean =>
  transferSyntax !== frameSyntax(header);

/** Looks where the frames lie before anything is sent; throws `damaged` for one that is missing. */
async function checkFrames(path: string, header: Header, frames: readonly number[]): Promise<void> {
  const file = await open(path);
  try {
    const locations = await frameLocations(file, header, path);
    for (const frame of frames) locations.at(frame);
  } finally {
    await file.close();
  }
}

async function keptBytes(path: string, header: Header, frame: number): Promise<Uint8Array> {
  const bytes = await readFrame(path, header, frame);
  if (header.littleEndian || isEncapsulated(header)) return bytes;
  return swapped(bytes, describePixels(header).BitsAllocated / 8);
}

/**
 * What gives the bytes of the frames one by one. The frames are looked for, and the first is decoded where decoding is asked
 * for, so that a fault is told before an answer begins. @throws PacsError
 */
export async function openFrames(
  pixels: Pixels,
  { path }: StoredFile,
  header: Header,
  frames: readonly number[],
  form: FrameForm,
): Promise<(frame: number) => Promise<Uint8Array>> {
  await checkFrames(path, header, frames);
  if (!isDecoded(header, form)) return (frame) => keptBytes(path, header, frame);
  let ready = new Map([[frames[0], await pixels.stored(path, frames[0] ?? 0)]]);
  return async (frame) => {
    const bytes = ready.get(frame) ?? (await pixels.stored(path, frame));
    ready = new Map();
    return bytes;
  };
}
