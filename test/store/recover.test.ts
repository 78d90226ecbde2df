/** What a crash or a power cut can leave is set right at the next start. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reindex } from '#main/store/reindex.ts';
import type { Store } from '#main/store/store.ts';
import { inPieces, smallInstance, temporaryFolder } from '../support/instances.ts';
import { filesUnder, openArchive, scanner } from './support.ts';

const folder = { path: '', remove: () => undefined as void };
beforeEach(() => void Object.assign(folder, temporaryFolder()));
afterEach(() => folder.remove());

const fill = async (store: Store, count: number, from = 0): Promise<void> => {
  for (let at = from; at < from + count; at++)
    await store.receive(
      inPieces(smallInstance({ SOPInstanceUID: `1.5.${at}`, InstanceNumber: String(at), PatientName: 'Ängström^Åsa' })),
      scanner,
    );
};
const opened = async <R>(work: (store: Store) => Promise<R>): Promise<R> => {
  const store = await openArchive(folder.path);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
};
const dropCatalogue = () =>
  readdirSync(folder.path)
    .filter((name) => name.startsWith('catalogue.sqlite'))
    .forEach((name) => rmSync(join(folder.path, name)));

describe('the start after an interruption', () => {
  it('catalogues a file that had its final name but no row', async () => {
    await opened((store) => fill(store, 3));
    const [one] = filesUnder(folder.path, 'dicom');
    dropCatalogue();
    await opened(async (store) => expect((await store.statistics()).instances).toBe(3));
    expect(one && existsSync(one)).toBe(true);
  });

  it('takes out a row whose file never got its name to disk, and parents that are empty then', async () => {
    await opened((store) => fill(store, 2));
    for (const path of filesUnder(folder.path, 'dicom')) unlinkSync(path);
    await opened(async (store) => {
      expect(await store.statistics()).toMatchObject({ patients: 0, studies: 0, series: 0, instances: 0, diskSize: 0 });
      await fill(store, 1);
      expect(await store.find({ level: 'STUDY', keys: {} })).toMatchObject([{ NumberOfStudyRelatedInstances: '1' }]);
    });
  });

  it('clears what was on its way in', async () => {
    mkdirSync(join(folder.path, 'incoming'), { recursive: true });
    writeFileSync(join(folder.path, 'incoming', 'half.part'), 'half an image');
    await opened(async () => expect(filesUnder(folder.path, 'incoming')).toEqual([]));
  });

  it('keeps one of two files of the same instance', async () => {
    await opened((store) => fill(store, 1));
    const [path = ''] = filesUnder(folder.path, 'dicom');
    copyFileSync(path, path.replace(/-[0-9a-f]{8}\.dcm$/, '-00000000.dcm'));
    await opened(async (store) => expect((await store.statistics()).instances).toBe(1));
    expect(filesUnder(folder.path, 'dicom')).toHaveLength(1);
  });

  it('removes a file whose bytes did not all come to disk, unless the catalogue is being rebuilt', async () => {
    await opened((store) => fill(store, 1));
    const [path = ''] = filesUnder(folder.path, 'dicom');
    const cut = path.replace('1.5.0.', '1.5.99.');
    writeFileSync(cut, readFileSync(path).subarray(0, 400));
    dropCatalogue();
    await opened(() => Promise.resolve());
    expect(existsSync(cut)).toBe(true);
    await opened(() => Promise.resolve());
    expect([existsSync(cut), existsSync(path)]).toEqual([false, true]);
  });

  it('leaves a file that it cannot read where it is', async () => {
    await opened((store) => fill(store, 1));
    const [path = ''] = filesUnder(folder.path, 'dicom');
    writeFileSync(`${path}.note.dcm`, 'somebody put this here');
    await opened(async (store) => expect((await store.statistics()).instances).toBe(1));
    expect(existsSync(`${path}.note.dcm`)).toBe(true);
  });

  it('looks at the last buckets only', async () => {
    await opened((store) => fill(store, 1050));
    const settled = filesUnder(folder.path, 'dicom').find((path) => path.includes('/000/')) as string;
    unlinkSync(settled);
    /* A file that vanished from a settled bucket is damage for the integrity check, not for the start: its row stays. */
    await opened(async (store) => expect((await store.statistics()).instances).toBe(1050));
  });

  it('goes on in the same bucket', async () => {
    await opened((store) => fill(store, 3));
    await opened((store) => fill(store, 3, 3));
    expect(readdirSync(join(folder.path, 'dicom', '0000'))).toEqual(['000']);
  });
});

describe('the rebuild', () => {
  it('gives the same rows from the files alone', async () => {
    await opened((store) => fill(store, 25));
    const rows = await opened((store) => store.find({ level: 'IMAGE', keys: {}, order: [{ key: 'InstanceNumber' }] }));
    const { found, unreadable } = await reindex({ storage: folder.path, index: folder.path });
    expect([found, unreadable]).toEqual([25, []]);
    const rebuilt = await opened((store) =>
      store.find({ level: 'IMAGE', keys: {}, order: [{ key: 'InstanceNumber' }] }),
    );
    const timeless = (list: typeof rows) => list.map((row) => ({ ...row, ReceivedAt: '' }));
    expect(timeless(rebuilt)).toEqual(timeless(rows));
  });

  it('is refused while the archive is open, as is a second program', async () => {
    await opened(async () => {
      await expect(reindex({ storage: folder.path, index: folder.path })).rejects.toMatchObject({ code: 'busy' });
      await expect(openArchive(folder.path)).rejects.toMatchObject({ code: 'busy' });
    });
  });
});
