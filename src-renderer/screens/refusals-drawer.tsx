/** What was refused, where it came from, and why. */
import { Alert, Drawer, Loader } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Origin, Refusal } from '#shared/model.ts';
import { FaultText } from '../parts/fault-text.tsx';
import { Message } from '../parts/message.tsx';
import { useFormat } from '../parts/use-format.ts';
import { useWindowState } from '../state/window-state.ts';
import styles from './refusals-drawer.module.css';

function useOriginText(): (origin: Origin) => string {
  const { t } = useTranslation();
  return (origin) => {
    if (origin.kind === 'dimse')
      return t('refusals.from.dimse', { title: origin.callingAET, address: origin.remoteAddress });
    if (origin.kind === 'http') return t('refusals.from.http', { address: origin.remoteAddress });
    return t('refusals.from.import', { path: origin.path });
  };
}

function RefusalItem({ refusal: { at, origin, error } }: { readonly refusal: Refusal }) {
  const format = useFormat();
  const originText = useOriginText();
  return (
    <li className={styles['item']}>
      <div className={styles['reason']}>
        <FaultText error={error} />
      </div>
      <div className={styles['dim']}>
        {format.instant(at)} · <bdi>{originText(origin)}</bdi>
      </div>
    </li>
  );
}

function RefusalList() {
  const { t } = useTranslation();
  const { system } = useWindowState();
  const refusals = useStore(system, (state) => state.refusals);
  const error = useStore(system, (state) => state.error);
  if (error && !refusals)
    return (
      <Alert color="red">
        <FaultText error={error} />
      </Alert>
    );
  if (!refusals) return <Loader size={20} />;
  if (refusals.length === 0)
    return (
      <Message
        icon={<IconCircleCheck />}
        title={t('refusals.none.title')}
        description={t('refusals.none.description')}
      />
    );
  return (
    <ul className={styles['list']}>
      {refusals.map((refusal, index) => (
        <RefusalItem key={`${refusal.at} ${index}`} refusal={refusal} />
      ))}
    </ul>
  );
}

/** Props: whether the drawer is open, and how it closes. */
export interface RefusalsDrawerProps {
  readonly opened: boolean;
  readonly close: () => void;
}

/** The list of refusals, from the side; it follows while it is open. */
export function RefusalsDrawer({ opened, close }: RefusalsDrawerProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { system } = useWindowState();
  const refused = useStore(system, (state) => state.statistics?.refused ?? 0);
  useEffect(() => {
    if (opened) void system.getState().loadRefusals();
  }, [opened, refused, system]);
  return (
    <Drawer
      opened={opened}
      onClose={close}
      position="right"
      size={460}
      title={t('refusals.title')}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <p className={styles['dim']}>{t('refusals.description')}</p>
      {refused > 0 ? (
        <p className={styles['dim']}>{t('refusals.total', { count: refused, shown: format.number(refused) })}</p>
      ) : undefined}
      <RefusalList />
    </Drawer>
  );
}
