/** What a crash or a power cut can leave is set right at the next start. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reindex } from '#main/store/reindex.ts';
import type { StoreOptions } from '#main/store/open-store.ts';
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
const opened = async <R>(work: (store: Store) => Promise<R>, options: Partial<StoreOptions> = {}): Promise<R> => {
  const store = await openArchive(folder.path, options);
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
    writeFileSync(join(folder.path, 'incoming', '01234567-89ab-cdef-0123-456789abcdef.part'), 'half an image');
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
    const leave = () => writeFileSync(cut, readFileSync(path).subarray(0, 400));
    leave();
    await opened(() => Promise.resolve());
    expect([existsSync(cut), existsSync(path)]).toEqual([false, true]);
    leave();
    dropCatalogue();
    for (const start of [1, 2]) {
      await opened(() => Promise.resolve());
      expect([start, existsSync(cut), existsSync(path)]).toEqual([start, true, true]);
    }
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

  it('after more than one bucket loses nothing and has nothing to say', async () => {
    const said: string[] = [];
    const log = (message: string) => void said.push(message);
    await opened(async (store) => {
      const uids = Array.from({ length: 1203 }, (_, at) => at);
      for (let at = 0; at < uids.length; at += 50)
        await Promise.all(uids.slice(at, at + 50).map((uid) => fill(store, 1, uid)));
    });
    for (const start of [1, 2])
      await opened(
        async (store) => {
          const files = await store.files({});
          expect([start, files.length]).toEqual([start, 1203]);
          expect(files.filter(({ path }) => !existsSync(path))).toEqual([]);
        },
        { log },
      );
    expect(filesUnder(folder.path, 'dicom')).toHaveLength(1203);
    expect(said).toEqual([]);
  }, 60_000);

  it('finds the newer version when the power took its row, though the older is gone', async () => {
    const version = (name: string) => smallInstance({ SOPInstanceUID: '1.5.7', PatientName: name });
    await opened((store) => store.receive(inPieces(version('Old^Name')), scanner));
    const before = readdirSync(folder.path).filter((name) => name.startsWith('catalogue.sqlite'));
    const kept = new Map(before.map((name) => [name, readFileSync(join(folder.path, name))]));
    await opened((store) => store.receive(inPieces(version('New^Name')), scanner), { overwrite: 'Always' });
    dropCatalogue();
    for (const [name, bytes] of kept) writeFileSync(join(folder.path, name), bytes);
    await opened(
      async (store) => {
        expect(await store.find({ level: 'STUDY', keys: {} })).toMatchObject([{ PatientName: 'New^Name' }]);
        expect(readFileSync((await store.files({}))[0]?.path ?? '').includes('New^Name')).toBe(true);
      },
      { overwrite: 'Always' },
    );
  });

  it.each(['Always', 'Never'] as const)(
    'of two versions without a row keeps the one that %s keeps, and removes neither',
    async (overwrite) => {
      await opened((store) =>
        store.receive(inPieces(smallInstance({ SOPInstanceUID: '1.5.7', PatientName: 'Old^Name' })), scanner),
      );
      const [old = ''] = filesUnder(folder.path, 'dicom');
      const bytes = readFileSync(old);
      await opened(
        (store) =>
          store.receive(inPieces(smallInstance({ SOPInstanceUID: '1.5.7', PatientName: 'New^Name' })), scanner),
        { overwrite: 'Always' },
      );
      writeFileSync(old, bytes);
      utimesSync(old, new Date(2020, 1, 1), new Date(2020, 1, 1));
      dropCatalogue();
      for (const start of [1, 2])
        await opened(
          async (store) => {
            const expected = overwrite === 'Always' ? 'New^Name' : 'Old^Name';
            expect([start, (await store.find({ level: 'STUDY', keys: {} }))[0]?.PatientName]).toEqual([
              start,
              expected,
            ]);
          },
          { overwrite },
        );
    },
  );

  it('stops in words at a folder that it cannot read, and forgets nothing', async () => {
    await opened((store) => fill(store, 2));
    const bucket = join(folder.path, 'dicom', '0000', '000');
    renameSync(bucket, `${bucket}-away`);
    writeFileSync(bucket, 'a file where a folder was');
    await expect(openArchive(folder.path)).rejects.toThrow();
    unlinkSync(bucket);
    renameSync(`${bucket}-away`, bucket);
    await opened(async (store) => expect((await store.statistics()).instances).toBe(2));
  });

  it('leaves alone what others have put into its folders', async () => {
    await opened(() => Promise.resolve());
    mkdirSync(join(folder.path, 'incoming', 'from-scanner'));
    for (const name of ['from-scanner/a.dcm', 'b.dcm']) writeFileSync(join(folder.path, 'incoming', name), 'theirs');
    await opened(() => Promise.resolve());
    expect(filesUnder(folder.path, 'incoming')).toHaveLength(2);
  });

  it('rebuilds a catalogue that is damaged or was made by an older program', async () => {
    await opened((store) => fill(store, 3));
    writeFileSync(join(folder.path, 'catalogue.sqlite'), 'no database at all, but long enough to look at'.repeat(100));
    for (const name of ['catalogue.sqlite-wal', 'catalogue.sqlite-shm'])
      rmSync(join(folder.path, name), { force: true });
    await opened(async (store) => expect((await store.statistics()).instances).toBe(3));
    const database = new Database(join(folder.path, 'catalogue.sqlite'));
    database.pragma('user_version = 1');
    database.close();
    await opened(async (store) => expect((await store.statistics()).instances).toBe(3));
    const newer = new Database(join(folder.path, 'catalogue.sqlite'));
    newer.pragma('user_version = 99');
    newer.close();
    await expect(openArchive(folder.path)).rejects.toThrow(/newer Chairside/);
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
    const { found, unreadable } = await reindex({ storage: folder.path, index: folder.path }, 'Never');
    expect([found, unreadable]).toEqual([25, []]);
    const rebuilt = await opened((store) =>
      store.find({ level: 'IMAGE', keys: {}, order: [{ key: 'InstanceNumber' }] }),
    );
    const timeless = (list: typeof rows) => list.map((row) => ({ ...row, ReceivedAt: '' }));
    expect(timeless(rebuilt)).toEqual(timeless(rows));
  });

  it('is refused while the archive is open, as is a second program', async () => {
    await opened(async () => {
      await expect(reindex({ storage: folder.path, index: folder.path }, 'Never')).rejects.toMatchObject({
        code: 'busy',
      });
      await expect(openArchive(folder.path)).rejects.toMatchObject({ code: 'busy' });
    });
  });
});
