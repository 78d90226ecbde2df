/** How the import is going, and afterwards what came of it. */
import { Button, CloseButton, Dialog, Progress } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCopyCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { errorText } from '../parts/error-text.ts';
import { withoutControls } from '../parts/readable-name.ts';
import { useFormat } from '../parts/use-format.ts';
import type { ImportState, RefusedFile } from '../state/import-store.ts';
import { useWindowState } from '../state/window-state.ts';
import styles from './import-panel.module.css';

/** Refused files listed; the rest is counted. */
const maximumListed = 200;

function Count({
  icon,
  tone,
  children,
}: {
  readonly icon: ReactNode;
  readonly tone?: string;
  readonly children: ReactNode;
}) {
  return (
    <li className={styles['count']} data-tone={tone}>
      {icon}
      {children}
    </li>
  );
}

function Counts({ state }: { readonly state: ImportState }) {
  const { t } = useTranslation();
  const format = useFormat();
  const counted = (count: number) => ({ count, shown: format.number(count) });
  return (
    <ul className={styles['counts']}>
      {state.stored > 0 ? (
        <Count tone="good" icon={<IconCheck size={16} aria-hidden />}>
          {t('import.stored', counted(state.stored))}
        </Count>
      ) : undefined}
      {state.alreadyStored > 0 ? (
        <Count icon={<IconCopyCheck size={16} aria-hidden />}>
          {t('import.already', counted(state.alreadyStored))}
        </Count>
      ) : undefined}
      {state.refusedCount > 0 ? (
        <Count tone="warn" icon={<IconAlertTriangle size={16} aria-hidden />}>
          {t('import.refused', counted(state.refusedCount))}
        </Count>
      ) : undefined}
    </ul>
  );
}

function Refused({ file: { name, reason, detail } }: { readonly file: RefusedFile }) {
  const { t } = useTranslation();
  return (
    <li className={styles['refused']}>
      <bdi className={styles['file']} title={withoutControls(name)}>
        {name}
      </bdi>
      <span>{reason === 'unreadable' ? t('import.unreadable') : errorText(t, { code: reason })}</span>
      {detail ? (
        <span lang="en" className={styles['detail']}>
          {detail}
        </span>
      ) : undefined}
    </li>
  );
}

function RefusedList({ state: { refused, refusedCount } }: { readonly state: ImportState }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rest = refusedCount - Math.min(refused.length, maximumListed);
  if (refusedCount === 0) return undefined;
  return (
    <>
      <h3 className={styles['subtitle']}>{t('import.refusedTitle')}</h3>
      <ul className={styles['list']} tabIndex={0} aria-label={t('import.refusedTitle')}>
        {refused.slice(0, maximumListed).map((file, index) => (
          <Refused key={`${index} ${file.name}`} file={file} />
        ))}
        {rest > 0 ? (
          <li className={styles['detail']}>{t('import.more', { count: rest, shown: format.number(rest) })}</li>
        ) : undefined}
      </ul>
    </>
  );
}

function Running({ state }: { readonly state: ImportState }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <div className={styles['head']}>
        <h2 className={styles['title']}>{t('import.running')}</h2>
        <span className={styles['dim']}>
          {t('import.progress', { done: format.number(state.done), total: format.number(state.total) })}
        </span>
        <Button size="compact-sm" variant="default" onClick={state.stop}>
          {t('import.stop')}
        </Button>
      </div>
      <Progress value={(100 * state.done) / Math.max(state.total, 1)} aria-label={t('import.running')} />
    </>
  );
}

function Report({ state }: { readonly state: ImportState }) {
  const { t } = useTranslation();
  const { stoppedBy } = state;
  return (
    <>
      <div className={styles['head']}>
        <h2 className={styles['title']}>{stoppedBy ? t('import.stopped') : t('import.done')}</h2>
        <CloseButton aria-label={t('import.close')} onClick={state.dismiss} />
      </div>
      {stoppedBy && stoppedBy !== 'person' ? (
        <p className={styles['stopped']}>{t('import.stoppedBy', { reason: errorText(t, { code: stoppedBy }) })}</p>
      ) : undefined}
      {state.total === 0 ? <p className={styles['dim']}>{t('import.nothing')}</p> : <Counts state={state} />}
      <RefusedList state={state} />
    </>
  );
}

/** The panel in the corner; it is there from the first dropped file until its report is closed. */
export function ImportPanel() {
  const { t } = useTranslation();
  const { imports } = useWindowState();
  const state = useStore(imports);
  return (
    <Dialog
      opened={state.phase !== 'idle'}
      position={{ bottom: 40, right: 16 }}
      size={420}
      p="md"
      shadow="xl"
      withBorder
      className={styles['panel'] ?? ''}
      role="region"
      aria-label={t('import.running')}
      aria-live="polite"
    >
      {state.phase === 'running' ? <Running state={state} /> : <Report state={state} />}
    </Dialog>
  );
}
