/** The window: the bars, the study list, the viewer over it, and the panels that come and go. */
import { Button, Loader, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMoodSad } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { NowProvider } from './parts/ago.tsx';
import { ErrorBoundary } from './parts/error-boundary.tsx';
import { FormatProvider } from './parts/format-provider.tsx';
import { Message } from './parts/message.tsx';
import { focusGrid } from './screens/focus-grid.ts';
import { ImportDrop } from './screens/import-drop.tsx';
import { ImportPanel } from './screens/import-panel.tsx';
import { RefusalsDrawer } from './screens/refusals-drawer.tsx';
import { ScannerDetails } from './screens/scanner-details.tsx';
import { StatusBar } from './screens/status-bar.tsx';
import { StudiesScreen } from './screens/studies-screen.tsx';
import { TopBar } from './screens/top-bar.tsx';
import type { StudyId } from './state/study-id.ts';
import { studyKey } from './state/study-id.ts';
import { useWindowState } from './state/window-state.ts';
import styles from './app.module.css';

// The viewer brings some megabytes of code that the list does not need.
const loadViewer = () => import('./screens/viewer-screen.tsx');
const ViewerScreen = lazy(async () => ({ default: (await loadViewer()).ViewerScreen }));

/** Fetches the viewer's code once the list is there and the window has nothing else to do, so that opening need not wait for it. */
function useViewerAhead(): void {
  const { studies } = useWindowState();
  const hasList = useStore(studies, (state) => state.total !== undefined && !state.isLoading);
  useEffect(() => {
    if (!hasList) return undefined;
    // Where it cannot be had now, opening asks again, and says so.
    const idle = requestIdleCallback(() => void loadViewer().catch(() => undefined), { timeout: 10_000 });
    return () => cancelIdleCallback(idle);
  }, [hasList]);
}

function Viewer({ study, close }: { readonly study: StudyId; readonly close: () => void }) {
  const { t } = useTranslation();
  const broken = (
    <Message
      isAlert
      icon={<IconMoodSad />}
      title={t('app.broken.title')}
      description={t('app.broken.description')}
      action={<Button onClick={close}>{t('app.broken.back')}</Button>}
    />
  );
  return (
    <div className={styles['viewer']}>
      <ErrorBoundary instead={broken}>
        <Suspense fallback={<Message icon={<Loader size={28} />} title={t('app.loading')} />}>
          <ViewerScreen
            key={studyKey(study)}
            patientID={study.PatientID}
            studyInstanceUID={study.StudyInstanceUID}
            onClose={close}
          />
        </Suspense>
      </ErrorBoundary>
    </div>
  );
}

/** Everything inside the window. */
export function App() {
  const { t } = useTranslation();
  useViewerAhead();
  const [study, setStudy] = useState<StudyId>();
  /** Back to the list, with the keys where they were. */
  const closeViewer = () => {
    flushSync(() => setStudy(undefined));
    focusGrid();
  };
  const [scanner, scannerPanel] = useDisclosure(false);
  const [refusals, refusalsPanel] = useDisclosure(false);
  return (
    <FormatProvider>
      <NowProvider>
        {/* The list stays as it is behind the viewer: its place, its search and its choice. */}
        <div className={styles['window']} data-window inert={study !== undefined}>
          <TopBar showScanner={scannerPanel.open} showRefusals={refusalsPanel.open} />
          <div className={styles['content']}>
            <StudiesScreen open={setStudy} />
          </div>
          <StatusBar />
        </div>
        {study === undefined ? undefined : <Viewer study={study} close={closeViewer} />}
        <Modal
          opened={scanner}
          onClose={scannerPanel.close}
          title={t('scanner.title')}
          closeButtonProps={{ 'aria-label': t('app.close') }}
        >
          <ScannerDetails />
        </Modal>
        <RefusalsDrawer opened={refusals} close={refusalsPanel.close} />
        <ImportPanel />
        <ImportDrop />
      </NowProvider>
    </FormatProvider>
  );
}
