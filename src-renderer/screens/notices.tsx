/** The notices at the lower edge: what was done or could not be, with the way to where one sees more. */
import { Button, Notification } from '@mantine/core';
import { IconAlertCircle, IconCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { FaultText } from '../parts/fault-text.tsx';
import type { Notice } from '../state/notices-store.ts';
import { useWindowState } from '../state/window-state.ts';
import styles from './notices.module.css';

function OneNotice({ notice }: { readonly notice: Notice }) {
  const { t } = useTranslation();
  const { notices } = useWindowState();
  const { id, text, error, link } = notice;
  const dismiss = () => notices.getState().dismiss(id);
  const follow = () => {
    dismiss();
    link?.go();
  };
  return (
    <Notification
      className={styles['notice']}
      role={error ? 'alert' : 'status'}
      color={error ? 'red' : 'teal'}
      icon={error ? <IconAlertCircle size={18} /> : <IconCheck size={18} />}
      title={text}
      onClose={dismiss}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      {error ? <FaultText error={error} /> : undefined}
      {link ? (
        <Button size="compact-sm" variant="light" className={styles['link']} onClick={follow}>
          {link.text}
        </Button>
      ) : undefined}
    </Notification>
  );
}

/** All notices, the newest below. */
export function Notices() {
  const { notices } = useWindowState();
  const all = useStore(notices, (state) => state.notices);
  return (
    <div className={styles['notices']}>
      {all.map((notice) => (
        <OneNotice key={notice.id} notice={notice} />
      ))}
    </div>
  );
}
