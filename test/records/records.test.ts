/** The small durable tables on a real file: steps, transactions, errors, a newer program's file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRecords } from '#main/records/open-records.ts';

const first = { room: 'notes', steps: ['CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)'] };
const second = { room: 'notes', steps: [...first.steps, "ALTER TABLE notes ADD COLUMN day TEXT NOT NULL DEFAULT ''"] };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'records-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('keeps what was changed, and takes new steps without losing it', async () => {
  const before = await openRecords(folder, [first]);
  const [rows] = await before.change({ sql: 'INSERT INTO notes (text) VALUES (?) RETURNING id', values: ['one'] });
  expect(rows).toEqual([{ id: 1 }]);
  await before.close();
  const after = await openRecords(folder, [second]);
  expect(await after.all('SELECT text, day FROM notes')).toEqual([{ text: 'one', day: '' }]);
  await after.close();
});

it('changes all or nothing', async () => {
  const records = await openRecords(folder, [first]);
  const insert = (text: string) => ({ sql: 'INSERT INTO notes (text) VALUES (?)', values: [text] });
  await expect(records.change(insert('a'), insert('a'))).rejects.toMatchObject({ code: 'internal' });
  expect(await records.all('SELECT * FROM notes')).toEqual([]);
  await records.close();
});

it('leaves the tables of a newer program alone', async () => {
  await (await openRecords(folder, [second])).close();
  await expect(openRecords(folder, [first])).rejects.toMatchObject({ code: 'internal' });
});
