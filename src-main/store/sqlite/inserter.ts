/** Inserts the rows of a level. */
import type { Level } from '#shared/attributes.ts';
import type { CatalogueEntry } from '../catalogue.ts';
import type { Connection } from './database.ts';
import { columnsOf, foldedColumn, foldedValue, isFolded, tableOf } from './schema.ts';

/** Inserts one row of a level; the answer is its id. */
export function createInserter(database: Connection, level: Level, ...more: string[]) {
  const stored = columnsOf(level).filter((attribute) => !attribute.computed);
  const folded = stored.filter(isFolded);
  const names = [
    'publicId',
    'ReceivedAt',
    ...more,
    ...stored.map(({ keyword }) => keyword),
    ...folded.map(({ keyword }) => foldedColumn(keyword)),
  ];
  const insert = database.prepare(
    `INSERT INTO ${tableOf[level]} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
  );
  return (publicId: Buffer, { values, receivedAt }: CatalogueEntry, ...rest: unknown[]): number => {
    const texts = values as Partial<Record<string, string>>;
    const row = insert.run(
      publicId,
      receivedAt,
      ...rest,
      ...stored.map(({ keyword }) => texts[keyword] ?? null),
      ...folded.map((attribute) => {
        const value = texts[attribute.keyword];
        return value ? foldedValue(attribute, value) : null;
      }),
    );
    return Number(row.lastInsertRowid);
  };
}
