/** One line of the study list. */
import { FlexRender } from '@tanstack/react-table';
import type { Row as TableRow } from '@tanstack/react-table';
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
  readonly choose: () => void;
  readonly open: (study: StudyId) => void;
}

/** A row of the grid; bars stand in while it is being fetched. */
export function StudyRow({ row, template, top, isSelected, isFresh, choose, open }: StudyRowProps) {
  const { index, row: values } = row.original;
  const study = studyOf(values);
  return (
    <div
      id={studyRowId(index)}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-fresh={isFresh}
      data-study={study?.StudyInstanceUID}
      className={styles['row']}
      style={{ gridTemplateColumns: template, transform: `translateY(${top}px)` }}
      onMouseDown={(event) => event.button === 0 && choose()}
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
        </div>
      ))}
    </div>
  );
}
