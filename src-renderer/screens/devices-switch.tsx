/** The two halves of the devices: those we know, and asking one of them. */
import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useWindowState } from '../state/window-state.ts';

/** The switch between both. */
export function DevicesSwitch() {
  const { t } = useTranslation();
  const { navigation } = useWindowState();
  const screen = useStore(navigation, (state) => state.screen);
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('tabs.devices')}
      value={screen === 'remote' ? 'remote' : 'devices'}
      onChange={(value) => navigation.getState().show(value === 'remote' ? 'remote' : 'devices')}
      data={[
        { value: 'devices', label: t('devices.known') },
        { value: 'remote', label: t('devices.askAnother') },
      ]}
    />
  );
}
