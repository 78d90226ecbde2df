/** What can be done with the studies that were picked out of the list; nothing while there are none. */
import { Button } from '@mantine/core';
import { IconCloudUpload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useFormat } from '../parts/use-format.ts';
import { useWindowState } from '../state/window-state.ts';
import { focusGrid } from './focus-grid.ts';
import styles from './study-marks-bar.module.css';

/** The bar over the list's lower edge. */
export function StudyMarksBar() {
  const { t } = useTranslation();
  const format = useFormat();
  const { studies, send } = useWindowState();
  const marks = useStore(studies, (state) => state.marks);
  if (marks.size === 0) return undefined;
  const clear = () => {
    studies.getState().clearMarks();
    focusGrid();
  };
  return (
    <div className={styles['bar']} role="toolbar" aria-label={t('marks.label')}>
      <span className={styles['count']} aria-live="polite">
        {t('marks.count', { count: marks.size, shown: format.number(marks.size) })}
      </span>
      <Button size="xs" variant="subtle" onClick={clear}>
        {t('marks.clear')}
      </Button>
      <Button
        size="xs"
        leftSection={<IconCloudUpload size={16} />}
        onClick={() => send.getState().open({ kind: 'studies', scopes: [...marks.values()] })}
      >
        {t('send.action')}
      </Button>
    </div>
  );
}
