/** One job beside the list: what it does, what failed and why, and what can be done about it. */
import { Button } from '@mantine/core';
import { IconArrowBarToUp, IconPlayerPause, IconPlayerPlay, IconRefresh, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Job } from '#shared/model.ts';
import { Facts } from '../parts/facts.tsx';
import { NodeFaultText } from '../parts/node-fault-text.tsx';
import { useFormat } from '../parts/use-format.ts';
import { failuresOf } from '../state/job-failures.ts';
import { hasFailed, isOpen } from '../state/jobs-store.ts';
import type { JobAction } from '../state/jobs-store.ts';
import { useWindowState } from '../state/window-state.ts';
import { JobProgress, JobStateTag } from './job-state.tsx';
import { useReport } from './use-report.ts';
import own from './job-details.module.css';
import styles from './work-screen.module.css';

interface JobProps {
  readonly job: Job;
}

const actionsOf = (job: Job): readonly JobAction[] => {
  if (job.status === 'paused') return ['resume', 'cancel'];
  if (isOpen(job)) return ['pause', 'cancel'];
  return hasFailed(job) || job.status === 'cancelled' ? ['resubmit'] : [];
};

const icons: Readonly<Record<JobAction, ReactNode>> = {
  pause: <IconPlayerPause size={15} />,
  resume: <IconPlayerPlay size={15} />,
  cancel: <IconX size={15} />,
  resubmit: <IconRefresh size={15} />,
};

function Actions({ job }: JobProps) {
  const { t } = useTranslation();
  const { jobs } = useWindowState();
  const report = useReport();
  const actions = actionsOf(job);
  const isWaiting = job.status === 'pending' || job.status === 'retry';
  if (actions.length === 0) return undefined;
  return (
    <div className={styles['buttons']}>
      {actions.map((action) => (
        <Button
          key={action}
          size="xs"
          variant={action === 'resume' || action === 'resubmit' ? 'filled' : 'default'}
          leftSection={icons[action]}
          onClick={() => void report.unlessDone(jobs.getState().control(job.id, action))}
        >
          {t(`activity.action.${action}`)}
        </Button>
      ))}
      {isWaiting ? (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconArrowBarToUp size={15} />}
          onClick={() => void report.unlessDone(jobs.getState().first(job.id))}
        >
          {t('activity.first')}
        </Button>
      ) : undefined}
    </div>
  );
}

function Failures({ job }: JobProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { jobs } = useWindowState();
  const whole = useStore(jobs, (state) => state.whole);
  const failures = failuresOf(whole?.id === job.id ? whole : job);
  if (failures.length === 0) return undefined;
  return (
    <section>
      <h3 className={styles['subtitle']}>{t('activity.why')}</h3>
      <ul className={own['failures']} lang="en">
        {failures.map(({ sentence, count, SOPInstanceUID }) => (
          <li key={sentence}>
            {count > 1 ? `${format.number(count)} × ` : ''}
            {sentence}
            {SOPInstanceUID ? <bdi className={own['uid']}>{SOPInstanceUID}</bdi> : undefined}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The chosen job. */
export function JobDetails({ job }: JobProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { failed } = job;
  const title = failed > 0 ? t('activity.failedCount', { count: failed, shown: format.number(failed) }) : undefined;
  return (
    <>
      <div className={styles['head']}>
        <h2 className={styles['title']}>{t(`activity.type.${job.type}`)}</h2>
        <p className={styles['dim']}>
          <bdi>{job.description}</bdi>
        </p>
        <JobStateTag job={job} />
      </div>
      <JobProgress job={job} />
      <Actions job={job} />
      {job.error ? (
        <div className={styles['fault']}>
          <NodeFaultText error={job.error} title={title} />
        </div>
      ) : undefined}
      <Failures job={job} />
      <Facts
        facts={[
          [t('activity.nextTryHead'), job.status === 'retry' ? format.instant(job.nextTryAt) : ''],
          [t('activity.tries'), job.tries > 1 ? format.number(job.tries) : ''],
          [t('activity.created'), format.instant(job.createdAt)],
          [t('activity.started'), format.instant(job.startedAt)],
          [t('activity.ended'), format.instant(job.endedAt)],
        ]}
      />
    </>
  );
}
