/** What to type into a scanner so that it sends here. */
import { Alert, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { CopyField } from '../parts/copy-field.tsx';
import { FaultText } from '../parts/fault-text.tsx';
import { scannerAddresses } from '../state/system-store.ts';
import { useWindowState } from '../state/window-state.ts';
import styles from './scanner-details.module.css';

/** AE title, IP addresses and port, each with a copy button. */
export function ScannerDetails() {
  const { t } = useTranslation();
  const { system } = useWindowState();
  const info = useStore(system, (state) => state.info);
  const error = useStore(system, (state) => state.error);
  if (!info && error)
    return (
      <Alert color="red">
        <FaultText error={error} />
      </Alert>
    );
  if (!info) return undefined;
  if (info.dicomPort === undefined) return <Alert color="orange">{t('scanner.notListening')}</Alert>;
  return (
    <div className={styles['details']}>
      <Text c="dimmed">{t('scanner.description')}</Text>
      <CopyField label={t('scanner.aeTitle')} value={info.AETitle} />
      {scannerAddresses(info).map((address) => (
        <CopyField key={address} label={t('scanner.address')} value={address} />
      ))}
      {info.addresses.length === 0 ? <Alert color="orange">{t('scanner.noAddress')}</Alert> : undefined}
      <CopyField label={t('scanner.port')} value={String(info.dicomPort)} />
      <Text c="dimmed">{t('scanner.check')}</Text>
    </div>
  );
}
