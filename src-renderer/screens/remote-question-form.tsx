/** The question to another node: which node, and what is known of the patient or the study. */
import { Button, Select, TextInput, Tooltip } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useFormat } from '../parts/use-format.ts';
import { remoteFields } from '../state/remote-question.ts';
import type { RemoteField } from '../state/remote-question.ts';
import { useWindowState } from '../state/window-state.ts';
import own from './remote-question-form.module.css';

const isHinted = (field: RemoteField): field is 'PatientName' | 'StudyDate' =>
  field === 'PatientName' || field === 'StudyDate';

function Field({ field }: { readonly field: RemoteField }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { remote } = useWindowState();
  const typed = useStore(remote, (state) => state.typed[field]);
  const isUnclear = useStore(remote, (state) => state.unclear.has(field));
  return (
    <Tooltip label={t('list.filterUnclear', { example: format.date('20260301') })} opened={isUnclear} position="bottom">
      <TextInput
        label={t(`column.${field}`)}
        value={typed}
        onChange={(event) => remote.getState().type(field, event.currentTarget.value)}
        placeholder={isHinted(field) ? t(`remote.hint.${field}`) : ''}
        error={isUnclear}
        maxLength={150}
        autoComplete="off"
      />
    </Tooltip>
  );
}

/** The form; Enter in any field asks. */
export function RemoteQuestionForm() {
  const { t } = useTranslation();
  const { remote, devices } = useWindowState();
  const known = useStore(devices, (state) => state.devices);
  const { node, isAsking, isTooWide, choose, clear, ask } = useStore(remote);
  const names = (known ?? []).map(({ name }) => name);
  return (
    <form
      className={own['form']}
      role="search"
      aria-label={t('devices.askAnother')}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (names.includes(node)) void ask();
      }}
    >
      <Select
        label={t('remote.node')}
        size="xs"
        data={names}
        value={names.includes(node) ? node : null}
        onChange={(name) => choose(name ?? '')}
        placeholder={t('remote.chooseNode')}
        allowDeselect={false}
        withScrollArea={false}
      />
      {remoteFields.map((field) => (
        <Field key={field} field={field} />
      ))}
      <Button
        type="submit"
        size="xs"
        leftSection={<IconSearch size={15} />}
        loading={isAsking}
        disabled={!names.includes(node)}
      >
        {t('remote.ask')}
      </Button>
      <Button size="xs" variant="default" onClick={clear}>
        {t('list.clear')}
      </Button>
      {isTooWide ? (
        <p className={own['hint']} role="alert">
          {t('remote.tooWide')}
        </p>
      ) : undefined}
    </form>
  );
}
