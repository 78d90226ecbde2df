/** Lets the keyboard drive the viewer while it is on the screen. */
import { useEffect, useRef } from 'react';
import type { RefObject } from 'react';
import { commandOf, stackCommands } from './shortcuts.ts';
import type { Command } from './shortcuts.ts';
import type { StackView } from './stack-view.ts';

/** The space bar: held it makes any drag a pan, tapped it plays. */
export interface SpaceBar {
  isHeld: boolean;
  /** True once it was used for panning, so that letting go does not play. */
  wasUsed: boolean;
}

/** Where typing belongs to the widget that has the focus. */
const widgets = 'input:not([type=radio]), textarea, select, [role=menu], [role=dialog], [role=listbox]';

/** These need the keys that move within them, and no others. */
const movable = 'input[type=radio], [role=slider]';
const movingKeys = /^(Arrow.*|Home|End|Page.*)$/;

/** A press of a key that belongs to the viewer, whatever has the focus. */
function isForViewer({ defaultPrevented, target, key }: KeyboardEvent): boolean {
  if (defaultPrevented || !(target instanceof Element) || target.closest(widgets)) return false;
  return !(target.closest(movable) && movingKeys.test(key));
}

/** Where the focus may go with the mouse: buttons have keys of their own only with Space and Enter. */
const mayTakeFocus = `button, a, ${widgets}`;

/** What the mouse chooses with does not keep the keys from the picture; who uses the keyboard stays where they are. */
function keepFocusOn(stage: HTMLElement, signal: AbortSignal): void {
  let isMouse = false;
  const focused = ({ target }: FocusEvent) => {
    if (isMouse && target instanceof Element && target !== stage && !target.closest(mayTakeFocus))
      stage.focus({ preventScroll: true });
  };
  const clicked = ({ target, detail }: MouseEvent) => {
    // A click made by a key has no number.
    if (detail === 0 || !(target instanceof Element)) return;
    // An option's list gives the focus back to its field, and a series' tile leaves it where the keyboard put it.
    if (target.closest('[role=option]') || document.activeElement?.matches(movable))
      stage.focus({ preventScroll: true });
  };
  window.addEventListener('pointerdown', () => (isMouse = true), { signal, capture: true });
  window.addEventListener('keydown', () => (isMouse = false), { signal, capture: true });
  window.addEventListener('focusin', focused, { signal });
  window.addEventListener('click', clicked, { signal });
}

/** What the keys are for. */
export interface ViewerKeys {
  readonly stack: StackView | undefined;
  /** Gets the focus after a choice with the mouse. */
  readonly stage: HTMLElement | null;
  /** True while a dialog has all keys; it may not have the focus yet. */
  readonly isOff: boolean;
  /** Gets the commands that concern the screen. */
  rest(command: Command): void;
}

/** Listens on the page. */
export function useViewerKeys({ stack, stage, isOff, rest }: ViewerKeys): RefObject<SpaceBar> {
  const space = useRef<SpaceBar>({ isHeld: false, wasUsed: false });
  useEffect(() => {
    if (isOff) return;
    const ending = new AbortController();
    const down = (event: KeyboardEvent) => {
      if (!isForViewer(event)) return;
      if (event.key === ' ') return spaceDown(event, space.current);
      const command = commandOf(event);
      if (!command) return;
      event.preventDefault();
      event.stopPropagation();
      const onStack = stackCommands[command];
      if (command === 'preset') stack?.preset(Number(event.key) - 1);
      else if (!onStack) rest(command);
      else if (stack) onStack(stack);
    };
    const up = ({ key }: KeyboardEvent) => {
      if (key !== ' ' || !space.current.isHeld) return;
      if (!space.current.wasUsed) stack?.togglePlay();
      space.current = { isHeld: false, wasUsed: false };
    };
    // First to hear, since the list behind the viewer has keys of its own.
    window.addEventListener('keydown', down, { signal: ending.signal, capture: true });
    window.addEventListener('keyup', up, { signal: ending.signal, capture: true });
    if (stage) keepFocusOn(stage, ending.signal);
    window.addEventListener('blur', () => (space.current = { isHeld: false, wasUsed: false }), {
      signal: ending.signal,
    });
    return () => ending.abort();
  }, [stack, rest, stage, isOff]);
  return space;
}

/** On a button the space bar presses that button. */
function spaceDown(event: KeyboardEvent, space: SpaceBar): void {
  if (event.target instanceof Element && event.target.closest('button, a')) return;
  event.preventDefault();
  space.isHeld = true;
}
