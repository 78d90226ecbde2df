/** Starts the window: languages, the bridge to the core, the stores, then the first screen. */
import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.layer.css';
import '@mantine/dates/styles.layer.css';
import '@mantine/dropzone/styles.layer.css';
import 'dayjs/locale/de';
import './style/tokens.css';
import { MantineProvider } from '@mantine/core';
import { IconKey, IconPlugConnectedX } from '@tabler/icons-react';
import { StrictMode } from 'react';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { useTranslation } from 'react-i18next';
import { App } from './app.tsx';
import { openBridge } from './bridge/bridge.ts';
import { startI18n } from './i18n/i18n.ts';
import { Message } from './parts/message.tsx';
import { createWindowState, WindowStateContext } from './state/window-state.ts';
import { theme } from './style/theme.ts';

function NoToken() {
  const { t } = useTranslation();
  return (
    <Message isAlert icon={<IconKey />} title={t('app.noToken.title')} description={t('app.noToken.description')} />
  );
}

function CannotOpen() {
  const { t } = useTranslation();
  return (
    <Message
      isAlert
      icon={<IconPlugConnectedX />}
      title={t('app.cannotOpen.title')}
      description={t('app.cannotOpen.description')}
    />
  );
}

/** The first screen: the app, or why there is none. */
async function firstScreen(): Promise<ReactNode> {
  try {
    const bridge = await openBridge();
    if (!bridge) return <NoToken />;
    return (
      <WindowStateContext value={createWindowState(bridge)}>
        <App />
      </WindowStateContext>
    );
  } catch (error) {
    console.error(error);
    return <CannotOpen />;
  }
}

await startI18n();
const screen = await firstScreen();
const root = document.querySelector('#root');
if (!root) throw new Error('index.html has no #root.');
createRoot(root).render(
  <StrictMode>
    {/* The variables and classes come from style sheets: inline ones would be refused by the content security policy. */}
    <MantineProvider theme={theme} defaultColorScheme="dark" withCssVariables={false} withGlobalClasses={false}>
      {screen}
    </MantineProvider>
  </StrictMode>,
);
