/** The chosen study at a glance: whose it is, and its series as pictures. */
import { ActionIcon, Alert, Button, Skeleton, Tooltip } from '@mantine/core';
import { IconCalendarPlus, IconCloudUpload, IconLayoutSidebarRight, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Row } from '#shared/model.ts';
import { FaultText } from '../parts/fault-text.tsx';
import { Message } from '../parts/message.tsx';
import { ModalityBadges } from '../parts/modality-badge.tsx';
import { PersonName } from '../parts/person-name.tsx';
import { Thumbnail } from '../parts/thumbnail.tsx';
import { useFormat } from '../parts/use-format.ts';
import { rowAt } from '../state/row-pages.ts';
import type { SeriesRow } from '../state/series-store.ts';
import { isSameStudy, studyKey, studyOf, thumbnailPath } from '../state/study-id.ts';
import type { StudyId } from '../state/study-id.ts';
import { dicomDay } from '../state/dicom-day.ts';
import { draftOfStudy } from '../state/worklist-fields.ts';
import { useWindowState } from '../state/window-state.ts';
import styles from './study-preview.module.css';

/** Milliseconds the choice must rest before its series are fetched: holding an arrow key down fetches none. */
const restTime = 100;

function StudyHead({ study }: { readonly study: Row }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <header className={styles['head']}>
      <h2 className={styles['name']}>
        <PersonName value={study.PatientName} />
      </h2>
      <div className={styles['dim']}>
        <bdi>{study.PatientID}</bdi>
        {study.PatientBirthDate ? (
          <span>{t('preview.born', { date: format.date(study.PatientBirthDate) })}</span>
        ) : undefined}
      </div>
      <div className={styles['description']}>
        <bdi>{study.StudyDescription}</bdi>
      </div>
      <div className={styles['dim']}>
        <span>
          {format.date(study.StudyDate)} {format.time(study.StudyTime)}
        </span>
        <bdi>{study.InstitutionName}</bdi>
      </div>
    </header>
  );
}

function SeriesCard({ study, series }: { readonly study: StudyId; readonly series: SeriesRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { bridge, send } = useWindowState();
  const { SeriesInstanceUID, NumberOfSeriesRelatedInstances } = series;
  const path = thumbnailPath(study, { SeriesInstanceUID, size: 192, count: NumberOfSeriesRelatedInstances });
  const count = Number(NumberOfSeriesRelatedInstances ?? 0);
  const title = series.SeriesDescription || t('preview.seriesNumber', { number: series.SeriesNumber ?? '' });
  const openSend = () =>
    send.getState().open({ kind: 'series', scopes: [{ ...study, SeriesInstanceUID: SeriesInstanceUID ?? '' }] });
  return (
    <li className={styles['card']}>
      <Thumbnail source={bridge.url(path)} label="" />
      <Tooltip label={t('send.series')}>
        <ActionIcon
          className={styles['send']}
          size={28}
          variant="default"
          aria-label={`${t('send.series')}: ${title}`}
          onClick={openSend}
        >
          <IconCloudUpload size={16} />
        </ActionIcon>
      </Tooltip>
      <div className={styles['cardText']}>
        <bdi className={styles['cardTitle']} title={title}>
          {title}
        </bdi>
        <span className={styles['cardDetail']}>
          <ModalityBadges value={series.Modality} />
          {t('preview.images', { count, shown: format.number(count) })}
        </span>
      </div>
    </li>
  );
}

function SeriesList({ study }: { readonly study: StudyId }) {
  const { t } = useTranslation();
  const store = useWindowState().series;
  // Until the choice has rested, the store still has the series of another study.
  const series = useStore(store, (state) => (isSameStudy(state.study, study) ? state.series : undefined));
  const error = useStore(store, (state) => (isSameStudy(state.study, study) ? state.error : undefined));
  if (error && !series)
    return (
      <Alert color="red" title={t('preview.failed')}>
        <FaultText error={error} />
      </Alert>
    );
  return (
    <ul className={styles['cards']} aria-busy={!series}>
      {series?.map((one) => (
        <SeriesCard key={`${studyKey(study)} ${one.SeriesInstanceUID}`} study={study} series={one} />
      )) ?? [0, 1].map((place) => <Skeleton key={place} className={styles['card']} height={148} animate={false} />)}
    </ul>
  );
}

/** What else can be done with the study. */
function StudyActions({ id, study }: { readonly id: StudyId; readonly study: Row }) {
  const { t } = useTranslation();
  const { send, worklist } = useWindowState();
  return (
    <div className={styles['actions']}>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconCloudUpload size={15} />}
        onClick={() => send.getState().open({ kind: 'studies', scopes: [id] })}
      >
        {t('send.action')}
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconCalendarPlus size={15} />}
        onClick={() => worklist.getState().edit(draftOfStudy(study, dicomDay(new Date())))}
      >
        {t('worklist.again')}
      </Button>
    </div>
  );
}

/** Props: what opening a study does. */
export interface StudyPreviewProps {
  readonly open: (study: StudyId) => void;
}

/** The pane beside the list. */
export function StudyPreview({ open }: StudyPreviewProps) {
  const { t } = useTranslation();
  const { studies, series } = useWindowState();
  const selected = useStore(studies, (state) => state.selected);
  const study = useStore(studies, ({ pages, cursor }) => (cursor === undefined ? undefined : rowAt(pages, cursor)));
  useEffect(() => {
    const timer = setTimeout(() => series.getState().show(selected), restTime);
    return () => clearTimeout(timer);
  }, [selected, series]);
  return (
    <aside className={styles['pane']} aria-label={t('preview.label')}>
      {selected && study && isSameStudy(studyOf(study), selected) ? (
        <>
          <StudyHead study={study} />
          <Button
            fullWidth
            className={styles['open']}
            leftSection={<IconPlayerPlay size={15} />}
            onClick={() => open(selected)}
          >
            {t('preview.open')}
          </Button>
          <StudyActions id={selected} study={study} />
          <SeriesList study={selected} />
        </>
      ) : (
        <Message
          icon={<IconLayoutSidebarRight stroke={1.4} />}
          title={t('preview.none.title')}
          description={t('preview.none.description')}
        />
      )}
    </aside>
  );
}
