/** The keys of the search field: `/` goes there from the list, Escape clears it, arrow down goes on to the list. */
import { useHotkeys } from '@mantine/hooks';
import type { KeyboardEvent, RefObject } from 'react';
import { focusGrid } from './focus-grid.ts';
import { useWindowState } from '../state/window-state.ts';

/** The handler for the field's keys. */
export function useSearchKeys(field: RefObject<HTMLInputElement | null>): (event: KeyboardEvent) => void {
  const { studies } = useWindowState();
  const focusField = () => {
    // A dialog or the viewer has the keys to itself.
    const focused = document.activeElement;
    const isOurs = focused === document.body || field.current?.closest('[data-window]')?.contains(focused);
    if (!isOurs) return;
    field.current?.focus();
    field.current?.select();
  };
  useHotkeys([
    ['/', focusField],
    ['mod+F', focusField],
  ]);
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
