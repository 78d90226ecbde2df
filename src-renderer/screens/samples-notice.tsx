/** The sample studies on their way in, or why they did not come: shown with the welcome and, when that is gone, over the list. */
import { Alert, Button, Loader, Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { FaultText } from '../parts/fault-text.tsx';
import { useWindowState } from '../state/window-state.ts';
import styles from './samples-notice.module.css';

function SamplesProgress({ done, total }: { readonly done: number; readonly total: number }) {
  const { t } = useTranslation();
  if (total === 0)
    return (
      <span className={styles['adding']}>
        <Loader size={16} /> {t('samples.adding')}
      </span>
    );
  return (
    <div className={styles['progress']} role="status">
      <span>{t('samples.addingOf', { done, total })}</span>
      <Progress value={(100 * done) / total} aria-label={t('samples.adding')} />
    </div>
  );
}

/** The progress, the error with a way to try again, or nothing. */
export function SamplesNotice() {
  const { t } = useTranslation();
  const { system } = useWindowState();
  const samples = useStore(system, (state) => state.samples);
  const error = useStore(system, (state) => state.samplesError);
  if (samples) return <SamplesProgress {...samples} />;
  if (!error) return undefined;
  return (
    <Alert
      color="red"
      title={t('samples.failed')}
      withCloseButton
      closeButtonLabel={t('app.close')}
      onClose={() => system.getState().dismissSamplesError()}
    >
      <FaultText error={error} />
      <Button
        size="compact-sm"
        variant="default"
        className={styles['again']}
        onClick={() => void system.getState().addSamples()}
      >
        {t('list.retry')}
      </Button>
    </Alert>
  );
}
