/** The state of a job in a word, and how far it is. */
import { Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Job, JobStatus } from '#shared/model.ts';
import { Tag } from '../parts/tag.tsx';
import type { Tone } from '../parts/tag.tsx';
import { useFormat } from '../parts/use-format.ts';
import { hasFailed, isOpen } from '../state/jobs-store.ts';
import styles from './job-state.module.css';

const tones: Readonly<Record<JobStatus, Tone>> = {
  pending: 'plain',
  running: 'busy',
  paused: 'wait',
  retry: 'wait',
  success: 'good',
  failure: 'bad',
  cancelled: 'plain',
};

/** The word; a job that did only a part of its work does not read as a success. */
export function JobStateTag({ job }: { readonly job: Job }) {
  const { t } = useTranslation();
  if (job.status === 'success' && hasFailed(job)) return <Tag tone="bad" text={t('activity.inPart')} />;
  return <Tag tone={tones[job.status]} text={t(`activity.state.${job.status}`)} />;
}

/** The bar with its counts. */
export function JobProgress({ job }: { readonly job: Job }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { done, total, failed } = job;
  if (total === 0) return <span className={styles['counts']}>{isOpen(job) ? '' : '–'}</span>;
  const shown = t('activity.progress', { done: format.number(done), total: format.number(total) });
  return (
    <span className={styles['progress']}>
      <Progress.Root size={6} className={styles['bar']} aria-label={shown}>
        <Progress.Section
          value={(100 * done) / total}
          color={job.status === 'running' ? 'blue' : 'teal'}
          aria-label={shown}
        />
        <Progress.Section value={(100 * failed) / total} color="red" aria-label={t('activity.failedHead')} />
      </Progress.Root>
      <span className={styles['counts']}>{shown}</span>
    </span>
  );
}
