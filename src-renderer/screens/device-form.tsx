/** The form of a device: how to reach it, what it may do here, and a test before it is saved. */
import { Button, Checkbox, Modal, Select, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconPlugConnected } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { PacsErrorValue } from '#shared/errors.ts';
import { FaultText } from '../parts/fault-text.tsx';
import { faultsOfDevice, modalityOf, rights } from '../state/device-fields.ts';
import type { DeviceFault, DeviceFields } from '../state/device-fields.ts';
import type { EchoTest } from '../state/devices-store.ts';
import { useWindowState } from '../state/window-state.ts';
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

type Change = (change: Partial<DeviceFields>) => void;

interface PartProps {
  readonly fields: DeviceFields;
  readonly change: Change;
  readonly fault: (fault: DeviceFault) => string | undefined;
}

function Connection({ fields, change, fault }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t('devices.name')}
        placeholder={t('devices.nameExample')}
        size="sm"
        value={fields.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
        error={fault('name') ?? fault('nameTaken')}
        maxLength={64}
        data-autofocus
      />
      <div className={styles['three']}>
        <TextInput
          label={t('scanner.aeTitle')}
          size="sm"
          value={fields.AET}
          onChange={(event) => change({ AET: event.currentTarget.value })}
          error={fault('AET')}
          maxLength={16}
        />
        <TextInput
          label={t('devices.address')}
          placeholder="192.168.1.20"
          size="sm"
          value={fields.Host}
          onChange={(event) => change({ Host: event.currentTarget.value })}
          error={fault('Host')}
          maxLength={255}
        />
        <TextInput
          label={t('scanner.port')}
          size="sm"
          inputMode="numeric"
          value={fields.Port}
          onChange={(event) => change({ Port: event.currentTarget.value })}
          error={fault('Port')}
          maxLength={5}
        />
      </div>
    </>
  );
}

function Rights({ fields, change }: Pick<PartProps, 'fields' | 'change'>) {
  const { t } = useTranslation();
  return (
    <fieldset className={styles['group']}>
      <legend className={styles['legend']}>{t('devices.mayHere')}</legend>
      <div className={styles['two']}>
        {rights.map((right) => (
          <Checkbox
            key={right}
            size="xs"
            label={t(`devices.right.${right}`)}
            checked={fields[right]}
            onChange={(event) => change({ [right]: event.currentTarget.checked })}
          />
        ))}
      </div>
    </fieldset>
  );
}

const methods = ['SystemDefault', 'C-MOVE', 'C-GET'] as const;

function Advanced({ fields, change, fault }: PartProps) {
  const { t } = useTranslation();
  const { system } = useWindowState();
  const ownTitle = useStore(system, (state) => state.info?.AETitle ?? '');
  return (
    <>
      <div className={styles['two']}>
        <TextInput
          label={t('devices.localAet')}
          placeholder={ownTitle}
          value={fields.LocalAet}
          onChange={(event) => change({ LocalAet: event.currentTarget.value })}
          error={fault('LocalAet')}
          maxLength={16}
        />
        <TextInput
          label={t('devices.timeout')}
          placeholder={t('devices.timeoutDefault')}
          inputMode="numeric"
          value={fields.Timeout}
          onChange={(event) => change({ Timeout: event.currentTarget.value })}
          error={fault('Timeout')}
          maxLength={5}
        />
        <Select
          label={t('devices.retrieveMethod')}
          size="xs"
          data={methods.map((value) => ({ value, label: t(`devices.method.${value}`) }))}
          value={fields.RetrieveMethod}
          onChange={(value) =>
            change({ RetrieveMethod: methods.find((method) => method === value) ?? 'SystemDefault' })
          }
          allowDeselect={false}
          withScrollArea={false}
        />
        <TextInput
          label={t('devices.manufacturer')}
          value={fields.Manufacturer}
          onChange={(event) => change({ Manufacturer: event.currentTarget.value })}
          maxLength={64}
        />
      </div>
      <Checkbox
        size="xs"
        label={t('devices.tls')}
        checked={fields.UseDicomTls}
        onChange={(event) => change({ UseDicomTls: event.currentTarget.checked })}
      />
      <Checkbox
        size="xs"
        label={t('devices.transcoding')}
        checked={fields.AllowTranscoding}
        onChange={(event) => change({ AllowTranscoding: event.currentTarget.checked })}
      />
    </>
  );
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
        <Connection {...{ fields, change, fault }} />
        <Rights {...{ fields, change }} />
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
        {isAdvanced ? <Advanced {...{ fields, change, fault }} /> : undefined}
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
