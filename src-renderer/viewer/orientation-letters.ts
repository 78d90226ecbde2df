/** The letters at the edges of an image that say which side of the patient is there, PS3.3 C.7.6.1.1.1. */
import type { ImagePlane, Turn, Vector } from './camera.ts';
import { towards } from './camera.ts';

/** Letters at the four edges of the screen. */
export interface EdgeLetters {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

const axes = [
  ['L', 'R'],
  ['P', 'A'],
  ['H', 'F'],
] as const;

/** An oblique direction gets two letters; what is tilted by less than this (as cosine) is not told. */
const tilt = 0.3;

/** The letters of a direction in the patient, the strongest first. */
function lettersOf(direction: Vector): string {
  return axes
    .map(([positive, negative], axis) => ({ size: direction[axis] ?? 0, positive, negative }))
    .filter(({ size }) => Math.abs(size) > tilt)
    .sort((a, b) => Math.abs(b.size) - Math.abs(a.size))
    .slice(0, 2)
    .map(({ size, positive, negative }) => (size > 0 ? positive : negative))
    .join('');
}

const opposite = ([x, y, z]: Vector): Vector => [-x, -y, -z];

/** The letters at the edges of an image that is turned so. */
export function edgeLetters(plane: ImagePlane, turn: Turn): EdgeLetters {
  const [right, down] = [towards(plane, turn.right), towards(plane, turn.down)];
  return {
    left: lettersOf(opposite(right)),
    right: lettersOf(right),
    top: lettersOf(opposite(down)),
    bottom: lettersOf(down),
  };
}
