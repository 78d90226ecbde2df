/** Keeps the list still under the eye while rows come in above. */
import { useLayoutEffect, useRef } from 'react';
import type { RefObject } from 'react';
import { indexOfStudy, rowAt } from '../state/row-pages.ts';
import type { StudiesState } from '../state/studies-store.ts';
import { studyOf } from '../state/study-id.ts';
import type { StudyId } from '../state/study-id.ts';

/**
 * Moves the scroll position with the first row on the screen whenever that row got another place; at the very top the
 * list stays at the top, so that new studies are seen. A new question starts at the top.
 */
export function useSteadyScroll(
  scroller: RefObject<HTMLElement | null>,
  { pages, question }: Pick<StudiesState, 'pages' | 'question'>,
  firstVisible: number,
  rowHeight: number,
): void {
  const anchor = useRef<{ readonly study: StudyId | undefined; readonly index: number }>({
    study: undefined,
    index: 0,
  });
  const asked = useRef(question);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    if (asked.current !== question) {
      asked.current = question;
      element.scrollTo({ top: 0 });
      return;
    }
    const { study, index } = anchor.current;
    const now = indexOfStudy(pages, study);
    if (now >= 0 && now !== index && element.scrollTop > 0) element.scrollBy({ top: (now - index) * rowHeight });
  }, [pages, question, scroller, rowHeight]);

  useLayoutEffect(() => {
    anchor.current = { study: studyOf(rowAt(pages, firstVisible)), index: firstVisible };
  });
}
