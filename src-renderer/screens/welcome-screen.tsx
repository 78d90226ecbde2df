/** The first screen of an empty archive: how images come here. */
import { Alert, Button, FileButton, Loader, Progress } from '@mantine/core';
import { IconAntenna, IconFlask, IconFolderOpen } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { errorText } from '../parts/error-text.ts';
import { useWindowState } from '../state/window-state.ts';
import { folderInput, importFilesOf } from './import-files.ts';
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

function SamplesProgress({ done, total }: { readonly done: number; readonly total: number }) {
  const { t } = useTranslation();
  if (total === 0)
    return (
      <span className={styles['adding']}>
        <Loader size={16} /> {t('welcome.adding')}
      </span>
    );
  return (
    <div className={styles['progress']} role="status">
      <span>{t('welcome.addingOf', { done, total })}</span>
      <Progress value={(100 * done) / total} aria-label={t('welcome.adding')} />
    </div>
  );
}

function SamplesWay() {
  const { t } = useTranslation();
  const { system } = useWindowState();
  const samples = useStore(system, (state) => state.samples);
  const error = useStore(system, (state) => state.error);
  return (
    <Way icon={<IconFlask size={20} stroke={1.6} />} title={t('welcome.samples')}>
      <p className={styles['text']}>{t('welcome.samplesDescription')}</p>
      {samples ? (
        <SamplesProgress {...samples} />
      ) : (
        <div className={styles['buttons']}>
          <Button onClick={() => void system.getState().addSamples()}>{t('welcome.addSamples')}</Button>
        </div>
      )}
      {error ? <Alert color="red">{errorText(t, error)}</Alert> : undefined}
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
