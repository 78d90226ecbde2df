/** The rows of worklist items and their index: every change goes through here, one after the other, to disk first. */
import { createEmitter, type Emitter } from '#shared/emitter.ts';
import { PacsError } from '#shared/errors.ts';
import type { WorklistStatus } from '#shared/model.ts';
import { dicomJsonText } from '../dicom/dicom-json.ts';
import type { Log } from '../log.ts';
import type { Records, Statement } from '../records/records.ts';
import { entryOf, isDone, type Entry, type ItemRow } from './item.ts';
import { ItemsIndex } from './items-index.ts';
import type { WorklistEvents } from './worklist.ts';

const tellEvery = 100;

const upsert = `INSERT INTO worklist_items (id, source, status, file, stamp, dataSet, createdAt, changedAt, doneAt, imageAt)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET source = excluded.source, status = excluded.status,
  file = excluded.file, stamp = excluded.stamp, dataSet = excluded.dataSet, changedAt = excluded.changedAt,
  doneAt = excluded.doneAt, imageAt = excluded.imageAt`;

const insertOf = (entry: Entry): Statement => {
  const { id, source, status, file, stamp, dataSet, createdAt, changedAt, doneAt, imageAt } = entry;
  const text = dicomJsonText(dataSet);
  return { sql: upsert, values: [id, source, status, file, stamp, text, createdAt, changedAt, doneAt, imageAt] };
};

/** The entry with another status, and the times that go with it. */
export function withStatus(entry: Entry, status: WorklistStatus): Entry {
  const changedAt = new Date().toISOString();
  const isOver = isDone(status);
  return {
    ...entry,
    status,
    changedAt,
    doneAt: isOver ? (entry.doneAt ?? changedAt) : null,
    imageAt: isOver || status === 'in progress' ? entry.imageAt : null,
  };
}

/** Items in memory and on disk. */
export class ItemsStore {
  readonly index = new ItemsIndex();
  readonly events: Emitter<WorklistEvents>;
  readonly #records: Records;
  #last: Promise<unknown> = Promise.resolve();
  #toTell: NodeJS.Timeout | undefined;

  constructor(records: Records, log: Log) {
    this.#records = records;
    this.events = createEmitter<WorklistEvents>((error) => log('error', 'A listener of the worklist failed.', error));
  }

  async load(): Promise<void> {
    for (const row of await this.#records.all<ItemRow>('SELECT * FROM worklist_items')) this.index.put(entryOf(row));
  }

  /** Runs changes one after the other, so that what one has read is still so when it writes. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Writes items, after these statements, in one transaction. */
  async write(entries: readonly Entry[], ...before: readonly Statement[]): Promise<void> {
    await this.#records.change(...before, ...entries.map(insertOf));
    for (const entry of entries) this.index.put(entry);
    this.#tell();
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#records.change(...ids.map((id) => ({ sql: 'DELETE FROM worklist_items WHERE id = ?', values: [id] })));
    for (const id of ids) this.index.remove(id);
    this.#tell();
  }

  /** @throws PacsError not-found */
  known(id: string): Entry {
    const entry = this.index.get(id);
    if (!entry) throw new PacsError('not-found', 'There is no such worklist item.');
    return entry;
  }

  /** An item that is changed here. @throws PacsError not-found, forbidden */
  editable(id: string): Entry {
    const entry = this.known(id);
    if (entry.source === 'file')
      throw new PacsError('forbidden', 'This worklist item comes from a file and is changed there.');
    return entry;
  }

  #tell(): void {
    this.#toTell ??= setTimeout(() => {
      this.#toTell = undefined;
      this.events.emit('worklist.changed', {});
    }, tellEvery).unref();
  }

  async close(): Promise<void> {
    clearTimeout(this.#toTell);
    await this.#last;
  }
}
