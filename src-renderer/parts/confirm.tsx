/** A question before something that cannot be taken back. */
import { Button, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './confirm.module.css';

/** Props: what is asked, and the word that does it. */
export interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly confirm: () => void;
  readonly close: () => void;
}

/** The question; the way back has the keys. */
export function Confirm({ title, text, action, confirm, close }: ConfirmProps) {
  const { t } = useTranslation();
  const confirmAndClose = () => {
    close();
    confirm();
  };
  return (
    <Modal opened onClose={close} title={title} closeButtonProps={{ 'aria-label': t('app.close') }}>
      <p className={styles['text']}>{text}</p>
      <div className={styles['buttons']}>
        <Button variant="default" onClick={close} data-autofocus>
          {t('app.cancel')}
        </Button>
        <Button color="red" onClick={confirmAndClose}>
          {action}
        </Button>
      </div>
    </Modal>
  );
}
