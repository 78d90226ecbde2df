/** The appointment and the order of a worklist item. */
import { Autocomplete, TextInput } from '@mantine/core';
import { TimePicker } from '@mantine/dates';
import type { ChangeEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useWindowState } from '../state/window-state.ts';
import { DayField } from './day-field.tsx';
import type { DraftProps } from './patient-fields.tsx';
import styles from './work-screen.module.css';

/** The modalities of dental and ultrasound clinics first; any other code may be typed. */
const modalities = ['IO', 'PX', 'DX', 'CT', 'US', 'XC', 'MR', 'CR', 'ES', 'OT'] as const;

/** `HHMMSS` of what the time picker gives, '' for nothing. */
const dicomTime = (value: string) => (value ? value.replaceAll(':', '').padEnd(6, '0') : '');
const pickerTime = (time: string) => (/^\d{4}/.test(time) ? `${time.slice(0, 2)}:${time.slice(2, 4)}` : '');

/** When, with what, and where. */
export function AppointmentFields({ draft, change, fault }: DraftProps) {
  const { t } = useTranslation();
  const { devices } = useWindowState();
  const known = useStore(devices, (state) => state.devices);
  const stations = new Map((known ?? []).map(({ AET, name }) => [AET, name]));
  return (
    <fieldset className={styles['group']}>
      <legend className={styles['legend']}>{t('worklist.appointment')}</legend>
      <div className={styles['two']}>
        <DayField
          size="sm"
          label={t('worklist.day')}
          value={draft.ScheduledProcedureStepStartDate}
          change={(day) => change({ ScheduledProcedureStepStartDate: day })}
          error={fault('day')}
          withWeekday
        />
        <TimePicker
          label={t('worklist.time')}
          size="sm"
          value={pickerTime(draft.ScheduledProcedureStepStartTime)}
          onChange={(value) => change({ ScheduledProcedureStepStartTime: dicomTime(value) })}
          hoursInputLabel={t('worklist.hours')}
          minutesInputLabel={t('worklist.minutes')}
          clearable
          clearButtonProps={{ 'aria-label': t('list.clear') }}
        />
        <Autocomplete
          label={t('worklist.modality')}
          size="sm"
          data={[...modalities]}
          filter={({ options }) => options}
          renderOption={({ option: { value } }) => (
            <span>
              <strong>{value}</strong>&ensp;{t(`modality.${value as (typeof modalities)[number]}`)}
            </span>
          )}
          value={draft.Modality}
          onChange={(value) => change({ Modality: value.toUpperCase() })}
          error={fault('Modality')}
          maxLength={16}
          maxDropdownHeight={320}
          withScrollArea={false}
        />
        <Autocomplete
          label={t('worklist.device')}
          size="sm"
          data={[...stations.keys()]}
          filter={({ options }) => options}
          renderOption={({ option: { value } }) => (
            <span>
              {stations.get(value)}&ensp;<bdi className={styles['dim']}>{value}</bdi>
            </span>
          )}
          value={draft.ScheduledStationAETitle}
          onChange={(AET) => change({ ScheduledStationAETitle: AET })}
          placeholder={t('worklist.anyDevice')}
          maxLength={16}
          withScrollArea={false}
        />
      </div>
    </fieldset>
  );
}

/** What is to be done, and by whom. */
export function OrderFields({ draft, change }: DraftProps) {
  const { t } = useTranslation();
  const text = (key: 'RequestedProcedureDescription' | 'ScheduledProcedureStepDescription' | 'AccessionNumber') => ({
    value: draft[key],
    onChange: (event: ChangeEvent<HTMLInputElement>) => change({ [key]: event.currentTarget.value }),
    size: 'sm' as const,
  });
  return (
    <fieldset className={styles['group']}>
      <legend className={styles['legend']}>{t('worklist.order')}</legend>
      <div className={styles['two']}>
        <TextInput label={t('worklist.requested')} maxLength={64} {...text('RequestedProcedureDescription')} />
        <TextInput label={t('worklist.step')} maxLength={64} {...text('ScheduledProcedureStepDescription')} />
      </div>
      <div className={styles['thirds']}>
        <TextInput
          label={t('worklist.performing')}
          placeholder={t('worklist.nameExample')}
          size="sm"
          value={draft.performing}
          onChange={(event) => change({ performing: event.currentTarget.value })}
          maxLength={64}
        />
        <TextInput
          label={t('worklist.referring')}
          placeholder={t('worklist.nameExample')}
          size="sm"
          value={draft.referring}
          onChange={(event) => change({ referring: event.currentTarget.value })}
          maxLength={64}
        />
        <TextInput
          label={t('worklist.accession')}
          placeholder={t('worklist.accessionMade')}
          maxLength={16}
          {...text('AccessionNumber')}
        />
      </div>
    </fieldset>
  );
}
