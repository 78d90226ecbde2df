/** Opens a series in an element for as long as a screen shows it. */
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { SeriesView } from '#shared/model.ts';
import { hasImages } from './series-frames.ts';
import { openStackView } from './stack-view.ts';
import type { StackState } from './stack-state.ts';
import type { StackPlace, StackRequest, StackView } from './stack-view.ts';
import { viewerErrorValue } from './viewer-error.ts';
import type { ViewerErrorValue } from './viewer-error.ts';

/** An open series, or why it could not be opened; nothing while there is nothing to show. */
export interface OpenStack {
  readonly stack?: StackView;
  readonly error?: ViewerErrorValue;
}

/** Shows `view` in `element`; closes it when either changes or the screen goes. A new view within one `visit` goes on where the person is. */
export function useStackView(
  element: HTMLDivElement | null,
  view: SeriesView | undefined,
  { visit, pixelsUrl, onChanged }: Pick<StackRequest, 'pixelsUrl' | 'onChanged'> & { readonly visit: number },
): OpenStack {
  const last = useRef<{ readonly visit: number; readonly place: StackPlace }>(undefined);
  const [slot] = useState(() => createStore<OpenStack>(() => ({})));
  useEffect(() => {
    if (!element || !view || !hasImages(view)) return;
    let stack: StackView | undefined;
    try {
      const place = last.current?.visit === visit ? last.current.place : undefined;
      stack = openStackView(element, { view, pixelsUrl, onChanged, place });
      slot.setState({ stack }, true);
    } catch (error) {
      slot.setState({ error: viewerErrorValue(error) }, true);
    }
    return () => {
      const place = stack?.place();
      if (place) last.current = { visit, place };
      stack?.close();
      slot.setState({}, true);
    };
  }, [slot, element, view, visit, pixelsUrl, onChanged]);
  return useStore(slot);
}

/** The state of an open series, kept up to date. */
export function useStackState(stack: StackView | undefined): StackState | undefined {
  const subscribe = useCallback((listener: () => void) => stack?.subscribe(listener) ?? (() => undefined), [stack]);
  return useSyncExternalStore(subscribe, () => stack?.state());
}
