/** The form of a device: how to reach it, what it may do here, and a test before it is saved. */
import { Button, Modal } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconPlugConnected } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { PacsErrorValue } from '#shared/errors.ts';
import { FaultText } from '../parts/fault-text.tsx';
import { faultsOfDevice, modalityOf } from '../state/device-fields.ts';
import type { DeviceFault, DeviceFields } from '../state/device-fields.ts';
import type { EchoTest } from '../state/devices-store.ts';
import { useWindowState } from '../state/window-state.ts';
import { DeviceAdvanced, DeviceConnection, DeviceRights } from './device-form-fields.tsx';
import { EchoOutcome } from './echo-outcome.tsx';
import styles from './work-screen.module.css';

/** What the form begins with. */
export interface DeviceSubject {
  readonly fields: DeviceFields;
  /** The name of the device that is changed; absent for a new one. */
  readonly formerName?: string;
}

/** Props: what is filled in; `saved` is told when the archive has it. */
export interface DeviceFormProps {
  readonly subject: DeviceSubject;
  readonly close: () => void;
  readonly saved: () => void;
}

/** The form's fields with what is wrong with them, told only after somebody tried to go on. */
function useDeviceFields({ fields: first, formerName }: DeviceSubject) {
  const { t } = useTranslation();
  const { devices } = useWindowState();
  const [fields, setFields] = useState(first);
  const [wasTried, setWasTried] = useState(false);
  const known = useStore(devices, (state) => state.devices);
  const others = (known ?? []).map(({ name }) => name).filter((name) => name !== formerName);
  const faults = faultsOfDevice(fields, others);
  /** True where the fields are right; `needed` are the ones that matter. */
  const isRight = (needed: (fault: DeviceFault) => boolean) => {
    setWasTried(true);
    return ![...faults].some(needed);
  };
  const fault = (name: DeviceFault) => (wasTried && faults.has(name) ? t(`devices.fault.${name}`) : undefined);
  return { fields, fault, isRight, change: (changed: Partial<DeviceFields>) => setFields({ ...fields, ...changed }) };
}

/** The form in a dialog. */
export function DeviceForm({ subject, close, saved }: DeviceFormProps) {
  const { t } = useTranslation();
  const { devices } = useWindowState();
  const { fields, fault, isRight, change } = useDeviceFields(subject);
  const [isAdvanced, setIsAdvanced] = useState(false);
  const [isSaving, setIsSaving] = useState(false);
  const [test, setTest] = useState<EchoTest>();
  const [error, setError] = useState<PacsErrorValue>();
  const tryOut = async () => {
    if (!isRight((name) => name !== 'name' && name !== 'nameTaken')) return;
    setTest({ kind: 'running' });
    setTest(await devices.getState().tryOut(modalityOf(fields)));
  };
  const save = async () => {
    if (!isRight(() => true)) return;
    const { formerName } = subject;
    setIsSaving(true);
    const outcome = await devices.getState().save({
      name: fields.name.trim(),
      ...(formerName === undefined ? {} : { formerName }),
      modality: modalityOf(fields),
    });
    setIsSaving(false);
    setError(outcome);
    if (!outcome) saved();
  };
  return (
    <Modal
      opened
      onClose={close}
      size={620}
      title={subject.formerName === undefined ? t('devices.addTitle') : t('devices.editTitle')}
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
        <DeviceConnection {...{ fields, change, fault }} />
        <DeviceRights {...{ fields, change }} />
        <div>
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            aria-expanded={isAdvanced}
            leftSection={isAdvanced ? <IconChevronDown size={15} /> : <IconChevronRight size={15} />}
            onClick={() => setIsAdvanced(!isAdvanced)}
          >
            {t('devices.advanced')}
          </Button>
        </div>
        {isAdvanced ? <DeviceAdvanced {...{ fields, change, fault }} /> : undefined}
        {error ? (
          <div className={styles['fault']} role="alert">
            <FaultText error={error} />
          </div>
        ) : undefined}
        <div className={styles['ends']}>
          <Button
            variant="default"
            leftSection={<IconPlugConnected size={16} />}
            loading={test?.kind === 'running'}
            onClick={() => void tryOut()}
          >
            {t('devices.test')}
          </Button>
          <EchoOutcome test={test} />
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
