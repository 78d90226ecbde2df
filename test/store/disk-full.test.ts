/** A disk that fills up in the middle of an image: the image is refused with its reason, and nothing that was kept is lost. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '#main/store/store.ts';
import { inPieces, sha256, smallInstance, temporaryFolder } from '../support/instances.ts';
import { filesUnder, openArchive, scanner } from './support.ts';

const folder = temporaryFolder();
const mounted =
  process.getuid?.() === 0 &&
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder.path], { stdio: 'ignore' }).status === 0;

describe.skipIf(!mounted)(
  `a small disk${mounted ? '' : ' (left out: a small file system can be mounted by root only)'}`,
  () => {
    let store: Store;
    beforeAll(async () => void (store = await openArchive(folder.path)));
    afterAll(async () => {
      await store.close();
      spawnSync('umount', [folder.path]);
      folder.remove();
    });

    it('that is full answers storage-full and keeps what it had', async () => {
      const megabyte = (uid: number) =>
        smallInstance({ SOPInstanceUID: `1.6.${uid}` }, new Uint8Array(1024 * 1024).fill(uid));
      const kept: number[] = [];
      let refusal: { code?: string } | undefined;
      for (let uid = 1; uid < 20 && !refusal; uid++)
        await store.receive(inPieces(megabyte(uid), 65_536), scanner).then(
          () => kept.push(uid),
          (error: unknown) => void (refusal = error as { code?: string }),
        );
      expect(refusal?.code).toBe('storage-full');
      expect(kept.length).toBeGreaterThan(5);
      expect(filesUnder(folder.path, 'incoming')).toEqual([]);
      const files = await store.files({});
      expect(files.map(({ SOPInstanceUID }) => SOPInstanceUID)).toEqual(kept.map((uid) => `1.6.${uid}`).toSorted());
      for (const [at, { path }] of files.entries())
        expect(sha256(readFileSync(path))).toBe(sha256(megabyte(Number(files[at]?.SOPInstanceUID.split('.')[2]))));
    });
  },
);
afterAll(() => {
  if (!mounted) folder.remove();
});
