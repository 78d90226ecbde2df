/** One device beside the list: how it is doing, what it may do here, and what can be done with it. */
import { Button } from '@mantine/core';
import { IconListSearch, IconLock, IconPencil, IconPlugConnected, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Device } from '#shared/model.ts';
import { Ago } from '../parts/ago.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Facts } from '../parts/facts.tsx';
import { useFormat } from '../parts/use-format.ts';
import { rights } from '../state/device-fields.ts';
import { useWindowState } from '../state/window-state.ts';
import { EchoOutcome } from './echo-outcome.tsx';
import { useReport } from './use-report.ts';
import styles from './work-screen.module.css';

/** Props: the device, and what editing does. */
export interface DeviceDetailsProps {
  readonly device: Device;
  readonly edit: (device: Device) => void;
}

function DeviceFacts({ device }: { readonly device: Device }) {
  const { t } = useTranslation();
  const format = useFormat();
  const allowed = rights.filter((right) => device[right]);
  const contact = device.lastContact ? <Ago instant={device.lastContact} /> : t('devices.state.never');
  const mayAll = allowed.length === rights.length;
  return (
    <Facts
      facts={[
        [t('scanner.aeTitle'), device.AET],
        [t('devices.address'), `${device.Host}:${device.Port}`],
        [t('devices.lastContact'), contact],
        [t('devices.received'), format.number(device.instancesReceived)],
        [t('devices.sent'), format.number(device.instancesSent)],
        [
          t('devices.may'),
          mayAll
            ? t('devices.mayAll')
            : allowed.map((right) => t(`devices.right.${right}`)).join(', ') || t('devices.mayNothing'),
        ],
        [t('devices.encryption'), device.UseDicomTls ? t('devices.encrypted') : undefined],
      ]}
    />
  );
}

function LastError({ device: { lastError, lastErrorAt } }: { readonly device: Device }) {
  const { t } = useTranslation();
  if (lastError === undefined) return undefined;
  return (
    <div className={styles['fault']}>
      <strong>{t('devices.lastError')}</strong> <Ago instant={lastErrorAt} />
      <div lang="en">
        <bdi>{lastError}</bdi>
      </div>
    </div>
  );
}

function RemoveButton({ name }: { readonly name: string }) {
  const { t } = useTranslation();
  const { devices } = useWindowState();
  const report = useReport();
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <Button size="xs" variant="default" leftSection={<IconTrash size={15} />} onClick={() => setIsAsking(true)}>
        {t('devices.remove')}
      </Button>
      {isAsking ? (
        <Confirm
          title={t('devices.removeTitle', { name })}
          text={t('devices.removeText')}
          action={t('devices.remove')}
          confirm={() => void report.unlessDone(devices.getState().remove(name))}
          close={() => setIsAsking(false)}
        />
      ) : undefined}
    </>
  );
}

/** The chosen device. */
export function DeviceDetails({ device, edit }: DeviceDetailsProps) {
  const { t } = useTranslation();
  const { devices, remote, navigation } = useWindowState();
  const test = useStore(devices, (state) => state.tests.get(device.name));
  const ask = () => {
    remote.getState().choose(device.name);
    navigation.getState().show('remote');
  };
  return (
    <>
      <h2 className={styles['title']}>{device.name}</h2>
      <div className={styles['buttons']}>
        <Button
          size="xs"
          leftSection={<IconPlugConnected size={15} />}
          loading={test?.kind === 'running'}
          onClick={() => void devices.getState().test(device.name)}
        >
          {t('devices.test')}
        </Button>
        <Button size="xs" variant="default" leftSection={<IconListSearch size={15} />} onClick={ask}>
          {t('devices.ask')}
        </Button>
        {device.isFixed ? undefined : (
          <>
            <Button size="xs" variant="default" leftSection={<IconPencil size={15} />} onClick={() => edit(device)}>
              {t('devices.edit')}
            </Button>
            <RemoveButton name={device.name} />
          </>
        )}
      </div>
      {test ? <EchoOutcome test={test} /> : undefined}
      <DeviceFacts device={device} />
      <LastError device={device} />
      {device.isFixed ? (
        <p className={styles['dim']}>
          <IconLock size={13} stroke={1.7} aria-hidden /> {t('devices.fixedText')}
        </p>
      ) : undefined}
    </>
  );
}
