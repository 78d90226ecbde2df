/** Sends what was chosen to another node: to which one, and whether it is to confirm. */
import { Button, Checkbox, Modal, Radio } from '@mantine/core';
import { IconCloudUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Device } from '#shared/model.ts';
import { FaultText } from '../parts/fault-text.tsx';
import { useFormat } from '../parts/use-format.ts';
import type { SendSubject } from '../state/send-store.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import { useWindowState } from '../state/window-state.ts';
import { useReport } from './use-report.ts';
import own from './send-dialog.module.css';
import styles from './work-screen.module.css';

function Nodes({ devices }: { readonly devices: readonly Device[] }) {
  const { t } = useTranslation();
  const { send } = useWindowState();
  const node = useStore(send, (state) => state.node);
  return (
    <Radio.Group
      label={t('send.to')}
      value={node}
      onChange={(name) => send.getState().choose({ node: name })}
      className={own['nodes']}
    >
      <div className={own['list']}>
        {devices.map(({ name, AET, Host }) => (
          <Radio.Card key={name} value={name} className={own['node']}>
            <Radio.Indicator size="sm" />
            <span>
              <bdi className={own['name']}>{name}</bdi>
              <bdi className={own['detail']}>
                {AET} · {Host}
              </bdi>
            </span>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}

function NoDevices({ close }: { readonly close: () => void }) {
  const { t } = useTranslation();
  const { navigation } = useWindowState();
  const go = () => {
    close();
    navigation.getState().show('devices');
  };
  return (
    <div className={styles['form']}>
      <p className={styles['dim']}>{t('send.noDevices')}</p>
      <div className={styles['ends']}>
        <Button onClick={go}>{t('send.toDevices')}</Button>
      </div>
    </div>
  );
}

function SendForm({ subject, devices }: { readonly subject: SendSubject; readonly devices: readonly Device[] }) {
  const { t } = useTranslation();
  const { send, studies } = useWindowState();
  const report = useReport();
  const { node, commit, choose, close } = useStore(send);
  const [isSending, setIsSending] = useState(false);
  const [error, setError] = useState<PacsErrorValue>();
  const isKnown = devices.some(({ name }) => name === node);
  const start = async () => {
    setIsSending(true);
    const sent = await send.getState().send();
    setIsSending(false);
    if ('error' in sent) return setError(sent.error);
    if (subject.kind === 'studies') studies.getState().clearMarks();
    report.started(t('send.started', { node }), sent.jobId);
  };
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <Nodes devices={devices} />
      <Checkbox
        size="xs"
        label={t('send.commit')}
        description={t('send.commitHint')}
        checked={commit}
        onChange={(event) => choose({ commit: event.currentTarget.checked })}
      />
      {error ? (
        <div className={styles['fault']} role="alert">
          <FaultText error={error} />
        </div>
      ) : undefined}
      <div className={styles['ends']}>
        <Button variant="default" onClick={close}>
          {t('app.cancel')}
        </Button>
        <Button type="submit" leftSection={<IconCloudUpload size={16} />} loading={isSending} disabled={!isKnown}>
          {t('send.send')}
        </Button>
      </div>
    </form>
  );
}

/** The dialog while something is about to be sent. */
export function SendDialog() {
  const { t } = useTranslation();
  const format = useFormat();
  const { send, devices } = useWindowState();
  const subject = useStore(send, (state) => state.subject);
  const known = useStore(devices, (state) => state.devices);
  if (!subject) return undefined;
  const { close } = send.getState();
  const count = subject.scopes.length;
  const title =
    subject.kind === 'series' ? t('send.titleSeries') : t('send.titleStudies', { count, shown: format.number(count) });
  return (
    <Modal opened onClose={close} title={title} closeButtonProps={{ 'aria-label': t('app.close') }}>
      {known && known.length > 0 ? <SendForm subject={subject} devices={known} /> : <NoDevices close={close} />}
    </Modal>
  );
}
