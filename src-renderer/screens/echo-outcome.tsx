/** What a test of a connection told, in words. */
import { Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { NodeFaultText } from '../parts/node-fault-text.tsx';
import { useFormat } from '../parts/use-format.ts';
import type { EchoTest } from '../state/devices-store.ts';
import styles from './work-screen.module.css';

/** The outcome; nothing before the first test. */
export function EchoOutcome({ test }: { readonly test: EchoTest | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!test) return <span className={styles['outcome']} />;
  if (test.kind === 'running')
    return (
      <span className={styles['outcome']} role="status">
        <Loader size={12} /> {t('devices.testing')}
      </span>
    );
  if (test.kind === 'failed')
    return (
      <div className={styles['outcome']} role="alert">
        <span className={styles['bad']}>
          <NodeFaultText error={test.error} />
        </span>
      </div>
    );
  return (
    <span className={styles['outcome']} role="status">
      <span className={styles['good']}>
        {t('devices.answered', { milliseconds: format.number(Math.max(1, Math.round(test.milliseconds))) })}
      </span>
    </span>
  );
}
