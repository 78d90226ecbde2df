/** The picture with everything that lies over it. */
import { useEffect } from 'react';
import type { RefObject } from 'react';
import { Button, Loader, Progress, Text } from '@mantine/core';
import { IconAlertTriangle, IconPhotoOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { errorText } from '../parts/error-text.ts';
import { useFormat } from '../parts/use-format.ts';
import type { ViewerState } from '../state/viewer-store.ts';
import { attachGestures } from '../viewer/gestures.ts';
import type { DragTool } from '../viewer/gestures.ts';
import { hasImages } from '../viewer/series-frames.ts';
import type { StackState } from '../viewer/stack-state.ts';
import type { OpenStack } from '../viewer/use-stack-view.ts';
import type { SpaceBar } from '../viewer/use-viewer-keys.ts';
import type { ViewerErrorValue } from '../viewer/viewer-error.ts';
import { ViewerOverlay } from './viewer-overlay.tsx';
import styles from './viewer.module.css';

/** What the stage shows. */
export interface ViewerStageProps {
  readonly state: ViewerState;
  readonly open: OpenStack;
  readonly stackState: StackState | undefined;
  readonly tool: DragTool;
  readonly space: RefObject<SpaceBar>;
  readonly showsTexts: boolean;
  readonly element: HTMLDivElement | null;
  setElement(element: HTMLDivElement | null): void;
}

/** The stage. The data attributes say what is on the screen, for tests and for whoever looks into the page. */
export function ViewerStage({
  state,
  open,
  stackState,
  tool,
  space,
  showsTexts,
  element,
  setElement,
}: ViewerStageProps) {
  const { stack } = open;
  const shown = stackState?.shown;
  const seriesError = state.error ?? open.error ?? stackState?.broken;
  const error = seriesError ?? stackState?.error;
  useEffect(() => {
    if (!element || !stack) return;
    const isSpaceHeld = () => {
      space.current.wasUsed ||= space.current.isHeld;
      return space.current.isHeld;
    };
    return attachGestures(element, stack, { tool: () => tool, isSpaceHeld });
  }, [element, stack, tool, space]);
  const isWaiting = !error && (!stackState || shown?.frame.index !== stackState.target);
  return (
    <section
      className={styles.stage}
      data-target={stackState?.target}
      data-shown={error ? undefined : shown?.frame.index}
    >
      {/* Cornerstone paints in here; React only owns the frame. */}
      <div ref={setElement} className={styles.surface} data-tool={tool} tabIndex={-1} />
      {shown && !error && state.view && (
        <ViewerOverlay {...{ view: state.view, shown, total: stackState.frames.length, showsTexts }} />
      )}
      {stackState && <Loading state={stackState} />}
      {state.view && !error && state.newImages > 0 && <Arrived state={state} />}
      {isWaiting && (!state.view || hasImages(state.view)) && <Waiting state={state} target={stackState?.target} />}
      {error && <Failure error={error} isFrame={seriesError === undefined} onRetry={state.retry} />}
      {!error && <Nothing state={state} />}
    </section>
  );
}

/** How much has come, until all has. */
function Loading({ state: { progress } }: { readonly state: StackState }) {
  const { t } = useTranslation();
  const { done, failed, total } = progress;
  if (done + failed >= total)
    return failed > 0 && total > 1 ? (
      <div className={styles.loading} role="status">
        <Text size="xs" c="yellow.4">
          {t('viewer.failedCount', { count: failed })}
        </Text>
      </div>
    ) : null;
  const text = t('viewer.loadingOf', { done, total });
  return (
    <div className={styles.loading}>
      <Progress value={(100 * (done + failed)) / total} size={3} radius={0} aria-label={text} />
      <Text size="xs" c="dimmed">
        {text}
      </Text>
    </div>
  );
}

/** The picture does not change by itself under who reads it. */
function Arrived({ state: { newImages, showNew } }: { readonly state: ViewerState }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={styles.arrived} role="status">
      <Button size="xs" onMouseDown={(event) => event.preventDefault()} onClick={showNew}>
        {t('viewer.newImages', { count: newImages, shown: format.number(newImages) })}
      </Button>
    </div>
  );
}

/** Over an older picture it says that this is not the one that was asked for. */
function Waiting({ state, target }: { readonly state: ViewerState; readonly target: number | undefined }) {
  const { t } = useTranslation();
  if (state.series?.length === 0) return null;
  return (
    <div className={styles.waiting} role="status">
      <Loader size="sm" />
      <Text size="sm">{target === undefined ? t('viewer.loading') : t('viewer.waiting', { number: target + 1 })}</Text>
    </div>
  );
}

/** Where the archive cannot be reached, nothing of what is said comes from it. */
const isOwnWord = ({ code }: ViewerErrorValue): boolean => code === 'aborted';

interface FailureProps {
  readonly error: ViewerErrorValue;
  readonly isFrame: boolean;
  onRetry(): void;
}

/** In place of the picture: what went wrong, in words. Never an empty screen, never another image. */
function Failure({ error, isFrame, onRetry }: FailureProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.failure} role="alert">
      <IconAlertTriangle size={40} stroke={1.3} aria-hidden />
      <Text fw={600} size="md">
        {t(isFrame ? 'viewer.frameFailed' : 'viewer.seriesFailed')}
      </Text>
      <Text>{error.fault ? t(`viewer.fault.${error.fault}`) : errorText(t, error)}</Text>
      {error.message !== '' && !isOwnWord(error) && (
        <Text c="dimmed" size="sm">
          {error.message}
        </Text>
      )}
      <Button variant="default" onClick={onRetry}>
        {t('viewer.retry')}
      </Button>
    </div>
  );
}

/** A study without series, a series without images. */
function Nothing({ state }: { readonly state: ViewerState }) {
  const { t } = useTranslation();
  const isEmptyStudy = state.series?.length === 0;
  if (!isEmptyStudy && (!state.view || hasImages(state.view))) return null;
  const key = isEmptyStudy ? 'viewer.noSeries' : 'viewer.noImages';
  return (
    <div className={styles.failure}>
      <IconPhotoOff size={40} stroke={1.3} aria-hidden />
      <Text fw={600} size="md">
        {t(`${key}.title`)}
      </Text>
      <Text c="dimmed" size="sm">
        {t(`${key}.description`)}
      </Text>
    </div>
  );
}
