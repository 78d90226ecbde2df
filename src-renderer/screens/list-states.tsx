/** What stands in the place of a list that is loading or could not be loaded, and over one that may be old. */
import { Button, Loader } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { PacsErrorValue } from '#shared/errors.ts';
import { FaultText } from '../parts/fault-text.tsx';
import { Message } from '../parts/message.tsx';
import styles from './work-screen.module.css';

/** Props: why it failed, and how to try again. */
export interface ListFailedProps {
  readonly error: PacsErrorValue;
  readonly retry: () => void;
}

/** The first load failed: there is nothing else to show. */
export function ListFailed({ error, retry }: ListFailedProps) {
  const { t } = useTranslation();
  return (
    <Message
      isAlert
      icon={<IconPlugConnectedX />}
      title={t('list.failed')}
      description={<FaultText error={error} />}
      action={<Button onClick={retry}>{t('list.retry')}</Button>}
    />
  );
}

/** A later load failed: what is there stays, and this says that it may be old. The status line tells of a lost connection. */
export function ListMayBeOld({
  error,
  retry,
}: {
  readonly error: PacsErrorValue | undefined;
  readonly retry: () => void;
}) {
  const { t } = useTranslation();
  if (!error || error.code === 'aborted') return undefined;
  return (
    <div className={styles['notice']} role="alert">
      <span>
        {t('list.failed')}. <FaultText error={error} />
      </span>
      <Button size="compact-xs" variant="default" onClick={retry}>
        {t('list.retry')}
      </Button>
    </div>
  );
}

/** The first load is on its way. */
export function ListLoading() {
  const { t } = useTranslation();
  return <Message icon={<Loader size={28} />} title={t('app.loading')} />;
}
