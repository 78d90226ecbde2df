/** The columns of the list of jobs. */
import {
  IconArrowsExchange,
  IconClipboardCheck,
  IconCloudDownload,
  IconCloudUpload,
  IconShieldCheck,
} from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import type { Job, JobType } from '#shared/model.ts';
import { Ago } from '../parts/ago.tsx';
import type { Format } from '../parts/format.ts';
import { PlainText } from '../parts/plain-text.tsx';
import type { RowColumn } from '../parts/row-list.tsx';
import { JobProgress, JobStateTag } from './job-state.tsx';

const look = { size: 17, stroke: 1.6, 'aria-hidden': true } as const;
const icons: Readonly<Record<JobType, ReactNode>> = {
  DicomModalityStore: <IconCloudUpload {...look} />,
  DicomMoveScu: <IconCloudDownload {...look} />,
  DicomGetScu: <IconCloudDownload {...look} />,
  DicomMoveScp: <IconArrowsExchange {...look} />,
  StorageCommitmentScu: <IconShieldCheck {...look} />,
  StorageCommitmentScp: <IconShieldCheck {...look} />,
  MppsForward: <IconClipboardCheck {...look} />,
};

function Note({ job, t, format }: { readonly job: Job; readonly t: TFunction; readonly format: Format }) {
  if (job.status === 'retry' && job.nextTryAt)
    return <PlainText text={t('activity.nextTry', { time: format.clock(job.nextTryAt) })} isDim />;
  if (job.error) return <PlainText text={job.error.message} isDim />;
  if (job.failed > 0)
    return (
      <PlainText text={t('activity.failedCount', { count: job.failed, shown: format.number(job.failed) })} isDim />
    );
  return undefined;
}

/** The columns, given the texts and formats. */
export const jobColumns = (t: TFunction, format: Format): readonly RowColumn<Job>[] => [
  {
    id: 'what',
    name: t('activity.what'),
    size: 230,
    grows: true,
    cell: (job) => (
      <>
        {icons[job.type]}&ensp;
        <strong>
          <PlainText text={t(`activity.type.${job.type}`)} />
        </strong>
        &ensp;
        <PlainText text={job.description} isDim />
      </>
    ),
  },
  { id: 'state', name: t('activity.stateHead'), size: 118, cell: (job) => <JobStateTag job={job} /> },
  {
    id: 'progress',
    name: t('activity.progressHead'),
    size: 204,
    grows: true,
    cell: (job) => <JobProgress job={job} />,
  },
  { id: 'note', name: t('activity.note'), size: 180, grows: true, cell: (job) => <Note {...{ job, t, format }} /> },
  { id: 'when', name: t('activity.created'), size: 96, align: 'end', cell: (job) => <Ago instant={job.createdAt} /> },
];
