/** The menu of window presets. */
import { Button, Kbd, Menu } from '@mantine/core';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Presentation } from '../viewer/presentation.ts';
import type { StackView } from '../viewer/stack-view.ts';
import type { Preset, ShownRange } from '../viewer/windows.ts';
import styles from './viewer.module.css';

const isSame = (a: ShownRange, b: ShownRange): boolean => a.lower === b.lower && a.upper === b.upper;

const nameOf = (t: TFunction, { name, explanation }: Preset): string => explanation ?? t(`viewer.preset.${name}`);

/** The presets of what is shown; a number key for each. */
export function ViewerPresets({
  stack,
  presentation,
}: {
  stack: StackView | undefined;
  presentation: Presentation | undefined;
}) {
  const { t } = useTranslation();
  const presets = presentation?.presets ?? [];
  const current = presentation && presets.find((preset) => isSame(preset, presentation.range));
  return (
    <Menu position="bottom-start" withinPortal shadow="md">
      <Menu.Target>
        <Button
          className={styles.presets}
          size="compact-sm"
          variant="default"
          disabled={!presentation}
          aria-label={current ? `${t('viewer.presets')}: ${nameOf(t, current)}` : t('viewer.presets')}
          rightSection={<IconChevronDown size={14} />}
        >
          {current ? nameOf(t, current) : t('viewer.presets')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {presets.map((preset, at) => (
          <Menu.Item
            key={at}
            leftSection={<IconCheck size={14} opacity={preset === current ? 1 : 0} />}
            rightSection={at < 9 ? <Kbd size="xs">{at + 1}</Kbd> : null}
            onClick={() => stack?.preset(at)}
          >
            {nameOf(t, preset)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
