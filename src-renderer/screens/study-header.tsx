/** One column's head: its name, which sorts, and the field that filters. */
import { UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import type { Header } from '@tanstack/react-table';
import { useTranslation } from 'react-i18next';
import type { Catalogue } from '../i18n/en.ts';
import { StudyFilter } from './study-filter.tsx';
import type { studyFeatures, StudyLine } from './study-columns.tsx';
import styles from './study-header.module.css';

type ColumnName = keyof Catalogue['column'];

const ariaSort = { asc: 'ascending', desc: 'descending' } as const;

/** A head with the role of a column header. */
export function StudyHeader({ header }: { readonly header: Header<typeof studyFeatures, StudyLine> }) {
  const { t } = useTranslation();
  const { column } = header;
  const name = t(`column.${column.id as ColumnName}`);
  const sorted = column.getIsSorted();
  const meta = column.columnDef.meta;
  return (
    <div
      role="columnheader"
      className={styles['head']}
      data-align={meta?.align}
      aria-sort={sorted ? ariaSort[sorted] : column.getCanSort() ? 'none' : undefined}
    >
      {column.getCanSort() ? (
        <UnstyledButton className={styles['name']} onClick={column.getToggleSortingHandler()} data-sorted={!!sorted}>
          {name}
          {sorted === 'asc' ? <IconChevronUp size={13} aria-hidden /> : undefined}
          {sorted === 'desc' ? <IconChevronDown size={13} aria-hidden /> : undefined}
        </UnstyledButton>
      ) : (
        <span className={styles['hidden']}>{name}</span>
      )}
      {meta?.filter ? <StudyFilter keyword={meta.filter} name={name} /> : <span />}
    </div>
  );
}
