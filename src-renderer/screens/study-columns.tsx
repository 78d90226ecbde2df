/** The columns of the study list: what each shows, how wide it is, and whether it sorts and filters. */
import {
  columnSizingFeature,
  createColumnHelper,
  metaHelper,
  rowSortingFeature,
  tableFeatures,
} from '@tanstack/react-table';
import { useTranslation } from 'react-i18next';
import type { IndexedKeyword } from '#shared/attributes.ts';
import type { Row } from '#shared/model.ts';
import { Ago } from '../parts/ago.tsx';
import { ModalityBadges } from '../parts/modality-badge.tsx';
import { PersonName } from '../parts/person-name.tsx';
import { PlainText } from '../parts/plain-text.tsx';
import { Thumbnail } from '../parts/thumbnail.tsx';
import { useFormat } from '../parts/use-format.ts';
import { studyOf, thumbnailPath } from '../state/study-id.ts';
import { useWindowState } from '../state/window-state.ts';
import styles from './study-columns.module.css';

/** One line of the list; its row is absent while it is being fetched. */
export interface StudyLine {
  readonly index: number;
  readonly row: Row | undefined;
}

interface StudyColumnMeta {
  /** The keyword that filters, if the column can. */
  readonly filter?: IndexedKeyword;
  /** True for the columns that take the space left over. */
  readonly grows?: true;
  readonly align?: 'end';
}

/** The parts of the table library that the list uses; sorting and filtering are the archive's work. */
export const studyFeatures = tableFeatures({
  rowSortingFeature,
  columnSizingFeature,
  columnMeta: metaHelper<StudyColumnMeta>(),
});

const helper = createColumnHelper<typeof studyFeatures, StudyLine>();

function DicomDate({ date, time }: { readonly date: string | undefined; readonly time?: string | undefined }) {
  const format = useFormat();
  return (
    <span className={styles['text']}>
      {format.date(date)}
      {time ? <span className={styles['second']}>{format.time(time)}</span> : undefined}
    </span>
  );
}

function Counts({ row }: { readonly row: Row }) {
  const { t } = useTranslation();
  const format = useFormat();
  const series = format.number(row.NumberOfStudyRelatedSeries);
  const images = format.number(row.NumberOfStudyRelatedInstances);
  const words = [
    t('preview.series', { count: Number(row.NumberOfStudyRelatedSeries ?? 0), shown: series }),
    t('preview.images', { count: Number(row.NumberOfStudyRelatedInstances ?? 0), shown: images }),
  ].join(', ');
  return (
    <span title={words} aria-label={words} role="img">
      <span className={styles['dim']}>{series} /</span> {images}
    </span>
  );
}

function StudyThumbnail({ row }: { readonly row: Row }) {
  const { bridge } = useWindowState();
  const study = studyOf(row);
  const of = { size: 96, count: row.NumberOfStudyRelatedInstances };
  return study && <Thumbnail source={bridge.url(thumbnailPath(study, of))} label="" />;
}

/** The columns from left to right; sizes are CSS pixels, the least ones where a column grows. */
export const studyColumns = helper.columns([
  helper.display({
    id: 'preview',
    size: 48,
    cell: ({ row: { original } }) => (original.row ? <StudyThumbnail row={original.row} /> : undefined),
  }),
  helper.accessor((line) => line.row?.PatientName, {
    id: 'PatientName',
    size: 172,
    meta: { filter: 'PatientName', grows: true },
    cell: ({ row: { original } }) => <PersonName value={original.row?.PatientName} />,
  }),
  helper.accessor((line) => line.row?.PatientID, {
    id: 'PatientID',
    size: 92,
    meta: { filter: 'PatientID' },
    cell: (cell) => <PlainText text={cell.getValue()} />,
  }),
  helper.accessor((line) => line.row?.PatientBirthDate, {
    id: 'PatientBirthDate',
    size: 92,
    meta: { filter: 'PatientBirthDate' },
    cell: (cell) => <DicomDate date={cell.getValue()} />,
  }),
  helper.accessor((line) => line.row?.StudyDate, {
    id: 'StudyDate',
    size: 136,
    sortDescFirst: true,
    meta: { filter: 'StudyDate' },
    cell: ({ row: { original } }) => <DicomDate date={original.row?.StudyDate} time={original.row?.StudyTime} />,
  }),
  helper.accessor((line) => line.row?.ModalitiesInStudy, {
    id: 'ModalitiesInStudy',
    size: 74,
    meta: { filter: 'ModalitiesInStudy' },
    cell: (cell) => <ModalityBadges value={cell.getValue()} />,
  }),
  helper.accessor((line) => line.row?.StudyDescription, {
    id: 'StudyDescription',
    size: 150,
    meta: { filter: 'StudyDescription', grows: true },
    cell: (cell) => <PlainText text={cell.getValue()} />,
  }),
  helper.accessor((line) => line.row?.AccessionNumber, {
    id: 'AccessionNumber',
    size: 92,
    meta: { filter: 'AccessionNumber' },
    cell: (cell) => <PlainText text={cell.getValue()} />,
  }),
  helper.accessor((line) => line.row?.NumberOfStudyRelatedInstances, {
    id: 'NumberOfStudyRelatedInstances',
    size: 78,
    sortDescFirst: true,
    meta: { align: 'end' },
    cell: ({ row: { original } }) => (original.row ? <Counts row={original.row} /> : undefined),
  }),
  helper.accessor((line) => line.row?.ReceivedAt, {
    id: 'ReceivedAt',
    size: 94,
    sortDescFirst: true,
    meta: { align: 'end' },
    cell: (cell) => <Ago instant={cell.getValue()} />,
  }),
]);
