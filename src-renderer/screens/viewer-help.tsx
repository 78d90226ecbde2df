/** The help of the viewer, drawn from the table of shortcuts. */
import { Kbd, Modal, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { shortcuts } from '../viewer/shortcuts.ts';
import type { Shortcut } from '../viewer/shortcuts.ts';
import styles from './viewer.module.css';

const mouse = ['wheel', 'left', 'middle', 'right', 'pinch'] as const;

/** The help as a dialog. */
export function ViewerHelp({ isOpen, onClose }: { readonly isOpen: boolean; onClose(): void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t('viewer.helpTitle')}
      size="xl"
      closeButtonProps={{ 'aria-label': t('viewer.closeHelp') }}
    >
      <div className={styles.help}>
        <HelpGroup title={t('viewer.helpGroup.mouse')}>
          {mouse.map((how) => (
            <HelpLine
              key={how}
              text={t(`viewer.mouse.${how}Does`)}
              how={<Text size="xs">{t(`viewer.mouse.${how}`)}</Text>}
            />
          ))}
        </HelpGroup>
        {(['picture', 'images', 'window'] as const).map((group) => (
          <HelpGroup key={group} title={t(`viewer.helpGroup.${group}`)}>
            {shortcuts[group].map((shortcut: Shortcut) => (
              <HelpLine
                key={shortcut.command}
                text={t(`viewer.command.${shortcut.command}`)}
                how={<Keys keys={shortcut.keys} />}
              />
            ))}
          </HelpGroup>
        ))}
      </div>
    </Modal>
  );
}

const HelpGroup = ({ title, children }: { readonly title: string; readonly children: React.ReactNode }) => (
  <section>
    <Text fw={600} size="sm" component="h3">
      {title}
    </Text>
    <dl>{children}</dl>
  </section>
);

const HelpLine = ({ text, how }: { readonly text: string; readonly how: React.ReactNode }) => (
  <div className={styles.helpLine}>
    <dt>{text}</dt>
    <dd>{how}</dd>
  </div>
);

const signs: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  Home: 'Home',
  End: 'End',
  Escape: 'Esc',
  PageDown: 'PgDn',
  PageUp: 'PgUp',
  Backspace: '⌫',
};

function Keys({ keys }: { readonly keys: readonly string[] }) {
  const { t } = useTranslation();
  const nameOf = (key: string) =>
    key === 'Space' || key === 'Shift' ? t(`viewer.key.${key}`) : (signs[key] ?? key.toUpperCase());
  const shown = keys.length > 3 ? [keys[0] ?? '', '–', keys.at(-1) ?? ''] : keys;
  return (
    <>
      {shown.map((key) =>
        key === '–' ? (
          ' – '
        ) : (
          <Kbd key={key} size="xs">
            {key
              .split(/\+(?=.)/)
              .map(nameOf)
              .join(' ')}
          </Kbd>
        ),
      )}
    </>
  );
}
