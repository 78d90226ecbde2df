/** The viewer: the series of one study on the left, one picture, its tools, and the way back to the list. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useWindowState } from '../state/window-state.ts';
import { createViewerStore } from '../state/viewer-store.ts';
import type { DragTool } from '../viewer/gestures.ts';
import type { Command } from '../viewer/shortcuts.ts';
import { useStackState, useStackView } from '../viewer/use-stack-view.ts';
import { useViewerKeys } from '../viewer/use-viewer-keys.ts';
import { ViewerFrameBar } from './viewer-frame-bar.tsx';
import { ViewerHelp } from './viewer-help.tsx';
import { ViewerSeriesStrip } from './viewer-series-strip.tsx';
import { ViewerStage } from './viewer-stage.tsx';
import { ViewerToolbar } from './viewer-toolbar.tsx';
import styles from './viewer.module.css';

/** What the viewer is given. */
export interface ViewerScreenProps {
  readonly studyInstanceUID: string;
  /** Only what came under it; one StudyInstanceUID may name the studies of two patients. */
  readonly patientID?: string | undefined;
  onClose(): void;
}

/** The viewer of one study. */
export const ViewerScreen = (props: ViewerScreenProps) => (
  <OpenStudy key={`${props.studyInstanceUID} ${props.patientID}`} {...props} />
);

function OpenStudy({ studyInstanceUID, patientID, onClose }: ViewerScreenProps) {
  const { t } = useTranslation();
  const { bridge } = useWindowState();
  const store = useMemo(
    () => createViewerStore(bridge, { StudyInstanceUID: studyInstanceUID, PatientID: patientID }),
    [bridge, studyInstanceUID, patientID],
  );
  const state = useStore(store);
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const [tool, setTool] = useState<DragTool>('window');
  const [showsTexts, setShowsTexts] = useState(true);
  const [showsHelp, setShowsHelp] = useState(false);
  const open = useStackView(element, state.view, {
    visit: state.visit,
    pixelsUrl: state.pixelsUrl,
    onChanged: state.reload,
  });
  const stackState = useStackState(open.stack);

  useEffect(() => store.getState().open(), [store]);

  const command = useCallback(
    (name: Command) => {
      if (name === 'close') onClose();
      if (name === 'help') setShowsHelp(true);
      if (name === 'overlay') setShowsTexts((shows) => !shows);
      if (name === 'nextSeries') store.getState().move(1);
      if (name === 'previousSeries') store.getState().move(-1);
    },
    [store, onClose],
  );
  const presentation = (stackState?.error ?? stackState?.broken) ? undefined : stackState?.shown?.presentation;
  const space = useViewerKeys({ stack: open.stack, stage: element, isOff: showsHelp, rest: command });

  return (
    <main className={styles.viewer} aria-label={t('viewer.label')}>
      <ViewerToolbar {...{ view: state.view, stack: open.stack, presentation, tool, setTool, showsTexts, command }} />
      <ViewerSeriesStrip state={state} />
      <ViewerStage {...{ state, open, stackState, tool, space, showsTexts, element, setElement }} />
      <ViewerFrameBar stack={open.stack} state={stackState} />
      <ViewerHelp isOpen={showsHelp} onClose={() => setShowsHelp(false)} />
    </main>
  );
}
