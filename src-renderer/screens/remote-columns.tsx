/** The columns of another node's answers: studies, and their series below them. */
import { Checkbox, Loader, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import type { RemoteRow } from '#shared/contract.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { Format } from '../parts/format.ts';
import { ModalityBadges } from '../parts/modality-badge.tsx';
import { NodeFaultText } from '../parts/node-fault-text.tsx';
import { PersonName } from '../parts/person-name.tsx';
import { PlainText } from '../parts/plain-text.tsx';
import type { RowColumn } from '../parts/row-list.tsx';
import { Tag } from '../parts/tag.tsx';
import type { RemoteItem } from '../state/remote-store.ts';
import styles from './remote-columns.module.css';

/** One line: a study, one of its series, or what is known of the series instead. */
export type RemoteLine =
  | { readonly kind: 'study'; readonly item: RemoteItem; readonly row: RemoteRow; readonly isOpen: boolean }
  | { readonly kind: 'series'; readonly item: RemoteItem; readonly row: RemoteRow }
  | {
      readonly kind: 'state';
      readonly item: RemoteItem;
      readonly error: PacsErrorValue | undefined;
      readonly isNone: boolean;
    };

/** What the columns need beside the lines. */
export interface RemoteTools {
  readonly t: TFunction;
  readonly format: Format;
  readonly isMarked: (item: RemoteItem) => boolean;
  readonly mark: (item: RemoteItem) => void;
  readonly toggle: (StudyInstanceUID: string) => void;
  /** Images of a study that we have; undefined where it is not here. */
  readonly hereOf: (StudyInstanceUID: string) => number | undefined;
}

const value = (row: RemoteRow, keyword: string): string => row[keyword] ?? '';

function Here({ line, tools: { t, format, hereOf } }: { readonly line: RemoteLine; readonly tools: RemoteTools }) {
  const here = line.kind === 'study' ? hereOf(line.item.StudyInstanceUID) : undefined;
  if (here === undefined || line.kind !== 'study') return undefined;
  const there = Number(value(line.row, 'NumberOfStudyRelatedInstances'));
  if (there > here)
    return (
      <Tag tone="wait" text={t('remote.hereInPart', { here: format.number(here), there: format.number(there) })} />
    );
  return <Tag tone="good" text={t('remote.here')} />;
}

function First({ line, tools }: { readonly line: RemoteLine; readonly tools: RemoteTools }) {
  const { t, isMarked, mark, toggle } = tools;
  const { StudyInstanceUID } = line.item;
  if (line.kind === 'state') return undefined;
  const isWithStudy = line.kind === 'series' && isMarked({ StudyInstanceUID });
  return (
    <span className={styles['first']}>
      {line.kind === 'study' ? (
        <UnstyledButton
          className={styles['chevron']}
          tabIndex={-1}
          aria-label={line.isOpen ? t('remote.closeSeries') : t('remote.openSeries')}
          onClick={() => toggle(StudyInstanceUID)}
        >
          {line.isOpen ? <IconChevronDown size={16} /> : <IconChevronRight size={16} />}
        </UnstyledButton>
      ) : (
        <span className={styles['indent']} />
      )}
      <Checkbox
        size="xs"
        tabIndex={-1}
        aria-label={t('remote.choose')}
        checked={isWithStudy || isMarked(line.item)}
        disabled={isWithStudy}
        onChange={() => mark(line.item)}
      />
    </span>
  );
}

function Name({ line, t }: { readonly line: RemoteLine; readonly t: TFunction }) {
  if (line.kind === 'study')
    return (
      <strong>
        <PersonName value={value(line.row, 'PatientName')} />
      </strong>
    );
  if (line.kind === 'series')
    return <PlainText text={t('preview.seriesNumber', { number: value(line.row, 'SeriesNumber') })} isDim />;
  if (line.error) return <NodeFaultText error={{ code: line.error.code, message: '' }} />;
  return line.isNone ? <PlainText text={t('remote.noSeries')} isDim /> : <Loader size={14} />;
}

const text = (line: RemoteLine, ofStudy: string, ofSeries: string): string =>
  line.kind === 'state' ? '' : value(line.row, line.kind === 'study' ? ofStudy : ofSeries);

/** The columns from left to right. */
export const remoteColumns = (tools: RemoteTools): readonly RowColumn<RemoteLine>[] => {
  const { t, format } = tools;
  return [
    { id: 'mark', name: '', size: 78, cell: (line) => <First line={line} tools={tools} /> },
    {
      id: 'PatientName',
      name: t('column.PatientName'),
      size: 170,
      grows: true,
      cell: (line) => <Name line={line} t={t} />,
    },
    {
      id: 'PatientID',
      name: t('column.PatientID'),
      size: 106,
      cell: (line) => <PlainText text={text(line, 'PatientID', '')} />,
    },
    {
      id: 'PatientBirthDate',
      name: t('column.PatientBirthDate'),
      size: 92,
      cell: (line) => format.date(text(line, 'PatientBirthDate', '')),
    },
    {
      id: 'StudyDate',
      name: t('column.StudyDate'),
      size: 132,
      cell: (line) => `${format.date(text(line, 'StudyDate', ''))} ${format.time(text(line, 'StudyTime', ''))}`.trim(),
    },
    {
      id: 'Modality',
      name: t('column.ModalitiesInStudy'),
      size: 84,
      cell: (line) => <ModalityBadges value={text(line, 'ModalitiesInStudy', 'Modality')} />,
    },
    {
      id: 'description',
      name: t('column.StudyDescription'),
      size: 150,
      grows: true,
      cell: (line) => <PlainText text={text(line, 'StudyDescription', 'SeriesDescription')} />,
    },
    {
      id: 'images',
      name: t('column.NumberOfStudyRelatedInstances'),
      size: 68,
      align: 'end',
      cell: (line) => format.number(text(line, 'NumberOfStudyRelatedInstances', 'NumberOfSeriesRelatedInstances')),
    },
    { id: 'here', name: '', size: 150, cell: (line) => <Here line={line} tools={tools} /> },
  ];
};
