/** The fields of a device's form: how to reach it, what it may do here, and what is seldom changed. */
import { Checkbox, Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { rights } from '../state/device-fields.ts';
import type { DeviceFault, DeviceFields } from '../state/device-fields.ts';
import { useWindowState } from '../state/window-state.ts';
import styles from './work-screen.module.css';

type Change = (change: Partial<DeviceFields>) => void;

/** Props of every part of the form: the fields, how they change, and what is wrong with them. */
export interface DevicePartProps {
  readonly fields: DeviceFields;
  readonly change: Change;
  readonly fault: (fault: DeviceFault) => string | undefined;
}

/** Name, AE title, address and port. */
export function DeviceConnection({ fields, change, fault }: DevicePartProps) {
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

/** What the device may do here. */
export function DeviceRights({ fields, change }: Pick<DevicePartProps, 'fields' | 'change'>) {
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

/** What is seldom changed. */
export function DeviceAdvanced({ fields, change, fault }: DevicePartProps) {
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
