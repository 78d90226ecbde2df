/** The form of a worklist item: whose, when, where and what. */
import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { PacsErrorValue } from '#shared/errors.ts';
import { FaultText } from '../parts/fault-text.tsx';
import { useFormat } from '../parts/use-format.ts';
import { faultsOfDraft } from '../state/worklist-fields.ts';
import type { WorklistDraft, WorklistFault } from '../state/worklist-fields.ts';
import { useWindowState } from '../state/window-state.ts';
import { AppointmentFields, OrderFields } from './appointment-fields.tsx';
import { PatientFields } from './patient-fields.tsx';
import type { DraftProps } from './patient-fields.tsx';
import styles from './work-screen.module.css';

function OpenForm({ first, close }: { readonly first: WorklistDraft; readonly close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { worklist, notices, navigation } = useWindowState();
  const [draft, setDraft] = useState(first);
  const [wasTried, setWasTried] = useState(false);
  const [isSaving, setIsSaving] = useState(false);
  const [error, setError] = useState<PacsErrorValue>();
  const faults = faultsOfDraft(draft);
  const parts: DraftProps = {
    draft,
    change: (changed) => setDraft((before) => ({ ...before, ...changed })),
    fault: (fault: WorklistFault) => (wasTried && faults.has(fault) ? t(`worklist.fault.${fault}`) : undefined),
  };
  /** From another screen, or for a day that is not shown, one would not see it. */
  const tell = () => {
    const day = draft.ScheduledProcedureStepStartDate;
    if (navigation.getState().screen === 'worklist' && worklist.getState().day === day) return;
    const go = () => {
      worklist.getState().filter({ day, part: 'all', station: '', text: '' });
      navigation.getState().show('worklist');
    };
    notices.getState().add({
      text: t('worklist.saved', { day: format.day(day) }),
      link: { text: t('worklist.look'), go },
    });
  };
  const save = async () => {
    setWasTried(true);
    if (faults.size > 0) return;
    setIsSaving(true);
    const outcome = await worklist.getState().save(draft);
    setIsSaving(false);
    setError(outcome);
    if (!outcome) tell();
  };
  return (
    <Modal
      opened
      onClose={close}
      size={660}
      title={draft.id === undefined ? t('worklist.addTitle') : t('worklist.editTitle')}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <form
        className={styles['form']}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <PatientFields {...parts} />
        <AppointmentFields {...parts} />
        <OrderFields {...parts} />
        {error ? (
          <div className={styles['fault']} role="alert">
            <FaultText error={error} />
          </div>
        ) : undefined}
        <div className={styles['ends']}>
          <Button variant="default" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button type="submit" loading={isSaving}>
            {t('app.save')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** The form while there is a draft. */
export function WorklistForm() {
  const { worklist } = useWindowState();
  const draft = useStore(worklist, (state) => state.draft);
  return draft ? <OpenForm first={draft} close={() => worklist.getState().edit(undefined)} /> : undefined;
}
