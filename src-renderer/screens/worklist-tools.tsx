/** What of the worklist is shown: the day, its device, its state, and words. */
import { ActionIcon, Button, CloseButton, SegmentedControl, Select, TextInput, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconPlus, IconSearch } from '@tabler/icons-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { emptyDraft } from '../state/worklist-fields.ts';
import { useWindowState } from '../state/window-state.ts';
import { DayField } from './day-field.tsx';
import { focusGrid } from './focus-grid.ts';
import { useFocusKey } from './use-focus-key.ts';
import tools from './worklist-tools.module.css';
import styles from './work-screen.module.css';

const spans = ['day', 'week'] as const;
const parts = ['all', 'open', 'done'] as const;

function Days() {
  const { t } = useTranslation();
  const { worklist } = useWindowState();
  const { today, day, span, filter, step } = useStore(worklist);
  return (
    <>
      <div className={tools['days']}>
        <Tooltip label={t(`worklist.previous.${span}`)}>
          <ActionIcon variant="default" size={30} onClick={() => step(-1)} aria-label={t(`worklist.previous.${span}`)}>
            <IconChevronLeft size={16} />
          </ActionIcon>
        </Tooltip>
        <div className={tools['day']}>
          <DayField
            value={day}
            change={(chosen) => chosen && filter({ day: chosen })}
            name={t('worklist.day')}
            withWeekday
          />
        </div>
        <Tooltip label={t(`worklist.next.${span}`)}>
          <ActionIcon variant="default" size={30} onClick={() => step(1)} aria-label={t(`worklist.next.${span}`)}>
            <IconChevronRight size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <Button size="xs" variant="default" disabled={day === today} onClick={() => filter({ day: today })}>
        {t('worklist.today')}
      </Button>
      <SegmentedControl
        size="xs"
        aria-label={t('worklist.span')}
        value={span}
        onChange={(value) => filter({ span: spans.find((one) => one === value) ?? 'day' })}
        data={spans.map((value) => ({ value, label: t(`worklist.spanOf.${value}`) }))}
      />
    </>
  );
}

function Words() {
  const { t } = useTranslation();
  const { worklist } = useWindowState();
  const text = useStore(worklist, (state) => state.text);
  const field = useRef<HTMLInputElement>(null);
  useFocusKey(field);
  const search = (words: string) => worklist.getState().filter({ text: words });
  return (
    <TextInput
      ref={field}
      className={tools['words']}
      value={text}
      onChange={(event) => search(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && text) search('');
        else if (event.key === 'Escape' || event.key === 'ArrowDown' || event.key === 'Enter') focusGrid();
      }}
      placeholder={t('worklist.search')}
      aria-label={t('worklist.search')}
      maxLength={200}
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={
        text ? <CloseButton size="xs" aria-label={t('list.clear')} onClick={() => search('')} /> : undefined
      }
    />
  );
}

/** Props: the stations to choose from. */
export interface WorklistToolsProps {
  readonly stations: readonly { readonly value: string; readonly label: string }[];
}

/** The tools over the worklist. */
export function WorklistTools({ stations }: WorklistToolsProps) {
  const { t } = useTranslation();
  const { worklist } = useWindowState();
  const { part, station, day, filter, edit } = useStore(worklist);
  return (
    <div className={styles['tools']}>
      <Days />
      <SegmentedControl
        size="xs"
        aria-label={t('worklist.stateHead')}
        value={part}
        onChange={(value) => filter({ part: parts.find((one) => one === value) ?? 'all' })}
        data={parts.map((value) => ({ value, label: t(`worklist.part.${value}`) }))}
      />
      <Select
        className={tools['station']}
        size="xs"
        aria-label={t('worklist.device')}
        placeholder={t('worklist.allDevices')}
        data={[...stations]}
        value={station || null}
        onChange={(value) => filter({ station: value ?? '' })}
        clearable
        clearButtonProps={{ 'aria-label': t('worklist.allDevices') }}
        withScrollArea={false}
      />
      <Words />
      <span className={styles['spring']} />
      <Button size="xs" leftSection={<IconPlus size={16} />} onClick={() => edit(emptyDraft(day))}>
        {t('worklist.add')}
      </Button>
    </div>
  );
}
