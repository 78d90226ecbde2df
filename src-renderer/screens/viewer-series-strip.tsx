/** The strip of the study's series: a picture, what it is, how many images. */
import { memo, useEffect, useRef } from 'react';
import { Skeleton, Text, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ModalityBadges } from '../parts/modality-badge.tsx';
import { Thumbnail } from '../parts/thumbnail.tsx';
import { useFormat } from '../parts/use-format.ts';
import type { SeriesRow } from '../state/series-store.ts';
import type { ViewerState } from '../state/viewer-store.ts';
import styles from './viewer.module.css';

/** The series to choose from; drawn anew only when they change. */
export const ViewerSeriesStrip = memo(function ViewerSeriesStrip({ state }: { readonly state: ViewerState }) {
  const { t } = useTranslation();
  return (
    <nav className={styles.strip} aria-label={t('viewer.series')}>
      {state.series === undefined && !state.error && [0, 1, 2].map((at) => <Skeleton key={at} height={150} />)}
      {state.series?.map((row) => (
        <SeriesTile
          key={row.SeriesInstanceUID}
          row={row}
          url={state.thumbnailUrl(row.SeriesInstanceUID ?? '')}
          isChosen={row.SeriesInstanceUID === state.SeriesInstanceUID}
          onChoose={() => row.SeriesInstanceUID && state.choose(row.SeriesInstanceUID)}
        />
      ))}
    </nav>
  );
});

interface SeriesTileProps {
  readonly row: SeriesRow;
  readonly url: string;
  readonly isChosen: boolean;
  onChoose(): void;
}

function SeriesTile({ row, url, isChosen, onChoose }: SeriesTileProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const tile = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isChosen) tile.current?.scrollIntoView({ block: 'nearest' });
  }, [isChosen]);
  const count = Number(row.NumberOfSeriesRelatedInstances ?? 0);
  const title = row.SeriesDescription || t('viewer.seriesNumber', { number: row.SeriesNumber ?? '' });
  return (
    <UnstyledButton
      ref={tile}
      className={styles.tile}
      aria-current={isChosen}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onChoose}
    >
      <Thumbnail source={url} label="" />
      <span className={styles.modality}>
        <ModalityBadges value={row.Modality} />
      </span>
      <Text size="xs" lineClamp={2} title={title}>
        <bdi>{title}</bdi>
      </Text>
      <Text size="xs" c="dimmed">
        {t('viewer.frames', { count, shown: format.number(count) })}
      </Text>
    </UnstyledButton>
  );
}
