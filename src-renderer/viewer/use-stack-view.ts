/** Opens a series in an element for as long as a screen shows it. */
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { errorValue } from '#shared/errors.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { SeriesView } from '#shared/model.ts';
import { openStackView } from './stack-view.ts';
import type { StackState, StackView } from './stack-view.ts';

/** An open series, or why it could not be opened; nothing while there is nothing to show. */
export interface OpenStack {
  readonly stack?: StackView;
  readonly error?: PacsErrorValue;
}

/** Shows `view` in `element`; closes it when either changes or the screen goes. */
export function useStackView(
  element: HTMLDivElement | null,
  view: SeriesView | undefined,
  pixelsUrl: (first: number) => string,
): OpenStack {
  const [open, setOpen] = useState<OpenStack>({});
  useEffect(() => {
    if (!element || !view || view.instances.length === 0) return;
    let stack: StackView | undefined;
    try {
      stack = openStackView(element, view, pixelsUrl);
      setOpen({ stack });
    } catch (error) {
      setOpen({ error: errorValue(error) });
    }
    return () => {
      stack?.close();
      setOpen({});
    };
  }, [element, view, pixelsUrl]);
  return open;
}

/** The state of an open series, kept up to date. */
export function useStackState(stack: StackView | undefined): StackState | undefined {
  const subscribe = useCallback((listener: () => void) => stack?.subscribe(listener) ?? (() => undefined), [stack]);
  return useSyncExternalStore(subscribe, () => stack?.state());
}
