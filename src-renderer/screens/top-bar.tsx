/** The bar at the top: the way between the screens, search, import, and the few things one needs now and then. */
import {
  ActionIcon,
  Button,
  CloseButton,
  FileButton,
  Indicator,
  Kbd,
  Menu,
  Text,
  TextInput,
  Tooltip,
} from '@mantine/core';
import {
  IconAlertTriangle,
  IconDeviceDesktopPlus,
  IconDownload,
  IconFile,
  IconFolder,
  IconSearch,
} from '@tabler/icons-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useFormat } from '../parts/use-format.ts';
import { asksForAll } from '../state/studies-question.ts';
import { useWindowState } from '../state/window-state.ts';
import { focusGrid } from './focus-grid.ts';
import { folderInput, importFilesOf } from './import-files.ts';
import { MainTabs } from './main-tabs.tsx';
import { SettingsMenu } from './settings-menu.tsx';
import { useSearchKeys } from './use-search-keys.ts';
import styles from './top-bar.module.css';

function Search() {
  const { t } = useTranslation();
  const { studies } = useWindowState();
  const text = useStore(studies, (state) => state.text);
  const field = useRef<HTMLInputElement>(null);
  const onKeyDown = useSearchKeys(field);
  const clear = <CloseButton size="sm" aria-label={t('list.clear')} onClick={() => studies.getState().search('')} />;
  return (
    <TextInput
      ref={field}
      className={styles['search']}
      size="sm"
      type="text"
      role="searchbox"
      value={text}
      onChange={(event) => studies.getState().search(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      placeholder={t('list.search')}
      aria-label={t('list.searchLabel')}
      maxLength={200}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        text ? (
          clear
        ) : (
          <Kbd size="xs" aria-label={t('list.searchHint')}>
            /
          </Kbd>
        )
      }
    />
  );
}

function Found() {
  const { t } = useTranslation();
  const format = useFormat();
  const { studies } = useWindowState();
  const total = useStore(studies, (state) => state.total);
  const isTotalOfAll = useStore(studies, (state) => state.isTotalOfAll);
  const isAll = useStore(studies, asksForAll);
  if (total === undefined || (total === 0 && isTotalOfAll)) return <span />;
  /** The button goes with the filters, so the keys go to the list. */
  const clear = () => {
    studies.getState().clear();
    focusGrid();
  };
  const counted = { count: total, shown: format.number(total) };
  return (
    <div className={styles['found']} aria-live="polite">
      <span>{isTotalOfAll ? t('list.count', counted) : t('list.found', counted)}</span>
      {isAll ? undefined : (
        <Button size="compact-xs" variant="subtle" onClick={clear}>
          {t('list.clearAll')}
        </Button>
      )}
    </div>
  );
}

function ImportMenu() {
  const { t } = useTranslation();
  const { imports } = useWindowState();
  const add = (chosen: File[]) => imports.getState().add(importFilesOf(chosen));
  return (
    <FileButton multiple onChange={add}>
      {({ onClick: chooseFiles }) => (
        <FileButton multiple onChange={add} inputProps={folderInput}>
          {({ onClick: chooseFolder }) => (
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default" leftSection={<IconDownload size={16} />}>
                  {t('bar.import')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconFile size={16} />} onClick={chooseFiles}>
                  {t('bar.importFiles')}
                </Menu.Item>
                <Menu.Item leftSection={<IconFolder size={16} />} onClick={chooseFolder}>
                  {t('bar.importFolder')}
                </Menu.Item>
                <Text className={styles['hint']}>{t('bar.importHint')}</Text>
              </Menu.Dropdown>
            </Menu>
          )}
        </FileButton>
      )}
    </FileButton>
  );
}

/** Props: what the two buttons for side panels do. */
export interface TopBarProps {
  readonly showScanner: () => void;
  readonly showRefusals: () => void;
}

/** The bar at the top of the window. */
export function TopBar({ showScanner, showRefusals }: TopBarProps) {
  const { t } = useTranslation();
  const { system, navigation } = useWindowState();
  const isStudies = useStore(navigation, (state) => state.screen === 'studies');
  const unseen = useStore(system, (state) => state.unseenRefusals);
  const refusals = unseen > 0 ? t('bar.refusalsNew', { count: unseen }) : t('bar.refusals');
  return (
    <header className={styles['bar']}>
      <h1 className={styles['brand']}>
        <img src="./icon.svg" alt="" width={22} height={22} />
        {t('app.name')}
      </h1>
      <MainTabs />
      {isStudies ? (
        <>
          <Search />
          <Found />
        </>
      ) : undefined}
      <div className={styles['actions']}>
        <ImportMenu />
        <Tooltip label={t('bar.scanner')}>
          <ActionIcon onClick={showScanner} aria-label={t('bar.scanner')}>
            <IconDeviceDesktopPlus size={19} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={refusals}>
          <Indicator disabled={unseen === 0} color="orange" size={8} offset={5}>
            <ActionIcon onClick={showRefusals} aria-label={refusals}>
              <IconAlertTriangle size={19} stroke={1.6} />
            </ActionIcon>
          </Indicator>
        </Tooltip>
        <SettingsMenu />
      </div>
    </header>
  );
}
