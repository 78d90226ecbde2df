/** Language and appearance. */
import { ActionIcon, Menu, Tooltip, useMantineColorScheme } from '@mantine/core';
import type { MantineColorScheme } from '@mantine/core';
import { IconCheck, IconSettings } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, languages } from '../i18n/i18n.ts';
import type { Language } from '../i18n/i18n.ts';

const schemes = ['dark', 'light', 'auto'] as const satisfies readonly MantineColorScheme[];

/** The menu behind the cog. */
export function SettingsMenu() {
  const { t, i18n } = useTranslation();
  // Silencing transitions would write a style sheet, which the content security policy refuses.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const check = (isOn: boolean) => (isOn ? <IconCheck size={15} aria-hidden /> : undefined);
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <Tooltip label={t('bar.settings')}>
          <ActionIcon aria-label={t('bar.settings')}>
            <IconSettings size={19} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('bar.language')}</Menu.Label>
        {(Object.keys(languages) as Language[]).map((code) => (
          <Menu.Item
            key={code}
            lang={code}
            onClick={() => void chooseLanguage(code)}
            rightSection={check(i18n.language === code)}
            aria-current={i18n.language === code}
          >
            {languages[code]}
          </Menu.Item>
        ))}
        <Menu.Label>{t('bar.appearance')}</Menu.Label>
        {schemes.map((scheme) => (
          <Menu.Item
            key={scheme}
            onClick={() => setColorScheme(scheme)}
            rightSection={check(colorScheme === scheme)}
            aria-current={colorScheme === scheme}
          >
            {t(`bar.${scheme}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
