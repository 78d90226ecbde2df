/** The field over a column that filters it; over dates also with a choice of periods. */
import { ActionIcon, Menu, TextInput, Tooltip } from '@mantine/core';
import { IconCalendar } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { findAttribute } from '#shared/attributes.ts';
import type { IndexedKeyword } from '#shared/attributes.ts';
import { useFormat } from '../parts/use-format.ts';
import { lastDays } from '../state/typed-date.ts';
import { useWindowState } from '../state/window-state.ts';
import styles from './study-filter.module.css';

/** Props: what is filtered, and the column's name. */
export interface StudyFilterProps {
  readonly keyword: IndexedKeyword;
  readonly name: string;
}

function Periods({ choose }: { readonly choose: (typed: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  /** The last days as a person of this locale would have typed them. */
  const typed = (days: number) =>
    lastDays(days, new Date())
      .split('-')
      .map((date) => format.date(date))
      .join(' - ');
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size="xs" aria-label={t('list.datePeriods')}>
          <IconCalendar size={13} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => choose(typed(1))}>{t('list.period.today')}</Menu.Item>
        <Menu.Item onClick={() => choose(typed(7))}>{t('list.period.week')}</Menu.Item>
        <Menu.Item onClick={() => choose(typed(30))}>{t('list.period.month')}</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => choose('')}>{t('list.period.any')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** A filter field bound to the study list. */
export function StudyFilter({ keyword, name }: StudyFilterProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { studies } = useWindowState();
  const typed = useStore(studies, (state) => state.filters[keyword] ?? '');
  const isUnclear = useStore(studies, (state) => state.unclear.has(keyword));
  const choose = (value: string) => studies.getState().filter(keyword, value);
  const label = t('list.filterOf', { column: name });
  return (
    <Tooltip label={t('list.filterUnclear', { example: format.date('20260301') })} opened={isUnclear} position="bottom">
      <TextInput
        classNames={{ input: styles['input'] ?? '' }}
        size="xs"
        value={typed}
        onChange={(event) => choose(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && choose('')}
        error={isUnclear}
        aria-label={label}
        maxLength={200}
        data-filled={typed !== ''}
        {...(keyword === 'StudyDate' ? { rightSection: <Periods choose={choose} />, rightSectionWidth: 22 } : {})}
        inputMode={findAttribute(keyword)?.vr === 'DA' ? 'numeric' : 'text'}
      />
    </Tooltip>
  );
}
