/** The devices: who was refused, whom we know and how each is doing, and what to type into a new one. */
import { Button } from '@mantine/core';
import { IconDeviceDesktopPlus, IconPlus } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Device, UnknownCaller } from '#shared/model.ts';
import { Message } from '../parts/message.tsx';
import { RowList } from '../parts/row-list.tsx';
import { useFormat } from '../parts/use-format.ts';
import { fieldsOfCaller, fieldsOfDevice, newDevice } from '../state/device-fields.ts';
import { useWindowState } from '../state/window-state.ts';
import { deviceColumns } from './device-columns.tsx';
import { DeviceDetails } from './device-details.tsx';
import { DeviceForm } from './device-form.tsx';
import type { DeviceSubject } from './device-form.tsx';
import { DevicesSwitch } from './devices-switch.tsx';
import { ListFailed, ListLoading, ListMayBeOld } from './list-states.tsx';
import { ScannerDetails } from './scanner-details.tsx';
import { UnknownCallers } from './unknown-callers.tsx';
import styles from './work-screen.module.css';

/** What is in the form, and the refused caller that it began with. */
type Form = DeviceSubject & { readonly caller?: UnknownCaller };

function DeviceList({ edit, add }: { readonly edit: (device: Device) => void; readonly add: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { devices: store } = useWindowState();
  const { devices, error, tests, chosen, choose, refresh } = useStore(store);
  const columns = useMemo(() => deviceColumns(t, format, tests), [t, format, tests]);
  if (!devices && error) return <ListFailed error={error} retry={refresh} />;
  if (!devices) return <ListLoading />;
  if (devices.length === 0)
    return (
      <Message
        icon={<IconDeviceDesktopPlus stroke={1.4} />}
        title={t('devices.none.title')}
        description={t('devices.none.description')}
        action={<Button onClick={add}>{t('devices.add')}</Button>}
      />
    );
  return (
    <RowList
      label={t('devices.known')}
      columns={columns}
      items={devices}
      keyOf={({ name }) => name}
      chosen={chosen}
      choose={choose}
      open={(device) => !device.isFixed && edit(device)}
    />
  );
}

/** The screen of the devices. */
export function DevicesScreen() {
  const { t } = useTranslation();
  const { devices } = useWindowState();
  const [form, setForm] = useState<Form>();
  const chosen = useStore(devices, (state) => state.devices?.find(({ name }) => name === state.chosen));
  const error = useStore(devices, (state) => (state.devices ? state.error : undefined));
  const add = () => setForm({ fields: newDevice });
  const edit = (device: Device) => setForm({ fields: fieldsOfDevice(device), formerName: device.name });
  const saved = () => {
    // The archive may have forgotten the refusal with the saving; then there is nothing left to forget.
    if (form?.caller) void devices.getState().dismiss(form.caller);
    setForm(undefined);
  };
  return (
    <main className={styles['screen']}>
      <div className={styles['tools']}>
        <DevicesSwitch />
        <span className={styles['spring']} />
        <Button size="xs" leftSection={<IconPlus size={16} />} onClick={add}>
          {t('devices.add')}
        </Button>
      </div>
      <section className={styles['list']}>
        <UnknownCallers accept={(caller) => setForm({ fields: fieldsOfCaller(caller), caller })} />
        <ListMayBeOld error={error} retry={devices.getState().refresh} />
        <div className={styles['rows']}>
          <DeviceList edit={edit} add={add} />
        </div>
      </section>
      <aside className={styles['pane']} aria-label={t('devices.details')}>
        {chosen ? (
          <>
            <DeviceDetails device={chosen} edit={edit} />
            <hr className={styles['rule']} />
          </>
        ) : undefined}
        <h2 className={styles['subtitle']}>{t('devices.own')}</h2>
        <ScannerDetails />
      </aside>
      {form ? <DeviceForm subject={form} close={() => setForm(undefined)} saved={saved} /> : undefined}
    </main>
  );
}
