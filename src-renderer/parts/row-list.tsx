/** A list of any length with heads over its columns, moved through with keys, of which only the rows on the screen exist. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import styles from './row-list.module.css';

/** One column; sizes are CSS pixels, the least ones where it grows. */
export interface RowColumn<T> {
  readonly id: string;
  /** The head; '' for a column that explains itself. */
  readonly name: string;
  readonly size: number;
  readonly grows?: true;
  readonly align?: 'end';
  readonly cell: (item: T) => ReactNode;
}

/** What a row is beside its cells. */
interface RowTraits {
  /** Of less interest: shown dimmed. */
  readonly isDim?: boolean;
  /** In a tree: its level from 1, and whether what is below it is shown. */
  readonly level?: number;
  readonly isOpen?: boolean;
}

/** Props: the items with their keys, the chosen one, and what keys and double clicks do. */
export interface RowListProps<T> {
  readonly label: string;
  readonly columns: readonly RowColumn<T>[];
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly chosen: string | undefined;
  readonly choose: (key: string) => void;
  /** Enter or a double click. */
  readonly open?: (item: T) => void;
  /** Any other key while an item is chosen; true where it was used. */
  readonly onKey?: (key: string, item: T) => boolean;
  readonly traits?: (item: T) => RowTraits;
  readonly isTree?: boolean;
  readonly isBusy?: boolean;
  /** CSS pixels. */
  readonly rowHeight?: number;
}

const headHeight = 34;

const templateOf = <T,>(columns: readonly RowColumn<T>[]) =>
  columns.map(({ size, grows }) => (grows ? `minmax(${size}px, ${size}fr)` : `${size}px`)).join(' ');

/** Where a key leads from an index, or undefined for another key. */
function target(key: string, index: number, count: number, page: number): number | undefined {
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: index + 1,
    ArrowUp: Math.max(index, 0) - 1,
    PageDown: index + page,
    PageUp: index - page,
    Home: 0,
    End: count - 1,
  };
  const wanted = moves[key];
  return wanted === undefined ? undefined : Math.min(Math.max(wanted, 0), count - 1);
}

/** The list. */
export function RowList<T>(props: RowListProps<T>) {
  const { label, columns, items, keyOf, chosen, choose, open, onKey, traits, isTree, isBusy, rowHeight = 40 } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  // oxlint-disable-next-line react/incompatible-library -- the compiler then leaves this component as it is, as we want
  const virtualizer = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    paddingStart: headHeight,
    scrollPaddingStart: headHeight,
  });
  const cursor = chosen === undefined ? -1 : items.findIndex((item) => keyOf(item) === chosen);
  const followed = useRef(chosen);
  useEffect(() => {
    if (followed.current === chosen || cursor < 0) return;
    followed.current = chosen;
    virtualizer.scrollToIndex(cursor, { align: 'auto' });
  }, [chosen, cursor, virtualizer]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current || event.ctrlKey || event.altKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(scroller.current.clientHeight / rowHeight) - 2);
    const wanted = items[target(event.key, cursor, items.length, page) ?? -1];
    const item = items[cursor];
    if (wanted !== undefined) choose(keyOf(wanted));
    else if (item === undefined) return;
    else if (event.key === 'Enter' && open) open(item);
    else if (!onKey?.(event.key, item)) return;
    event.preventDefault();
  };

  const gridTemplateColumns = templateOf(columns);
  return (
    <div
      ref={scroller}
      role={isTree ? 'treegrid' : 'grid'}
      tabIndex={0}
      className={styles['list']}
      aria-label={label}
      aria-rowcount={items.length + 1}
      aria-busy={isBusy ?? false}
      aria-activedescendant={cursor < 0 ? undefined : `${id}-${cursor}`}
      data-rows
      onKeyDown={onKeyDown}
    >
      <div className={styles['canvas']} style={{ height: virtualizer.getTotalSize() }}>
        <div role="row" aria-rowindex={1} className={styles['heads']} style={{ gridTemplateColumns }}>
          {columns.map(({ id: column, name, align }) => (
            <span key={column} role="columnheader" className={styles['head']} data-align={align}>
              {name}
            </span>
          ))}
        </div>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const item = items[index];
          if (item === undefined) return undefined;
          const { isDim = false, level, isOpen } = traits?.(item) ?? {};
          return (
            <div
              key={keyOf(item)}
              id={`${id}-${index}`}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={index === cursor}
              aria-level={level}
              aria-expanded={isOpen}
              data-key={keyOf(item)}
              data-dim={isDim}
              className={styles['row']}
              style={{ gridTemplateColumns, height: rowHeight, transform: `translateY(${start}px)` }}
              onMouseDown={(event) => event.button === 0 && choose(keyOf(item))}
              onDoubleClick={() => open?.(item)}
            >
              {columns.map(({ id: column, align, cell }) => (
                <div key={column} role="gridcell" className={styles['cell']} data-column={column} data-align={align}>
                  {cell(item)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
