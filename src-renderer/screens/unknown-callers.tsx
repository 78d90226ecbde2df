/** Callers that were refused because nobody knows them yet, each with the way to accept it. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { UnknownCaller } from '#shared/model.ts';
import { Ago } from '../parts/ago.tsx';
import { useWindowState } from '../state/window-state.ts';
import { useReport } from './use-report.ts';
import styles from './unknown-callers.module.css';

/** Props: what accepting does. */
export interface UnknownCallersProps {
  readonly accept: (caller: UnknownCaller) => void;
}

/** The refused callers; nothing where there are none. */
export function UnknownCallers({ accept }: UnknownCallersProps) {
  const { t } = useTranslation();
  const { devices } = useWindowState();
  const report = useReport();
  const unknown = useStore(devices, (state) => state.unknown);
  if (unknown.length === 0) return undefined;
  return (
    <section className={styles['callers']} aria-label={t('devices.unknown.title')}>
      <div>
        <h2 className={styles['title']}>{t('devices.unknown.title')}</h2>
        <p className={styles['text']}>{t('devices.unknown.description')}</p>
      </div>
      <ul className={styles['list']}>
        {unknown.map((caller) => (
          <li key={`${caller.callingAET} ${caller.remoteAddress}`} className={styles['caller']}>
            <div>
              <div>
                <bdi className={styles['name']}>{caller.callingAET}</bdi>{' '}
                {t('devices.unknown.at', { address: caller.remoteAddress })}
              </div>
              <div className={styles['detail']}>
                <bdi lang="en">{caller.reason}</bdi> · {t('devices.unknown.count', { count: caller.count })},{' '}
                <Ago instant={caller.lastAt} />
              </div>
            </div>
            <div className={styles['buttons']}>
              <Button size="xs" onClick={() => accept(caller)}>
                {t('devices.unknown.accept')}
              </Button>
              <Button
                size="xs"
                variant="default"
                onClick={() => void report.unlessDone(devices.getState().dismiss(caller))}
              >
                {t('devices.unknown.dismiss')}
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
