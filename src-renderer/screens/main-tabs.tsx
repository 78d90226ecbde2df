/** The way between the screens: four words at the top, each with what there is to look at. */
import { Tooltip, UnstyledButton } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconActivity, IconCalendarEvent, IconDeviceDesktop, IconPhoto } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { isOpen, unseenFailures } from '../state/jobs-store.ts';
import type { Screen } from '../state/navigation-store.ts';
import { useWindowState } from '../state/window-state.ts';
import { hasKeys } from './has-keys.ts';
import styles from './main-tabs.module.css';

type Tab = Exclude<Screen, 'remote'>;

interface TabBadge {
  readonly tone: 'busy' | 'wait' | 'bad';
  readonly count: number;
  readonly text: string;
}

const tabs: readonly (readonly [Tab, ReactNode])[] = [
  ['studies', <IconPhoto key="studies" size={17} stroke={1.6} aria-hidden />],
  ['worklist', <IconCalendarEvent key="worklist" size={17} stroke={1.6} aria-hidden />],
  ['devices', <IconDeviceDesktop key="devices" size={17} stroke={1.6} aria-hidden />],
  ['activity', <IconActivity key="activity" size={17} stroke={1.6} aria-hidden />],
];

/** What there is to look at on a screen. */
function useBadges(): Partial<Record<Tab, TabBadge | undefined>> {
  const { t } = useTranslation();
  const { devices, jobs } = useWindowState();
  const unknown = useStore(devices, (state) => state.unknown.length);
  const failed = useStore(jobs, unseenFailures);
  const running = useStore(jobs, (state) => (state.jobs ?? []).filter(isOpen).length);
  const ofJobs: TabBadge | undefined =
    failed > 0
      ? { tone: 'bad', count: failed, text: t('tabs.failed', { count: failed }) }
      : running > 0
        ? { tone: 'busy', count: running, text: t('tabs.running', { count: running }) }
        : undefined;
  return {
    devices: unknown > 0 ? { tone: 'wait', count: unknown, text: t('tabs.unknown', { count: unknown }) } : undefined,
    activity: ofJobs,
  };
}

/** The tabs; the digits 1 to 4 go there too. */
export function MainTabs() {
  const { t } = useTranslation();
  const { navigation } = useWindowState();
  const screen = useStore(navigation, (state) => state.screen);
  const badges = useBadges();
  const { show } = navigation.getState();
  useHotkeys(tabs.map(([tab], index) => [String(index + 1), () => hasKeys() && show(tab)]));
  return (
    <nav className={styles['tabs']} aria-label={t('tabs.label')}>
      {tabs.map(([tab, icon], index) => {
        const badge = badges[tab];
        const isHere = screen === tab || (screen === 'remote' && tab === 'devices');
        return (
          <Tooltip key={tab} label={badge?.text ?? t('tabs.key', { key: index + 1 })} openDelay={700}>
            <UnstyledButton
              className={styles['tab']}
              aria-current={isHere ? 'page' : undefined}
              onClick={() => show(tab)}
            >
              {icon}
              {t(`tabs.${tab}`)}
              {badge ? (
                <span className={styles['badge']} data-tone={badge.tone} role="img" aria-label={badge.text}>
                  {badge.count > 99 ? '99+' : badge.count}
                </span>
              ) : undefined}
            </UnstyledButton>
          </Tooltip>
        );
      })}
    </nav>
  );
}
