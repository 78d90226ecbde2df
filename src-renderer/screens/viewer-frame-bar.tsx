/** The bar under the picture: where in the series it is, and playing. */
import { ActionIcon, Select, Slider, Text, Tooltip } from '@mantine/core';
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBack,
  IconPlayerSkipForward,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../parts/use-format.ts';
import { speeds } from '../viewer/shortcuts.ts';
import type { StackState } from '../viewer/stack-state.ts';
import type { StackView } from '../viewer/stack-view.ts';
import styles from './viewer.module.css';

/** What the bar works on. */
export interface ViewerFrameBarProps {
  readonly stack: StackView | undefined;
  readonly state: StackState | undefined;
}

/** The bar; empty for a single image. */
export function ViewerFrameBar({ stack, state }: ViewerFrameBarProps) {
  const { t } = useTranslation();
  const total = state?.frames.length ?? 0;
  if (!stack || !state || total < 2) return <footer className={styles.frameBar} data-is-empty />;
  // While it plays, the frame that is due is ahead of the one that is drawn: the number has to fit the picture.
  const index = (state.cine.isPlaying ? state.shown?.frame.index : undefined) ?? state.target;
  return (
    <footer className={styles.frameBar}>
      {state.cine.count > 1 && <Transport stack={stack} state={state} />}
      <Slider
        className={styles.slider}
        aria-label={t('viewer.position')}
        min={1}
        max={total}
        value={index + 1}
        onChange={(value) => stack.goTo(value - 1)}
        label={null}
        thumbLabel={t('viewer.position')}
        size="sm"
      />
      <Text className={styles.position} size="sm">
        {t('viewer.imageOf', { number: index + 1, total })}
      </Text>
      {state.cine.count > 1 && <Speed stack={stack} state={state} />}
    </footer>
  );
}

interface Playing {
  readonly stack: StackView;
  readonly state: StackState;
}

function Transport({ stack, state: { cine } }: Playing) {
  const { t } = useTranslation();
  const play = t(cine.isPlaying ? 'viewer.cine.pause' : 'viewer.cine.play');
  const PlayIcon = cine.isPlaying ? IconPlayerPauseFilled : IconPlayerPlayFilled;
  return (
    <div className={styles.group} onMouseDown={(event) => event.preventDefault()}>
      <ActionIcon aria-label={t('viewer.cine.previous')} onClick={() => stack.step(-1)}>
        <IconPlayerSkipBack size={18} stroke={1.6} />
      </ActionIcon>
      <Tooltip label={`${play} (${t('viewer.key.Space')})`}>
        <ActionIcon aria-label={play} aria-pressed={cine.isPlaying} onClick={() => stack.togglePlay()}>
          <PlayIcon size={18} />
        </ActionIcon>
      </Tooltip>
      <ActionIcon aria-label={t('viewer.cine.next')} onClick={() => stack.step(1)}>
        <IconPlayerSkipForward size={18} stroke={1.6} />
      </ActionIcon>
    </div>
  );
}

function Speed({ stack, state: { cine } }: Playing) {
  const { t } = useTranslation();
  const format = useFormat();
  const rate = format.number(Number((cine.rate * cine.speed).toFixed(1)));
  return (
    <>
      <Text className={styles.rate} size="xs" c="dimmed">
        {t('viewer.cine.rate', { rate })}
      </Text>
      <Select
        aria-label={t('viewer.cine.speed')}
        className={styles.speed}
        size="xs"
        allowDeselect={false}
        data={speeds.map((speed) => ({ value: String(speed), label: `${format.number(speed)}×` }))}
        value={String(cine.speed)}
        onChange={(value) => stack.speed(Number(value))}
      />
    </>
  );
}
