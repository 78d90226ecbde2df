/** One line of the study list. */
import { Checkbox } from '@mantine/core';
import { FlexRender } from '@tanstack/react-table';
import type { Row as TableRow } from '@tanstack/react-table';
import type { MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { studyOf } from '../state/study-id.ts';
import type { StudyId } from '../state/study-id.ts';
import type { studyFeatures, StudyLine } from './study-columns.tsx';
import styles from './study-row.module.css';

/** The element id of the row at an index, for aria-activedescendant. */
export const studyRowId = (index: number): string => `study-row-${index}`;

/** Props: the line, where it stands (CSS pixels from the top), and how it is marked. */
export interface StudyRowProps {
  readonly row: TableRow<typeof studyFeatures, StudyLine>;
  readonly template: string;
  readonly top: number;
  readonly isSelected: boolean;
  readonly isFresh: boolean;
  readonly isMarked: boolean;
  readonly choose: () => void;
  /** Picks the study out, or puts it back. */
  readonly mark: () => void;
  /** Picks out all from the chosen row to this one. */
  readonly markTo: () => void;
  readonly open: (study: StudyId) => void;
}

/** The box in the picture's corner: seen while the mouse is on the row, and on all rows once one is picked out. */
function Mark({ isMarked, mark }: Pick<StudyRowProps, 'isMarked' | 'mark'>) {
  const { t } = useTranslation();
  return (
    <Checkbox
      className={styles['mark']}
      size="xs"
      tabIndex={-1}
      aria-label={t('marks.mark')}
      checked={isMarked}
      onChange={mark}
      onMouseDown={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
    />
  );
}

/** A row of the grid; bars stand in while it is being fetched. */
export function StudyRow(props: StudyRowProps) {
  const { row, template, top, isSelected, isFresh, isMarked, choose, mark, markTo, open } = props;
  const { index, row: values } = row.original;
  const study = studyOf(values);
  const onMouseDown = (event: MouseEvent) => {
    if (event.button !== 0) return;
    if (event.shiftKey) return markTo();
    choose();
    if (event.ctrlKey || event.metaKey) mark();
  };
  return (
    <div
      id={studyRowId(index)}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-fresh={isFresh}
      data-marked={isMarked}
      data-study={study?.StudyInstanceUID}
      className={styles['row']}
      style={{ gridTemplateColumns: template, transform: `translateY(${top}px)` }}
      onMouseDown={onMouseDown}
      onDoubleClick={() => study && open(study)}
    >
      {row.getAllCells().map((cell) => (
        <div
          key={cell.id}
          role="gridcell"
          className={styles['cell']}
          data-column={cell.column.id}
          data-align={cell.column.columnDef.meta?.align}
        >
          {study ? <FlexRender cell={cell} /> : <span className={styles['awaited']} />}
          {study && cell.column.id === 'preview' ? <Mark isMarked={isMarked} mark={mark} /> : undefined}
        </div>
      ))}
    </div>
  );
}
