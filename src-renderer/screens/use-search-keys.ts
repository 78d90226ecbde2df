/** The keys of the search field: `/` goes there from the list, Escape clears it, arrow down goes on to the list. */
import type { KeyboardEvent, RefObject } from 'react';
import { focusGrid } from './focus-grid.ts';
import { useFocusKey } from './use-focus-key.ts';
import { useWindowState } from '../state/window-state.ts';

/** The handler for the field's keys. */
export function useSearchKeys(field: RefObject<HTMLInputElement | null>): (event: KeyboardEvent) => void {
  const { studies } = useWindowState();
  useFocusKey(field);
  return (event) => {
    const { text, cursor, moveTo } = studies.getState();
    if (event.key === 'Escape' && text) studies.getState().search('');
    else if (event.key === 'Escape') focusGrid();
    else if (event.key === 'ArrowDown' || event.key === 'Enter') {
      if (cursor === undefined) moveTo(0);
      focusGrid();
    } else return;
    event.preventDefault();
  };
}
