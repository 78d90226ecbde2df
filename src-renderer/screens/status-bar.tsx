/** The line at the bottom: is the archive receiving, where, and how much room is left. */
import { HoverCard, Loader } from '@mantine/core';
import { IconAlertTriangle, IconAntenna, IconAntennaOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { SystemInfo } from '#shared/model.ts';
import { useFormat } from '../parts/use-format.ts';
import { scannerAddresses } from '../state/system-store.ts';
import { useWindowState } from '../state/window-state.ts';
import styles from './status-bar.module.css';

/** Below this many bytes free the room is shown as running out. */
const littleSpace = 5e9;

function Receiving({ info }: { readonly info: SystemInfo }) {
  const { t } = useTranslation();
  const { AETitle: title, dicomPort: port } = info;
  return port === undefined ? (
    <span className={styles['item']} data-tone="warn">
      <IconAntennaOff size={14} aria-hidden />
      {t('status.notReceiving')}
    </span>
  ) : (
    <span className={styles['item']}>
      <IconAntenna size={14} aria-hidden className={styles['on']} />
      {t('status.receiving', { title, port, address: scannerAddresses(info)[0] ?? '127.0.0.1' })}
    </span>
  );
}

function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <HoverCard position="top-start" width={420} withinPortal>
      <HoverCard.Target>
        <button type="button" className={styles['item']} data-tone="warn">
          <IconAlertTriangle size={14} aria-hidden />
          {t('status.warnings', { count: warnings.length })}
        </button>
      </HoverCard.Target>
      <HoverCard.Dropdown>
        <p className={styles['warningsTitle']}>{t('status.warningsTitle')}</p>
        <ul lang="en" className={styles['warnings']}>
          {warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      </HoverCard.Dropdown>
    </HoverCard>
  );
}

/** The status line. */
export function StatusBar() {
  const { t } = useTranslation();
  const format = useFormat();
  const { system } = useWindowState();
  const info = useStore(system, (state) => state.info);
  const isLost = useStore(system, (state) => state.connection === 'lost' || state.error?.code === 'aborted');
  if (isLost)
    return (
      <footer className={styles['bar']} data-tone="lost" role="alert">
        <Loader size={13} color="currentColor" />
        {t('status.lost')}
      </footer>
    );
  return (
    <footer className={styles['bar']}>
      {info ? (
        <>
          <Receiving info={info} />
          {info.warnings.length > 0 ? <Warnings warnings={info.warnings} /> : undefined}
          <span className={styles['end']} data-tone={info.diskFree < littleSpace ? 'warn' : undefined}>
            {t('status.free', { size: format.bytes(info.diskFree) })}
          </span>
        </>
      ) : undefined}
    </footer>
  );
}
