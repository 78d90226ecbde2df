/** The viewer's toolbar: back, whose images these are, and what can be done with the picture. */
import { ActionIcon, SegmentedControl, Text, Tooltip } from '@mantine/core';
import {
  IconMaximize,
  IconRestore,
  IconArrowLeft,
  IconArrowsMove,
  IconArrowsVertical,
  IconContrast,
  IconSquareHalf,
  IconFlipHorizontal,
  IconFlipVertical,
  IconKeyboard,
  IconRelationOneToOne,
  IconRotate2,
  IconRotateClockwise2,
  IconTextCaption,
  IconZoomIn,
} from '@tabler/icons-react';
import type { Icon } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { SeriesView } from '#shared/model.ts';
import { PersonName } from '../parts/person-name.tsx';
import { useFormat } from '../parts/use-format.ts';
import type { DragTool } from '../viewer/gestures.ts';
import { shortcuts, stackCommands } from '../viewer/shortcuts.ts';
import type { Command } from '../viewer/shortcuts.ts';
import type { Presentation } from '../viewer/presentation.ts';
import type { StackView } from '../viewer/stack-view.ts';
import { ViewerPresets } from './viewer-presets.tsx';
import styles from './viewer.module.css';

const tools: readonly (readonly [DragTool, Icon])[] = [
  ['window', IconContrast],
  ['pan', IconArrowsMove],
  ['zoom', IconZoomIn],
  ['scroll', IconArrowsVertical],
];

const buttons: readonly (readonly [Command, Icon])[][] = [
  [['invert', IconSquareHalf]],
  [
    ['rotateLeft', IconRotate2],
    ['rotateRight', IconRotateClockwise2],
    ['flipHorizontal', IconFlipHorizontal],
    ['flipVertical', IconFlipVertical],
  ],
  [
    ['fit', IconMaximize],
    ['actualSize', IconRelationOneToOne],
    ['reset', IconRestore],
  ],
];

const keysOf = new Map<Command, string>(
  Object.values(shortcuts).flatMap((group) => group.map(({ command, keys }) => [command, keys[0]])),
);

/** What the toolbar works on. */
export interface ViewerToolbarProps {
  readonly view: SeriesView | undefined;
  readonly stack: StackView | undefined;
  /** Undefined where there is no picture to work on. */
  readonly presentation: Presentation | undefined;
  readonly tool: DragTool;
  setTool(tool: DragTool): void;
  readonly showsTexts: boolean;
  command(name: Command): void;
}

/** The toolbar; drawn anew only when the looks change, not with each image. The mouse does not take the keyboard's focus with it, so that the space bar keeps playing. */
export const ViewerToolbar = memo(function ViewerToolbar(props: ViewerToolbarProps) {
  const { view, stack, presentation, tool, setTool, showsTexts, command } = props;
  const { t } = useTranslation();
  return (
    <header className={styles.toolbar} onMouseDown={(event) => event.preventDefault()}>
      <CommandButton name="close" icon={IconArrowLeft} onClick={() => command('close')} />
      <Whose view={view} />
      <div className={styles.tools} role="toolbar" aria-label={t('viewer.label')}>
        <SegmentedControl
          aria-label={t('viewer.drag')}
          size="xs"
          value={tool}
          onChange={(value) => setTool(value as DragTool)}
          data={tools.map(([value, ToolIcon]) => ({
            value,
            label: (
              <Tooltip label={t(`viewer.tool.${value}`)}>
                <span className={styles.tool} aria-label={t(`viewer.tool.${value}`)} role="img">
                  <ToolIcon size={18} stroke={1.6} />
                </span>
              </Tooltip>
            ),
          }))}
        />
        <ViewerPresets stack={stack} presentation={presentation} />
        {buttons.map((group, at) => (
          <div key={at} className={styles.group}>
            {group.map(([name, icon]) => (
              <CommandButton
                key={name}
                {...{ name, icon }}
                isOff={!presentation}
                isPressed={name === 'invert' ? presentation?.inverted : undefined}
                onClick={() => stack && stackCommands[name]?.(stack)}
              />
            ))}
          </div>
        ))}
      </div>
      <div className={styles.group}>
        <CommandButton
          name="overlay"
          icon={IconTextCaption}
          isPressed={showsTexts}
          onClick={() => command('overlay')}
        />
        <CommandButton name="help" icon={IconKeyboard} onClick={() => command('help')} />
      </div>
    </header>
  );
});

interface CommandButtonProps {
  readonly name: Command;
  readonly icon: Icon;
  readonly isOff?: boolean;
  readonly isPressed?: boolean | undefined;
  onClick(): void;
}

function CommandButton({ name, icon: CommandIcon, isOff, isPressed, onClick }: CommandButtonProps) {
  const { t } = useTranslation();
  const label = t(`viewer.command.${name}`);
  const key = keysOf.get(name)?.replace('Escape', 'Esc').replace('Shift+', '⇧') ?? '';
  return (
    <Tooltip label={`${label} (${key.toUpperCase() === 'ESC' ? 'Esc' : key.toUpperCase()})`}>
      <ActionIcon
        aria-label={label}
        aria-pressed={isPressed}
        disabled={isOff ?? false}
        variant={isPressed ? 'light' : 'subtle'}
        color={isPressed ? 'blue' : 'gray'}
        onClick={onClick}
      >
        <CommandIcon size={20} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}

function Whose({ view }: { readonly view: SeriesView | undefined }) {
  const format = useFormat();
  const study = [format.date(view?.study.StudyDate), view?.study.StudyDescription].filter(Boolean).join(' · ');
  return (
    <div className={styles.whose}>
      <Text fw={600} truncate component="div">
        {view && <PersonName value={view.patient.PatientName} />}
      </Text>
      <Text size="xs" c="dimmed" truncate title={study}>
        <bdi>{study}</bdi>
      </Text>
    </div>
  );
}
