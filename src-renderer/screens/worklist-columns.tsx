/** The columns of the worklist. */
import { IconFile } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import type { WorklistItem } from '#shared/model.ts';
import type { Format } from '../parts/format.ts';
import { ModalityBadges } from '../parts/modality-badge.tsx';
import { PersonName } from '../parts/person-name.tsx';
import { PlainText } from '../parts/plain-text.tsx';
import { readableName } from '../parts/readable-name.ts';
import type { RowColumn } from '../parts/row-list.tsx';
import { WorklistStateTag } from './worklist-state-tag.tsx';

/** What is to be done, in the item's own words. */
const procedureOf = (item: WorklistItem): string =>
  item.ScheduledProcedureStepDescription || item.RequestedProcedureDescription;

/** The columns, given the texts and formats; `withDay` where more than one day is shown, `deviceOf` names a station. */
export const worklistColumns = (
  t: TFunction,
  format: Format,
  withDay: boolean,
  deviceOf: (AET: string) => string,
): readonly RowColumn<WorklistItem>[] => [
  ...(withDay
    ? [
        {
          id: 'day',
          name: t('worklist.day'),
          size: 128,
          cell: (item: WorklistItem) => format.day(item.ScheduledProcedureStepStartDate),
        },
      ]
    : []),
  {
    id: 'time',
    name: t('worklist.time'),
    size: 64,
    cell: (item) => <strong>{format.time(item.ScheduledProcedureStepStartTime) || '–'}</strong>,
  },
  {
    id: 'patient',
    name: t('column.PatientName'),
    size: 160,
    grows: true,
    cell: (item) => (
      <strong>
        <PersonName value={item.PatientName} />
      </strong>
    ),
  },
  {
    id: 'PatientID',
    name: t('column.PatientID'),
    size: 96,
    cell: (item) => <PlainText text={item.PatientID} />,
  },
  {
    id: 'Modality',
    name: t('column.ModalitiesInStudy'),
    size: 56,
    cell: (item) => <ModalityBadges value={item.Modality} />,
  },
  {
    id: 'procedure',
    name: t('worklist.procedure'),
    size: 150,
    grows: true,
    cell: (item) => <PlainText text={procedureOf(item)} />,
  },
  {
    id: 'device',
    name: t('worklist.device'),
    size: 116,
    grows: true,
    cell: (item) => <PlainText text={deviceOf(item.ScheduledStationAETitle)} isDim />,
  },
  ...(withDay
    ? []
    : [
        {
          id: 'physician',
          name: t('worklist.performing'),
          size: 104,
          cell: (item: WorklistItem) => (
            <PlainText text={readableName(item.ScheduledPerformingPhysicianName).main} isDim />
          ),
        },
      ]),
  {
    id: 'state',
    name: t('worklist.stateHead'),
    size: 118,
    cell: (item) => (
      <>
        <WorklistStateTag status={item.status} />
        {item.source === 'file' ? (
          <span title={t('worklist.fromFile')} role="img" aria-label={t('worklist.fromFile')}>
            &nbsp;
            <IconFile size={13} stroke={1.6} />
          </span>
        ) : undefined}
      </>
    ),
  },
];
