/** The place to drop files: the whole window, visible only while something is dragged over it. */
import { Dropzone } from '@mantine/dropzone';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useWindowState } from '../state/window-state.ts';
import { importFilesOf } from './import-files.ts';
import styles from './import-drop.module.css';

/** Takes dropped files and folders into the archive. */
export function ImportDrop() {
  const { t } = useTranslation();
  const { imports } = useWindowState();
  return (
    <Dropzone.FullScreen
      onDrop={(files) => imports.getState().add(importFilesOf(files))}
      classNames={{ fullScreen: styles['screen'] ?? '', root: styles['zone'] ?? '', inner: styles['inner'] ?? '' }}
    >
      <IconDownload size={44} stroke={1.3} aria-hidden />
      <div className={styles['title']}>{t('import.drop')}</div>
      <div className={styles['text']}>{t('import.dropDescription')}</div>
    </Dropzone.FullScreen>
  );
}
