/** Mouse, pen, touch and wheel on the picture. */
import type { Pair } from './camera.ts';
import type { StackView } from './stack-view.ts';

/** What dragging with the left button does. */
export type DragTool = 'window' | 'pan' | 'zoom' | 'scroll';

/** Pixels of the wheel or of a drag for one frame. */
const wheelStep = 60;
const scrollStep = 8;

/** Listens on `element`; the answer stops. `tool` is asked at each press; `isSpaceHeld` makes any drag a pan. */
export function attachGestures(
  element: HTMLElement,
  view: StackView,
  asked: { tool(): DragTool; isSpaceHeld(): boolean },
): () => void {
  const ending = new AbortController();
  const pointers = new Map<number, Pair>();
  let tool: DragTool = 'window';
  let scrolled = 0;

  const down = (event: PointerEvent) => {
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    tool = toolFor(event, asked);
    event.preventDefault();
  };

  const move = (event: PointerEvent) => {
    const from = pointers.get(event.pointerId);
    if (!from) return;
    const to: Pair = [event.clientX, event.clientY];
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    pointers.set(event.pointerId, to);
    if (others[0]) pinch(from, to, others[0]);
    else drag([to[0] - from[0], to[1] - from[1]]);
  };

  const drag = ([dx, dy]: Pair) => {
    if (tool === 'window') view.window(dx, dy);
    if (tool === 'pan') view.pan([dx, dy]);
    if (tool === 'zoom') view.zoom(Math.exp(-dy / 150));
    if (tool === 'scroll') scroll(dy, scrollStep);
  };

  /** Two fingers: what is under them stays under them. */
  const pinch = (from: Pair, to: Pair, other: Pair) => {
    const [before, after] = [distance(from, other), distance(to, other)];
    view.pan([(to[0] - from[0]) / 2, (to[1] - from[1]) / 2]);
    if (before > 0 && after > 0) view.zoom(after / before, fromMiddle(element, middle(to, other)));
  };

  const scroll = (by: number, step: number) => {
    scrolled += by / step;
    const whole = Math.trunc(scrolled);
    scrolled -= whole;
    if (whole !== 0) view.step(whole);
  };

  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1);
    if (event.ctrlKey || event.metaKey) {
      view.zoom(
        Math.exp(-Math.max(-120, Math.min(120, pixels)) / 400),
        fromMiddle(element, [event.clientX, event.clientY]),
      );
    } else if (Math.abs(pixels) >= wheelStep) {
      // A notch of a wheel is one frame, however far the system says it turns.
      scrolled = 0;
      view.step(Math.sign(pixels));
    } else scroll(pixels, wheelStep / 2);
  };

  const up = (event: PointerEvent) => void pointers.delete(event.pointerId);
  const { signal } = ending;
  element.addEventListener('pointerdown', down, { signal });
  element.addEventListener('pointermove', move, { signal });
  element.addEventListener('pointerup', up, { signal });
  element.addEventListener('pointercancel', up, { signal });
  element.addEventListener('wheel', wheel, { signal, passive: false });
  element.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
  return () => ending.abort();
}

function toolFor({ button, shiftKey }: PointerEvent, asked: { tool(): DragTool; isSpaceHeld(): boolean }): DragTool {
  if (button === 1 || asked.isSpaceHeld() || shiftKey) return 'pan';
  return button === 2 ? 'zoom' : asked.tool();
}

const distance = (a: Pair, b: Pair): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
const middle = (a: Pair, b: Pair): Pair => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

function fromMiddle(element: HTMLElement, [x, y]: Pair): Pair {
  const { left, top, width, height } = element.getBoundingClientRect();
  return [x - left - width / 2, y - top - height / 2];
}
