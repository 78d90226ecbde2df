/** Functional groups of enhanced multi-frame objects: what holds for one frame, PS3.3 C.7.6.16. */
import type { ValueSource } from './values.ts';
import { sequence } from './values.ts';

const shared = '52009229';
const perFrame = '52009230';

/** The first item of a functional group for a frame (from 0): of the frame itself, else the shared one. */
export function functionalGroup(source: ValueSource, groupTag: string, frame: number): ValueSource | undefined {
  const item = sequence(source, perFrame)[frame];
  const own = item && sequence(item, groupTag)[0];
  if (own) return own;
  const [common] = sequence(source, shared);
  return common && sequence(common, groupTag)[0];
}

/** Groups of all frames that have one of their own, then the shared one. */
export function functionalGroups(source: ValueSource, groupTag: string): ValueSource[] {
  return [...sequence(source, perFrame), ...sequence(source, shared)].flatMap((item) =>
    sequence(item, groupTag).slice(0, 1),
  );
}

/** Where attributes of a group are read from: the group of the frame, else the data set itself, as classic objects have it. */
export const groupOrTop = (source: ValueSource, groupTag: string, frame: number): ValueSource =>
  functionalGroup(source, groupTag, frame) ?? source;
