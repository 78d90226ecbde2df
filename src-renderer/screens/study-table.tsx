/** The study list: a grid of any length of which only the rows on the screen exist. */
import { useTable } from '@tanstack/react-table';
import type { SortingState, Updater } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { rowAt } from '../state/row-pages.ts';
import type { StudyOrder } from '../state/studies-question.ts';
import { isSameStudy, studyKey, studyOf } from '../state/study-id.ts';
import type { StudyId } from '../state/study-id.ts';
import { useWindowState } from '../state/window-state.ts';
import { studyColumns, studyFeatures } from './study-columns.tsx';
import type { StudyLine } from './study-columns.tsx';
import { StudyHeader } from './study-header.tsx';
import { StudyRow, studyRowId } from './study-row.tsx';
import { useGridKeys } from './use-grid-keys.ts';
import { useSteadyScroll } from './use-steady-scroll.ts';
import styles from './study-table.module.css';

/** Height of a row in CSS pixels. */
const rowHeight = 40;
/** Height of the head with its filters. */
const headHeight = 64;

/** Column widths as a grid template: fixed ones in pixels, growing ones share what is left. */
const template = studyColumns
  .map(({ size, meta }) => (meta?.grows ? `minmax(${size}px, ${size}fr)` : `${size}px`))
  .join(' ');

function useSorting() {
  const { studies } = useWindowState();
  const order = useStore(studies, (state) => state.order);
  const sorting = useMemo<SortingState>(() => [{ id: order.key, desc: order.descending }], [order]);
  const onSortingChange = (updater: Updater<SortingState>) => {
    const [first] = typeof updater === 'function' ? updater(sorting) : updater;
    if (first) studies.getState().sort({ key: first.id as StudyOrder['key'], descending: first.desc });
  };
  return { sorting, onSortingChange };
}

/** Props: what opening a study does. */
export interface StudyTableProps {
  readonly open: (study: StudyId) => void;
}

/** The list with its heads; it fetches what it shows. */
export function StudyTable({ open }: StudyTableProps) {
  const { t } = useTranslation();
  const { studies } = useWindowState();
  const state = useStore(studies);
  const { pages, total = 0, cursor, selected, fresh, marks, moves, isLoading, show, moveTo, mark, markTo } = state;
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- the compiler then leaves this component as it is, as we want
  const virtualizer = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    paddingStart: headHeight,
    scrollPaddingStart: headHeight,
  });
  const items = virtualizer.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  const data = useMemo(
    () =>
      Array.from({ length: Math.max(0, Math.min(last, total - 1) - first + 1) }, (_, offset): StudyLine => {
        const index = first + offset;
        return { index, row: rowAt(pages, index) };
      }),
    [first, last, pages, total],
  );
  const { sorting, onSortingChange } = useSorting();
  const table = useTable({
    features: studyFeatures,
    columns: studyColumns,
    data,
    getRowId: (line) => String(line.index),
    manualSorting: true,
    enableSortingRemoval: false,
    state: { sorting },
    onSortingChange,
  });

  useEffect(() => show(first, last), [show, first, last, pages, total]);
  // Only a person's move scrolls: a cursor that went along with its row must not pull the list.
  const followed = useRef(moves);
  useEffect(() => {
    if (followed.current === moves || cursor === undefined) return;
    followed.current = moves;
    virtualizer.scrollToIndex(cursor, { align: 'auto' });
  }, [moves, cursor, virtualizer]);
  useSteadyScroll(scroller, state, virtualizer.range?.startIndex ?? 0, rowHeight);
  const onKeyDown = useGridKeys(scroller, rowHeight, open);

  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      className={styles['grid']}
      aria-label={t('list.label')}
      aria-rowcount={total + 1}
      aria-busy={isLoading}
      data-marking={marks.size > 0}
      aria-activedescendant={selected && cursor !== undefined ? studyRowId(cursor) : undefined}
      onKeyDown={onKeyDown}
    >
      <div className={styles['canvas']} style={{ height: virtualizer.getTotalSize() }}>
        {table.getHeaderGroups().map((group) => (
          <div
            key={group.id}
            role="row"
            aria-rowindex={1}
            className={styles['heads']}
            style={{ gridTemplateColumns: template }}
          >
            {group.headers.map((header) => (
              <StudyHeader key={header.id} header={header} />
            ))}
          </div>
        ))}
        {table.getRowModel().rows.map((row) => {
          const study = studyOf(row.original.row);
          const key = study && studyKey(study);
          return (
            <StudyRow
              key={key ?? row.id}
              row={row}
              template={template}
              top={headHeight + row.original.index * rowHeight}
              isSelected={study !== undefined && isSameStudy(study, selected)}
              isFresh={key !== undefined && fresh.has(key)}
              isMarked={key !== undefined && marks.has(key)}
              mark={() => mark(row.original.index)}
              markTo={() => void markTo(row.original.index)}
              choose={() => moveTo(row.original.index)}
              open={open}
            />
          );
        })}
      </div>
    </div>
  );
}
