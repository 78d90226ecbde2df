/** The activity: what is being sent, fetched and confirmed, what waits, what failed and why. */
import { Button, SegmentedControl } from '@mantine/core';
import { IconActivity, IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { Message } from '../parts/message.tsx';
import { RowList } from '../parts/row-list.tsx';
import { useFormat } from '../parts/use-format.ts';
import { isOpen, jobsOf, unseenFailures } from '../state/jobs-store.ts';
import { useWindowState } from '../state/window-state.ts';
import { jobColumns } from './job-columns.tsx';
import { JobDetails } from './job-details.tsx';
import { ListFailed, ListLoading, ListMayBeOld } from './list-states.tsx';
import styles from './work-screen.module.css';

const parts = ['all', 'running', 'failed'] as const;

function JobList() {
  const { t } = useTranslation();
  const format = useFormat();
  const { jobs: store } = useWindowState();
  const { jobs, part, error, chosen, choose, refresh } = useStore(store);
  const columns = useMemo(() => jobColumns(t, format), [t, format]);
  const shown = useMemo(() => jobsOf(jobs ?? [], part), [jobs, part]);
  if (!jobs && error) return <ListFailed error={error} retry={refresh} />;
  if (!jobs) return <ListLoading />;
  if (shown.length === 0)
    return (
      <Message
        icon={part === 'failed' ? <IconCircleCheck stroke={1.4} /> : <IconActivity stroke={1.4} />}
        title={t(`activity.none.${part}`)}
        description={part === 'all' ? t('activity.none.description') : undefined}
      />
    );
  return (
    <RowList
      label={t('tabs.activity')}
      columns={columns}
      items={shown}
      keyOf={({ id }) => id}
      chosen={chosen}
      choose={choose}
      traits={(job) => ({ isDim: job.status === 'cancelled' })}
    />
  );
}

function Tools({ showRefusals }: { readonly showRefusals: () => void }) {
  const { t } = useTranslation();
  const { jobs, system } = useWindowState();
  const part = useStore(jobs, (state) => state.part);
  const running = useStore(jobs, (state) => (state.jobs ?? []).filter(isOpen).length);
  const refused = useStore(system, (state) => state.statistics?.refused ?? 0);
  const format = useFormat();
  return (
    <div className={styles['tools']}>
      <SegmentedControl
        size="xs"
        aria-label={t('activity.stateHead')}
        value={part}
        onChange={(value) => jobs.getState().show(parts.find((one) => one === value) ?? 'all')}
        data={parts.map((value) => ({ value, label: t(`activity.part.${value}`) }))}
      />
      <span className={styles['dim']}>{running > 0 ? t('tabs.running', { count: running }) : ''}</span>
      <span className={styles['spring']} />
      <Button size="xs" variant="default" leftSection={<IconAlertTriangle size={15} />} onClick={showRefusals}>
        {refused > 0 ? t('activity.refused', { count: refused, shown: format.number(refused) }) : t('bar.refusals')}
      </Button>
    </div>
  );
}

/** Props: how the list of refused images is opened. */
export interface ActivityScreenProps {
  readonly showRefusals: () => void;
}

/** The screen of the activity; failures that are seen here lose their badge. */
export function ActivityScreen({ showRefusals }: ActivityScreenProps) {
  const { t } = useTranslation();
  const { jobs } = useWindowState();
  const job = useStore(jobs, (state) => state.jobs?.find(({ id }) => id === state.chosen));
  const error = useStore(jobs, (state) => (state.jobs ? state.error : undefined));
  const unseen = useStore(jobs, unseenFailures);
  useEffect(() => {
    if (unseen > 0) jobs.getState().see();
  }, [unseen, jobs]);
  return (
    <main className={styles['screen']}>
      <Tools showRefusals={showRefusals} />
      <section className={styles['list']}>
        <ListMayBeOld error={error} retry={jobs.getState().refresh} />
        <div className={styles['rows']}>
          <JobList />
        </div>
      </section>
      <aside className={styles['pane']} aria-label={t('activity.details')}>
        {job ? (
          <JobDetails job={job} />
        ) : (
          <Message
            icon={<IconActivity stroke={1.4} />}
            title={t('activity.noneChosen.title')}
            description={t('activity.noneChosen.description')}
          />
        )}
      </aside>
    </main>
  );
}
