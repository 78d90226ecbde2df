/** The keys that lead to a screen's search field from anywhere on it. */
import { useHotkeys } from '@mantine/hooks';
import type { RefObject } from 'react';
import { hasKeys } from './has-keys.ts';

/** `/` and Ctrl+F go to the field. */
export function useFocusKey(field: RefObject<HTMLInputElement | null>): void {
  const focusField = () => {
    if (!hasKeys()) return;
    field.current?.focus();
    field.current?.select();
  };
  useHotkeys([
    ['/', focusField],
    ['mod+F', focusField],
  ]);
}
