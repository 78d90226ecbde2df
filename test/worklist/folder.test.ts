/** The folder of .wl files: taken in, followed, damaged ones told once, thousands without holding up the loop. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildPart10, type BuildElement } from '../support/build-data-set.ts';
import { dcmtkNote, hasDcmtk, until } from '../dimse/support.ts';
import { dumpToFile, fields, openTestWorklist, query, testFolder } from './support.ts';

const file = (PatientName: string, more: readonly BuildElement[] = []): Buffer =>
  buildPart10({
    elements: [
      { tag: 'SpecificCharacterSet', value: 'ISO_IR 192' },
      { tag: 'AccessionNumber', value: '' },
      { tag: 'PatientName', value: PatientName },
      { tag: 'PatientID', value: 'F-1' },
      ...more,
      {
        tag: 'ScheduledProcedureStepSequence',
        value: [
          [
            { tag: 'Modality', value: 'PX' },
            { tag: 'ScheduledStationAETitle', value: 'PX1' },
            { tag: 'ScheduledProcedureStepStartDate', value: '20261121' },
          ],
        ],
      },
    ],
  });

/** Dates the file back, so that it is not taken for one that is still being written. */
async function writeOld(path: string, bytes: Uint8Array | string): Promise<void> {
  await writeFile(path, bytes);
  const then = new Date(Date.now() - 60_000);
  await utimes(path, then, then);
}

async function openFolder(more: Record<string, unknown> = {}) {
  const folder = await testFolder();
  const test = await openTestWorklist({ Worklists: { Database: folder, ...more } });
  const names = async () => (await test.worklist.list({})).map(({ PatientName }) => PatientName).toSorted();
  return { ...test, folder, names };
}

describe('a folder of worklist files', () => {
  it('makes items, follows their changes and removes them', async () => {
    const { folder, worklist, names } = await openFolder();
    const path = join(folder, 'one.wl');
    await writeFile(path, file('Müller^Eins'));
    await until(async () => (await names()).includes('Müller^Eins'));
    const [first] = await worklist.list({});
    expect(first).toMatchObject({ source: 'file', Modality: 'PX', ScheduledStationAETitle: 'PX1' });
    expect(first!.AccessionNumber).toHaveLength(16);
    await worklist.setStatus(first!.id, 'arrived');
    await writeFile(path, file('Müller^Zwei'));
    await until(async () => (await names()).includes('Müller^Zwei'));
    const [second] = await worklist.list({});
    expect(second).toMatchObject({
      id: first!.id,
      status: 'arrived',
      AccessionNumber: first!.AccessionNumber,
      StudyInstanceUID: first!.StudyInstanceUID,
    });
    await rm(path);
    await until(async () => (await names()).length === 0);
  });

  it('gives nobody the identifiers of the one before', async () => {
    const { folder, worklist, names } = await openFolder();
    await writeFile(join(folder, 'next.wl'), file('Erste^Anna'));
    await until(async () => (await names()).includes('Erste^Anna'));
    const [first] = await worklist.list({});
    await worklist.setStatus(first!.id, 'completed');
    const other = buildPart10({
      elements: [
        { tag: 'PatientName', value: 'Zweite^Anna' },
        { tag: 'PatientID', value: 'F-2' },
        { tag: 'ScheduledProcedureStepSequence', value: [[{ tag: 'Modality', value: 'PX' }]] },
      ],
    });
    await writeFile(join(folder, 'next.wl'), other);
    await until(async () => (await names()).includes('Zweite^Anna'));
    const [second] = await worklist.list({});
    expect(second!.status).toBe('scheduled');
    expect(second!.StudyInstanceUID).not.toBe(first!.StudyInstanceUID);
    expect(second!.AccessionNumber).not.toBe(first!.AccessionNumber);
  });

  it('leaves lock files, other names and folders alone', async () => {
    const { folder, lines, names } = await openFolder();
    await writeOld(join(folder, 'lockfile'), '');
    await writeOld(join(folder, 'notes.txt'), 'x');
    await mkdir(join(folder, 'folder.wl'));
    await writeOld(join(folder, 'UPPER.WL'), file('Upper^Case'));
    await until(async () => (await names()).includes('Upper^Case'));
    expect(await names()).toEqual(['Upper^Case']);
    expect(lines).toEqual([]);
  });

  it.each([
    ['text', Buffer.from('this is no DICOM file at all'.repeat(20))],
    ['half of a file', file('Half^File').subarray(0, 300)],
    ['an image without a step', buildPart10({ elements: [{ tag: 'PatientName', value: 'No^Step' }] })],
    ['nothing', Buffer.alloc(0)],
    ['too much', Buffer.alloc(1024 * 1024 + 1)],
  ])('tells once of a file that is %s, and takes it when it is whole', async (_what, bytes) => {
    const { folder, lines, names } = await openFolder();
    /* Clinics name such files after patients. */
    const path = join(folder, 'Meier_Anna.wl');
    await writeOld(path, bytes);
    await until(() => lines.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/meier|anna/i);
    expect(lines[0]).toContain(` ${bytes.length} bytes that was written at ${(await stat(path)).mtime.toISOString()} `);
    await writeFile(path, file('Whole^Again'));
    await until(async () => (await names()).includes('Whole^Again'));
    expect(lines).toHaveLength(1);
  });

  it('waits for the end of a file that is still being written', async () => {
    const { folder, lines, names } = await openFolder();
    const bytes = file('Slow^Writer');
    await writeFile(join(folder, 'slow.wl'), bytes.subarray(0, 300));
    await new Promise((resolve) => setTimeout(resolve, 120));
    await writeFile(join(folder, 'slow.wl'), bytes);
    await until(async () => (await names()).includes('Slow^Writer'));
    expect(lines).toEqual([]);
  });

  it('may come later, and may go for a while without taking the items with it', async () => {
    const parent = await testFolder();
    const folder = join(parent, 'later');
    const { worklist, lines } = await openTestWorklist({ Worklists: { Directory: folder } });
    await until(() => lines.length > 0);
    await mkdir(folder);
    await writeFile(join(folder, 'a.wl'), file('Later^Folder'));
    await until(async () => (await worklist.list({})).length === 1);
    await rename(folder, join(parent, 'away'));
    await until(() => lines.length > 1);
    expect(await worklist.list({})).toHaveLength(1);
  });

  it('has items that are not changed here, but whose course is', async () => {
    const { folder, worklist, names } = await openFolder();
    await writeFile(join(folder, 'a.wl'), file('File^Item'));
    await until(async () => (await names()).length === 1);
    const [{ id } = { id: '' }] = await worklist.list({});
    await expect(worklist.save(fields(), id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(worklist.remove(id)).rejects.toMatchObject({ code: 'forbidden' });
    await worklist.setStatus(id, 'completed');
    expect(await worklist.find(query(), 'PX1')).toEqual([]);
  });

  it('is not taken in twice: a done item stays done and goes from the list after the delay', async () => {
    const folder = await testFolder();
    const kept = await testFolder();
    const overrides = { Worklists: { Database: folder, DeleteWorklistsDelay: 0.0002 } };
    const first = await openTestWorklist(overrides, kept);
    await writeFile(join(folder, 'a.wl'), file('Done^Once'));
    await until(async () => (await first.worklist.list({})).length === 1);
    await first.worklist.setStatus((await first.worklist.list({}))[0]!.id, 'completed');
    await until(async () => (await first.worklist.list({})).length === 0);
    await first.close();
    const second = await openTestWorklist(overrides, kept);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await second.worklist.list({})).toEqual([]);
    expect(await second.worklist.find(query(), 'PX1')).toEqual([]);
  });

  it('loses its items when the settings name none any more', async () => {
    const folder = await testFolder();
    const kept = await testFolder();
    const first = await openTestWorklist({ Worklists: { Database: folder } }, kept);
    await writeFile(join(folder, 'a.wl'), file('Gone^Folder'));
    await until(async () => (await first.worklist.list({})).length === 1);
    await first.close();
    const second = await openTestWorklist({}, kept);
    expect(await second.worklist.list({})).toEqual([]);
  });

  it.skipIf(!hasDcmtk)(`takes what dump2dcm writes, with and without meta information${dcmtkNote}`, async () => {
    const { folder, lines, names } = await openFolder();
    const dump = (name: string) =>
      `(0010,0010) PN [${name}]\n(0010,0020) LO [D-1]\n(0040,0100) SQ\n(fffe,e000) -\n(0008,0060) CS [IO]\n(fffe,e00d) -\n(fffe,e0dd) -\n`;
    await dumpToFile(dump('Dump^Explicit'), join(folder, 'a.wl'), '-g', '+te');
    await dumpToFile(dump('Dump^Implicit'), join(folder, 'b.wl'), '-F', '+ti');
    await until(async () => (await names()).length === 2, 8000);
    expect(await names()).toEqual(['Dump^Explicit', 'Dump^Implicit']);
    expect(lines).toEqual([]);
  });

  it('of 3000 files does not hold up the loop', async () => {
    const folder = await testFolder();
    const bytes = file('Many^Files');
    const first = join(folder, '0.wl');
    await writeOld(first, bytes);
    for (let number = 1; number < 3000; number++) await copyFile(first, join(folder, `${number}.wl`));
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const { worklist } = await openTestWorklist({ Worklists: { Database: folder } });
    delay.enable();
    await until(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return (
        (await worklist.list({ text: 'nobody' })).length === 0 && (await worklist.find(query(), 'PX1')).length === 3000
      );
    }, 30_000);
    delay.disable();
    /* Seen: 13 ms. Reading them at a stretch would take seconds. */
    expect(delay.percentile(99) / 1e6).toBeLessThan(500);
    expect(existsSync(first) && (await stat(first)).isFile()).toBe(true);
  });
});
