/** One value to be typed somewhere else, large enough to read from across the room, with a button that copies it. */
import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from './copy-field.module.css';

/** Props: what the value is called, and the value. */
export interface CopyFieldProps {
  readonly label: string;
  readonly value: string;
}

/** A labelled value with a copy button. */
export function CopyField({ label, value }: CopyFieldProps) {
  const { t } = useTranslation();
  return (
    <div className={styles['field']}>
      <span className={styles['label']}>{label}</span>
      <span className={styles['value']}>{value}</span>
      <CopyButton value={value} timeout={1500}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t('scanner.copied') : t('scanner.copy', { field: label })}>
            <ActionIcon onClick={copy} aria-label={t('scanner.copy', { field: label })}>
              {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
