/** The first screen of an empty archive: how images come here. */
import { Button, FileButton } from '@mantine/core';
import { IconAntenna, IconFlask, IconFolderOpen } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useWindowState } from '../state/window-state.ts';
import { folderInput, importFilesOf } from './import-files.ts';
import { SamplesNotice } from './samples-notice.tsx';
import { ScannerDetails } from './scanner-details.tsx';
import styles from './welcome-screen.module.css';

function Way({
  icon,
  title,
  children,
}: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <section className={styles['way']}>
      <h3 className={styles['wayTitle']}>
        {icon}
        {title}
      </h3>
      {children}
    </section>
  );
}

function ImportWay() {
  const { t } = useTranslation();
  const { imports } = useWindowState();
  const add = (files: File[]) => imports.getState().add(importFilesOf(files));
  return (
    <Way icon={<IconFolderOpen size={20} stroke={1.6} />} title={t('welcome.import')}>
      <p className={styles['text']}>{t('welcome.importDescription')}</p>
      <div className={styles['buttons']}>
        <FileButton multiple onChange={add} inputProps={folderInput}>
          {({ onClick }) => (
            <Button variant="default" onClick={onClick}>
              {t('welcome.chooseFolder')}
            </Button>
          )}
        </FileButton>
        <FileButton multiple onChange={add}>
          {({ onClick }) => (
            <Button variant="default" onClick={onClick}>
              {t('welcome.chooseFiles')}
            </Button>
          )}
        </FileButton>
      </div>
    </Way>
  );
}

function SamplesWay() {
  const { t } = useTranslation();
  const { system } = useWindowState();
  const canAdd = useStore(system, ({ samples, samplesError }) => !samples && !samplesError);
  return (
    <Way icon={<IconFlask size={20} stroke={1.6} />} title={t('welcome.samples')}>
      <p className={styles['text']}>{t('welcome.samplesDescription')}</p>
      {canAdd ? (
        <div className={styles['buttons']}>
          <Button onClick={() => void system.getState().addSamples()}>{t('samples.add')}</Button>
        </div>
      ) : (
        <SamplesNotice />
      )}
    </Way>
  );
}

/** The welcome. */
export function WelcomeScreen() {
  const { t } = useTranslation();
  return (
    <main className={styles['screen']}>
      <div className={styles['content']}>
        <h2 className={styles['title']}>{t('welcome.title')}</h2>
        <p className={styles['text']}>{t('welcome.description')}</p>
        <div className={styles['ways']}>
          <Way icon={<IconAntenna size={20} stroke={1.6} />} title={t('welcome.scanner')}>
            <ScannerDetails />
          </Way>
          <div className={styles['column']}>
            <ImportWay />
            <SamplesWay />
          </div>
        </div>
      </div>
    </main>
  );
}
