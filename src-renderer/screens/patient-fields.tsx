/** The patient of a worklist item; while a name or an ID is typed, patients of the archive are offered. */
import { Combobox, Select, TextInput, useCombobox } from '@mantine/core';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Row } from '#shared/model.ts';
import { PersonName } from '../parts/person-name.tsx';
import { useFormat } from '../parts/use-format.ts';
import { withPatient } from '../state/worklist-fields.ts';
import type { WorklistDraft, WorklistFault } from '../state/worklist-fields.ts';
import { useWindowState } from '../state/window-state.ts';
import { DayField } from './day-field.tsx';
import own from './patient-fields.module.css';
import styles from './work-screen.module.css';

/** Props of every part of the form: the draft, how it changes, and what is wrong with it. */
export interface DraftProps {
  readonly draft: WorklistDraft;
  readonly change: (change: Partial<WorklistDraft>) => void;
  readonly fault: (fault: WorklistFault) => string | undefined;
}

function KnownPatient({ patient }: { readonly patient: Row }) {
  const format = useFormat();
  return (
    <span className={own['patient']}>
      <PersonName value={patient.PatientName} />
      <span className={own['detail']}>{format.date(patient.PatientBirthDate)}</span>
      <bdi className={own['detail']}>{patient.PatientID}</bdi>
    </span>
  );
}

/** A field that offers the patients found for what is typed. */
function SearchField({
  label,
  value,
  type,
  take,
  error,
  hasFocus,
  maxLength,
}: {
  readonly label: string;
  readonly value: string;
  readonly type: (text: string) => void;
  readonly take: (patient: Row) => void;
  readonly error?: ReactNode;
  readonly hasFocus?: boolean;
  readonly maxLength: number;
}) {
  const { patientSearch } = useWindowState();
  const patients = useStore(patientSearch, (state) => state.patients);
  const combobox = useCombobox();
  const choose = (place: string) => {
    const patient = patients[Number(place)];
    if (patient) take(patient);
    patientSearch.getState().ask('');
    combobox.closeDropdown();
  };
  return (
    <Combobox store={combobox} onOptionSubmit={choose} withinPortal>
      <Combobox.Target>
        <TextInput
          label={label}
          size="sm"
          value={value}
          onChange={(event) => {
            type(event.currentTarget.value);
            patientSearch.getState().ask(event.currentTarget.value);
            combobox.openDropdown();
            combobox.resetSelectedOption();
          }}
          onBlur={() => combobox.closeDropdown()}
          error={error}
          maxLength={maxLength}
          autoComplete="off"
          {...(hasFocus ? { 'data-autofocus': true } : {})}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={patients.length === 0}>
        <Combobox.Options className={own['dropdown'] ?? ''}>
          {patients.map((patient, index) => (
            <Combobox.Option key={`${patient.PatientID} ${patient.PatientName}`} value={String(index)}>
              <KnownPatient patient={patient} />
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

const sexes = ['F', 'M', 'O'] as const;

/** Name, ID, birth date and sex. */
export function PatientFields({ draft, change, fault }: DraftProps) {
  const { t } = useTranslation();
  const { patientSearch } = useWindowState();
  const take = (patient: Row) => change(withPatient(draft, patient));
  useEffect(() => () => patientSearch.getState().ask(''), [patientSearch]);
  return (
    <fieldset className={styles['group']}>
      <legend className={styles['legend']}>{t('column.PatientName')}</legend>
      <div className={styles['two']}>
        <SearchField
          label={t('worklist.family')}
          value={draft.family}
          type={(family) => change({ family })}
          take={take}
          error={fault('name')}
          maxLength={64}
          hasFocus
        />
        <TextInput
          label={t('worklist.given')}
          size="sm"
          value={draft.given}
          onChange={(event) => change({ given: event.currentTarget.value })}
          maxLength={64}
          autoComplete="off"
        />
      </div>
      <div className={styles['three']}>
        <SearchField
          label={t('column.PatientID')}
          value={draft.PatientID}
          type={(PatientID) => change({ PatientID })}
          take={take}
          error={fault('PatientID')}
          maxLength={64}
        />
        <DayField
          size="sm"
          label={t('worklist.birthDate')}
          value={draft.PatientBirthDate}
          change={(PatientBirthDate) => change({ PatientBirthDate })}
          clearLabel={t('list.clear')}
          isBirthday
        />
        <Select
          label={t('worklist.sexHead')}
          size="sm"
          data={sexes.map((value) => ({ value, label: t(`worklist.sex.${value}`) }))}
          value={draft.PatientSex || null}
          onChange={(value) => change({ PatientSex: sexes.find((sex) => sex === value) ?? '' })}
          placeholder="–"
          withScrollArea={false}
        />
      </div>
    </fieldset>
  );
}
