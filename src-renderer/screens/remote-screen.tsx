/** Asking another node: its studies and series as a tree, those that are here already marked, the chosen ones fetched. */
import { Button } from '@mantine/core';
import { IconCloudDownload, IconListSearch, IconPlugConnectedX, IconSearchOff } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { Message } from '../parts/message.tsx';
import { NodeFaultText } from '../parts/node-fault-text.tsx';
import { RowList } from '../parts/row-list.tsx';
import { useFormat } from '../parts/use-format.ts';
import { itemKey, itemsToFetch } from '../state/remote-store.ts';
import type { RemoteState } from '../state/remote-store.ts';
import { useWindowState } from '../state/window-state.ts';
import { DevicesSwitch } from './devices-switch.tsx';
import { ListLoading } from './list-states.tsx';
import { remoteColumns } from './remote-columns.tsx';
import type { RemoteLine } from './remote-columns.tsx';
import { RemoteQuestionForm } from './remote-question-form.tsx';
import { useReport } from './use-report.ts';
import own from './remote-question-form.module.css';
import styles from './work-screen.module.css';

/** The tree as lines. */
function linesOf({ answers, series }: Pick<RemoteState, 'answers' | 'series'>): readonly RemoteLine[] {
  return (answers ?? []).flatMap((row): RemoteLine[] => {
    const StudyInstanceUID = row['StudyInstanceUID'] ?? '';
    const opened = series.get(StudyInstanceUID);
    const study: RemoteLine = { kind: 'study', item: { StudyInstanceUID }, row, isOpen: opened !== undefined };
    if (!opened) return [study];
    const { rows, error } = opened;
    if (!rows?.length)
      return [study, { kind: 'state', item: { StudyInstanceUID, SeriesInstanceUID: '?' }, error, isNone: !!rows }];
    const lines = rows.map((one): RemoteLine => {
      const item = { StudyInstanceUID, SeriesInstanceUID: one['SeriesInstanceUID'] ?? '' };
      return { kind: 'series', item, row: one };
    });
    return [study, ...lines];
  });
}

function Answers() {
  const { t } = useTranslation();
  const format = useFormat();
  const { remote } = useWindowState();
  const { answers, series, here, marked, isAsking, error, mark, toggle } = useStore(remote);
  const [chosen, setChosen] = useState<string>();
  const lines = useMemo(() => linesOf({ answers, series }), [answers, series]);
  const columns = useMemo(
    () =>
      remoteColumns({
        t,
        format,
        isMarked: (item) => marked.has(itemKey(item)),
        mark,
        toggle: (uid) => void toggle(uid),
        hereOf: (uid) => here.get(uid),
      }),
    [t, format, marked, mark, toggle, here],
  );
  if (error)
    return (
      <Message
        isAlert
        icon={<IconPlugConnectedX stroke={1.4} />}
        title={t('remote.failed')}
        description={<NodeFaultText error={error} />}
      />
    );
  if (!answers && isAsking) return <ListLoading />;
  if (!answers)
    return (
      <Message
        icon={<IconListSearch stroke={1.4} />}
        title={t('remote.first.title')}
        description={t('remote.first.description')}
      />
    );
  if (answers.length === 0)
    return (
      <Message
        icon={<IconSearchOff stroke={1.4} />}
        title={t('remote.none.title')}
        description={t('remote.none.description')}
      />
    );
  const onKey = (key: string, { kind, item, ...line }: RemoteLine): boolean => {
    const isOpen = 'isOpen' in line && line.isOpen;
    if (key === ' ' && kind !== 'state') mark(item);
    else if (kind === 'study' && key === (isOpen ? 'ArrowLeft' : 'ArrowRight')) void toggle(item.StudyInstanceUID);
    else return false;
    return true;
  };
  return (
    <RowList
      label={t('devices.askAnother')}
      columns={columns}
      items={lines}
      keyOf={({ item }) => itemKey(item)}
      chosen={chosen}
      choose={setChosen}
      open={({ item }) => void toggle(item.StudyInstanceUID)}
      onKey={onKey}
      traits={(line) => (line.kind === 'study' ? { level: 1, isOpen: line.isOpen } : { level: 2 })}
      isTree
      isBusy={isAsking}
    />
  );
}

function Footer() {
  const { t } = useTranslation();
  const format = useFormat();
  const { remote } = useWindowState();
  const report = useReport();
  const { notices } = useWindowState();
  const { answers, isCut, marked, answeredBy, clearMarks } = useStore(remote);
  const [isFetching, setIsFetching] = useState(false);
  if (!answers?.length) return undefined;
  const { studies, series } = itemsToFetch(marked);
  const count = studies.length + series.length;
  const start = async () => {
    setIsFetching(true);
    const fetched = await remote.getState().fetch();
    setIsFetching(false);
    if ('error' in fetched) notices.getState().add({ text: t('remote.notFetched'), error: fetched.error });
    else report.started(t('remote.started', { node: answeredBy }), fetched.jobIds[0]);
  };
  const total = t('list.found', { count: answers.length, shown: format.number(answers.length) });
  return (
    <footer className={own['footer']}>
      <span className={styles['dim']} aria-live="polite">
        {count > 0 ? t('remote.chosen', { count, shown: format.number(count) }) : total}
        {isCut ? ` ${t('remote.cut')}` : ''}
      </span>
      <span className={styles['spring']} />
      {count > 0 ? (
        <Button size="xs" variant="subtle" onClick={clearMarks}>
          {t('marks.clear')}
        </Button>
      ) : undefined}
      <Button
        size="xs"
        leftSection={<IconCloudDownload size={16} />}
        disabled={count === 0}
        loading={isFetching}
        onClick={() => void start()}
      >
        {t('remote.fetch')}
      </Button>
    </footer>
  );
}

/** The screen that asks another node. */
export function RemoteScreen() {
  return (
    <main className={styles['screen']}>
      <div className={styles['tools']}>
        <DevicesSwitch />
      </div>
      <section className={styles['list']} data-wide="true">
        <RemoteQuestionForm />
        <div className={styles['rows']}>
          <Answers />
        </div>
        <Footer />
      </section>
    </main>
  );
}
