/** What stands where there is nothing to show: what happened, and what to do. */
import { EmptyState } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './message.module.css';

/** Props: a symbol, what happened, what to do, and the button that does it. */
export interface MessageProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly description?: ReactNode;
  readonly action?: ReactNode;
  /** True where it must be read out at once. */
  readonly isAlert?: boolean;
}

/** A message in the middle of its parent. */
export function Message({ icon, title, description, action, isAlert }: MessageProps) {
  return (
    <div className={styles['place']} role={isAlert ? 'alert' : 'status'}>
      <EmptyState icon={icon} title={title} description={description} size="md" maw={440}>
        {action ? <EmptyState.Actions>{action}</EmptyState.Actions> : undefined}
      </EmptyState>
    </div>
  );
}
