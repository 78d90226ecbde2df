/** Reads the frame list of a path, PS3.18 10.4.1.1.2. */
import { PacsError } from '#shared/errors.ts';

const maximumFrames = 10_000;

/** The frames of a list such as `1,3`, counting from 0; throws `bad-request` for what is no list, `not-found` past the end. */
export function parseFrameList(text: string, NumberOfFrames: number): readonly number[] {
  const names = text.split(',');
  if (names.length > maximumFrames || !names.every((name) => /^[1-9]\d{0,8}$/.test(name)))
    throw new PacsError('bad-request', 'A frame list has whole numbers from 1 on, separated by commas.');
  const frames = names.map((name) => Number(name) - 1);
  if (frames.some((frame) => frame >= NumberOfFrames)) throw new PacsError('not-found', noSuchFrame(NumberOfFrames));
  return frames;
}

const noSuchFrame = (NumberOfFrames: number) =>
  NumberOfFrames === 0 ? 'This object has no image.' : `This instance has no such frame, only ${NumberOfFrames}.`;
