/** The keyboard of the viewer: one table from which keys work and the help is drawn. */
import type { StackView } from './stack-view.ts';

/** What keys can do; the catalogue of texts has these names under `viewer.command`. */
export type Command =
  | 'nextImage'
  | 'previousImage'
  | 'nextTen'
  | 'previousTen'
  | 'firstImage'
  | 'lastImage'
  | 'nextSeries'
  | 'previousSeries'
  | 'play'
  | 'slower'
  | 'faster'
  | 'preset'
  | 'invert'
  | 'reset'
  | 'fit'
  | 'actualSize'
  | 'zoomIn'
  | 'zoomOut'
  | 'rotateRight'
  | 'rotateLeft'
  | 'flipHorizontal'
  | 'flipVertical'
  | 'overlay'
  | 'help'
  | 'close';

/** One line of the help: a command and the keys for it, as KeyboardEvent.key names them. */
export interface Shortcut {
  readonly command: Command;
  readonly keys: readonly string[];
}

/** All shortcuts by what they are for. Space is handled by the screen, since holding it means panning. */
export const shortcuts = {
  images: [
    { command: 'nextImage', keys: ['ArrowDown', 'ArrowRight'] },
    { command: 'previousImage', keys: ['ArrowUp', 'ArrowLeft'] },
    { command: 'nextTen', keys: ['Shift+ArrowDown', 'Shift+ArrowRight'] },
    { command: 'previousTen', keys: ['Shift+ArrowUp', 'Shift+ArrowLeft'] },
    { command: 'firstImage', keys: ['Home'] },
    { command: 'lastImage', keys: ['End'] },
    { command: 'nextSeries', keys: ['PageDown'] },
    { command: 'previousSeries', keys: ['PageUp'] },
    { command: 'play', keys: ['Space'] },
    { command: 'slower', keys: [','] },
    { command: 'faster', keys: ['.'] },
  ],
  picture: [
    { command: 'preset', keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'] },
    { command: 'invert', keys: ['i'] },
    { command: 'fit', keys: ['f'] },
    { command: 'actualSize', keys: ['a'] },
    { command: 'zoomIn', keys: ['+', '='] },
    { command: 'zoomOut', keys: ['-'] },
    { command: 'rotateRight', keys: ['r'] },
    { command: 'rotateLeft', keys: ['Shift+r'] },
    { command: 'flipHorizontal', keys: ['h'] },
    { command: 'flipVertical', keys: ['v'] },
    { command: 'reset', keys: ['0', 'Backspace'] },
  ],
  window: [
    { command: 'overlay', keys: ['t'] },
    { command: 'help', keys: ['?', 'F1'] },
    { command: 'close', keys: ['Escape'] },
  ],
} as const satisfies Record<string, readonly Shortcut[]>;

const byKey = new Map<string, Command>(
  Object.values(shortcuts).flatMap((group) => group.flatMap(({ command, keys }) => keys.map((key) => [key, command]))),
);

/** The command of a key press, if it has one. */
export function commandOf({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent): Command | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  const name = key.length === 1 ? key.toLowerCase() : key;
  // Shift is part of typing a sign such as `?`, but changes the meaning of letters and arrows.
  const isLetter = /^([a-z]|.{2,})$/.test(name);
  return byKey.get(shiftKey && isLetter ? `Shift+${name}` : name);
}

/** Speeds of a clip that the slower and faster keys go through. */
export const speeds: readonly number[] = [0.25, 0.5, 1, 2, 4];

function nextSpeed(stack: StackView, by: number): void {
  const at = speeds.indexOf(stack.state().cine.speed);
  stack.speed(speeds[Math.min(speeds.length - 1, Math.max(0, at + by))] ?? 1);
}

/** What the commands do to an open series; the others concern the screen around it. */
export const stackCommands: Readonly<Partial<Record<Command, (stack: StackView) => void>>> = {
  nextImage: (stack) => stack.step(1),
  previousImage: (stack) => stack.step(-1),
  nextTen: (stack) => stack.step(10),
  previousTen: (stack) => stack.step(-10),
  firstImage: (stack) => stack.goTo(0),
  lastImage: (stack) => stack.goTo(stack.state().frames.length - 1),
  play: (stack) => stack.togglePlay(),
  slower: (stack) => nextSpeed(stack, -1),
  faster: (stack) => nextSpeed(stack, 1),
  invert: (stack) => stack.invert(),
  fit: (stack) => stack.fit(),
  actualSize: (stack) => stack.actualSize(),
  zoomIn: (stack) => stack.zoom(1.25),
  zoomOut: (stack) => stack.zoom(1 / 1.25),
  rotateRight: (stack) => stack.turn('rotateRight'),
  rotateLeft: (stack) => stack.turn('rotateLeft'),
  flipHorizontal: (stack) => stack.turn('flipHorizontal'),
  flipVertical: (stack) => stack.turn('flipVertical'),
  reset: (stack) => stack.reset(),
};
