/** The keys of the study list: arrows, pages, ends, Enter to open, Space to pick out, Escape to put back what is picked out, then to take search and filters away. */
import type { KeyboardEvent, RefObject } from 'react';
import type { StudyId } from '../state/study-id.ts';
import { useWindowState } from '../state/window-state.ts';

/** The handler for the grid's keys; keys typed into the filter fields inside it are left alone. */
export function useGridKeys(
  grid: RefObject<HTMLElement | null>,
  rowHeight: number,
  open: (study: StudyId) => void,
): (event: KeyboardEvent) => void {
  const { studies } = useWindowState();
  return (event) => {
    if (event.target !== grid.current || event.ctrlKey || event.altKey || event.metaKey) return;
    const { cursor, selected, marks, total = 0, moveTo, mark, markTo, clear, clearMarks } = studies.getState();
    const page = Math.max(1, Math.floor(grid.current.clientHeight / rowHeight) - 2);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: cursor === undefined ? 0 : cursor + 1,
      ArrowUp: (cursor ?? 0) - 1,
      PageDown: (cursor ?? 0) + page,
      PageUp: (cursor ?? 0) - page,
      Home: 0,
      End: total - 1,
    };
    const target = moves[event.key];
    const place = target === undefined ? undefined : Math.min(Math.max(target, 0), total - 1);
    if (place !== undefined && event.shiftKey) void markTo(place);
    else if (place !== undefined) moveTo(place);
    else if (event.key === 'Enter' && selected) open(selected);
    else if (event.key === ' ' && cursor !== undefined) mark(cursor);
    else if (event.key === 'Escape' && marks.size > 0) clearMarks();
    else if (event.key === 'Escape') clear();
    else return;
    event.preventDefault();
  };
}
