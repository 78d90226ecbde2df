/** The worklist: who comes today, to which device, and how far each is. */
import { Button } from '@mantine/core';
import { IconCalendarEvent, IconCalendarOff } from '@tabler/icons-react';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { WorklistItem } from '#shared/model.ts';
import { Message } from '../parts/message.tsx';
import { RowList } from '../parts/row-list.tsx';
import { useFormat } from '../parts/use-format.ts';
import { draftOfItem, emptyDraft } from '../state/worklist-fields.ts';
import { useWindowState } from '../state/window-state.ts';
import { ListFailed, ListLoading, ListMayBeOld } from './list-states.tsx';
import { worklistColumns } from './worklist-columns.tsx';
import { WorklistDetails } from './worklist-details.tsx';
import { WorklistTools } from './worklist-tools.tsx';
import styles from './work-screen.module.css';

const isDone = ({ status }: WorklistItem) => status === 'completed' || status === 'discontinued';
const canChange = (item: WorklistItem) => item.source !== 'file' && !isDone(item);

/** How the stations are called, and those there are to choose from. */
function useStations() {
  const { devices } = useWindowState();
  const known = useStore(devices, (state) => state.devices);
  const deviceOf = useCallback((AET: string) => known?.find((device) => device.AET === AET)?.name ?? AET, [known]);
  const stations = useMemo(() => {
    const titles = new Set((known ?? []).map(({ AET }) => AET));
    return [...titles].map((value) => ({ value, label: deviceOf(value) }));
  }, [known, deviceOf]);
  return { deviceOf, stations };
}

function Nothing() {
  const { t } = useTranslation();
  const { worklist } = useWindowState();
  const { part, station, text, day, filter, edit } = useStore(worklist);
  if (part !== 'all' || station || text)
    return (
      <Message
        icon={<IconCalendarOff stroke={1.4} />}
        title={t('worklist.noneFound.title')}
        description={t('worklist.noneFound.description')}
        action={
          <Button variant="default" onClick={() => filter({ part: 'all', station: '', text: '' })}>
            {t('worklist.clearFilters')}
          </Button>
        }
      />
    );
  return (
    <Message
      icon={<IconCalendarEvent stroke={1.4} />}
      title={t('worklist.none.title')}
      description={t('worklist.none.description')}
      action={<Button onClick={() => edit(emptyDraft(day))}>{t('worklist.add')}</Button>}
    />
  );
}

function ItemList({ deviceOf }: { readonly deviceOf: (AET: string) => string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { worklist } = useWindowState();
  const { items, error, span, chosen, isLoading, choose, edit, refresh } = useStore(worklist);
  const columns = useMemo(() => worklistColumns(t, format, span === 'week', deviceOf), [t, format, span, deviceOf]);
  if (!items && error) return <ListFailed error={error} retry={refresh} />;
  if (!items) return <ListLoading />;
  if (items.length === 0) return <Nothing />;
  return (
    <RowList
      label={t('tabs.worklist')}
      columns={columns}
      items={items}
      keyOf={({ id }) => id}
      chosen={chosen}
      choose={choose}
      open={(item) => canChange(item) && edit(draftOfItem(item))}
      traits={(item) => ({ isDim: isDone(item) })}
      isBusy={isLoading}
    />
  );
}

/** The screen of the worklist. */
export function WorklistScreen() {
  const { t } = useTranslation();
  const { worklist } = useWindowState();
  const { deviceOf, stations } = useStations();
  const item = useStore(worklist, (state) => state.items?.find(({ id }) => id === state.chosen));
  const error = useStore(worklist, (state) => (state.items ? state.error : undefined));
  return (
    <main className={styles['screen']}>
      <WorklistTools stations={stations} />
      <section className={styles['list']}>
        <ListMayBeOld error={error} retry={worklist.getState().refresh} />
        <div className={styles['rows']}>
          <ItemList deviceOf={deviceOf} />
        </div>
      </section>
      <aside className={styles['pane']} aria-label={t('worklist.details')}>
        {item ? (
          <WorklistDetails item={item} deviceOf={deviceOf} />
        ) : (
          <Message
            icon={<IconCalendarEvent stroke={1.4} />}
            title={t('worklist.noneChosen.title')}
            description={t('worklist.noneChosen.description')}
          />
        )}
      </aside>
    </main>
  );
}
