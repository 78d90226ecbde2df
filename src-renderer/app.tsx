/** The window: the bars, the screens, the viewer over them, and the panels that come and go. */
import { Button, Loader, Modal } from '@mantine/core';
import { DatesProvider } from '@mantine/dates';
import { useDisclosure } from '@mantine/hooks';
import { IconMoodSad } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { NowProvider } from './parts/ago.tsx';
import { ErrorBoundary } from './parts/error-boundary.tsx';
import { FormatProvider } from './parts/format-provider.tsx';
import { Message } from './parts/message.tsx';
import { focusGrid } from './screens/focus-grid.ts';
import { ActivityScreen } from './screens/activity-screen.tsx';
import { DevicesScreen } from './screens/devices-screen.tsx';
import { ImportDrop } from './screens/import-drop.tsx';
import { ImportPanel } from './screens/import-panel.tsx';
import { Notices } from './screens/notices.tsx';
import { RefusalsDrawer } from './screens/refusals-drawer.tsx';
import { RemoteScreen } from './screens/remote-screen.tsx';
import { ScannerDetails } from './screens/scanner-details.tsx';
import { SendDialog } from './screens/send-dialog.tsx';
import { StatusBar } from './screens/status-bar.tsx';
import { StudiesScreen } from './screens/studies-screen.tsx';
import { TopBar } from './screens/top-bar.tsx';
import { WorklistForm } from './screens/worklist-form.tsx';
import { WorklistScreen } from './screens/worklist-screen.tsx';
import type { Screen } from './state/navigation-store.ts';
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

/** The study list, which stays as it is behind the others: its place, its search and its choice; and the screen that is on. */
function Screens({
  open,
  showRefusals,
}: {
  readonly open: (study: StudyId) => void;
  readonly showRefusals: () => void;
}) {
  const { t } = useTranslation();
  const { navigation } = useWindowState();
  const screen = useStore(navigation, (state) => state.screen);
  const others: Readonly<Record<Exclude<Screen, 'studies'>, ReactNode>> = {
    worklist: <WorklistScreen />,
    devices: <DevicesScreen />,
    remote: <RemoteScreen />,
    activity: <ActivityScreen showRefusals={showRefusals} />,
  };
  const broken = (
    <Message isAlert icon={<IconMoodSad />} title={t('app.broken.title')} description={t('app.broken.description')} />
  );
  return (
    <>
      <div className={styles['screen']} data-screen="studies" inert={screen !== 'studies'}>
        <StudiesScreen open={open} />
      </div>
      {screen === 'studies' ? undefined : (
        <div key={screen} className={styles['screen']} data-screen={screen}>
          <ErrorBoundary instead={broken}>{others[screen]}</ErrorBoundary>
        </div>
      )}
    </>
  );
}

/** Everything inside the window. */
export function App() {
  const { t, i18n } = useTranslation();
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
      <DatesProvider settings={{ locale: i18n.language }}>
        <NowProvider>
          <div className={styles['window']} data-window inert={study !== undefined}>
            <TopBar showScanner={scannerPanel.open} showRefusals={refusalsPanel.open} />
            <div className={styles['content']}>
              <Screens open={setStudy} showRefusals={refusalsPanel.open} />
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
          <SendDialog />
          <WorklistForm />
          <Notices />
          <RefusalsDrawer opened={refusals} close={refusalsPanel.close} />
          <ImportPanel />
          <ImportDrop />
        </NowProvider>
      </DatesProvider>
    </FormatProvider>
  );
}
