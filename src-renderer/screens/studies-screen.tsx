/** The screen of the day: search, the study list, and the series of the chosen study. */
import { Button, Loader } from '@mantine/core';
import { IconPlugConnectedX, IconSearchOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { FaultText } from '../parts/fault-text.tsx';
import { Message } from '../parts/message.tsx';
import type { StudyId } from '../state/study-id.ts';
import { useWindowState } from '../state/window-state.ts';
import { focusGrid } from './focus-grid.ts';
import { SamplesNotice } from './samples-notice.tsx';
import { StudyMarksBar } from './study-marks-bar.tsx';
import { StudyPreview } from './study-preview.tsx';
import { StudyTable } from './study-table.tsx';
import { WelcomeScreen } from './welcome-screen.tsx';
import styles from './studies-screen.module.css';

/** Props: what opening a study does. */
export interface StudiesScreenProps {
  readonly open: (study: StudyId) => void;
}

function NothingFound() {
  const { t } = useTranslation();
  const { studies } = useWindowState();
  /** The button goes with the message, so the keys go to the list. */
  const clear = () => {
    studies.getState().clear();
    focusGrid();
  };
  return (
    <div className={styles['over']}>
      <Message
        icon={<IconSearchOff />}
        title={t('list.nothingFound.title')}
        description={t('list.nothingFound.description')}
        action={
          <Button variant="default" onClick={clear}>
            {t('list.clearAll')}
          </Button>
        }
      />
    </div>
  );
}

function FirstLoadFailed() {
  const { t } = useTranslation();
  const { studies } = useWindowState();
  const error = useStore(studies, (state) => state.error);
  return (
    <Message
      isAlert
      icon={<IconPlugConnectedX />}
      title={t('list.failed')}
      description={error && <FaultText error={error} />}
      action={<Button onClick={() => studies.getState().refresh()}>{t('list.retry')}</Button>}
    />
  );
}

/** A later load failed: the rows that are there stay, and this says that they may be old. */
function LoadFailed() {
  const { t } = useTranslation();
  const { studies } = useWindowState();
  const error = useStore(studies, (state) => state.error);
  if (!error || error.code === 'aborted') return undefined;
  return (
    <div className={styles['failed']} role="alert">
      <span>
        {t('list.failed')}. <FaultText error={error} />
      </span>
      <Button size="compact-xs" variant="default" onClick={() => studies.getState().refresh()}>
        {t('list.retry')}
      </Button>
    </div>
  );
}

/** The study list with its preview; the welcome while the archive is empty. */
export function StudiesScreen({ open }: StudiesScreenProps) {
  const { t } = useTranslation();
  const { studies } = useWindowState();
  const total = useStore(studies, (state) => state.total);
  const hasError = useStore(studies, (state) => state.error !== undefined);
  const isEmpty = useStore(studies, (state) => state.total === 0 && state.isTotalOfAll);
  if (total === undefined && hasError) return <FirstLoadFailed />;
  if (total === undefined) return <Message icon={<Loader size={28} />} title={t('app.loading')} />;
  if (isEmpty) return <WelcomeScreen />;
  return (
    <main className={styles['screen']}>
      <section className={styles['list']}>
        <StudyTable open={open} />
        {total === 0 ? <NothingFound /> : undefined}
        <div className={styles['notices']}>
          <SamplesNotice />
          <LoadFailed />
          <StudyMarksBar />
        </div>
      </section>
      <StudyPreview open={open} />
    </main>
  );
}
