/** How many frames the archive says a file has, as kept at its coming and as rebuilt from the files. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHeader } from '#main/dicom/header-reader.ts';
import { instanceView } from '#main/dicom/instance-view.ts';
import { viewSeries } from '#main/series-view.ts';
import { reindex } from '#main/store/reindex.ts';
import type { Store } from '#main/store/store.ts';
import { buildPart10, type BuildElement, instanceElements } from '../support/build-data-set.ts';
import { inPieces, temporaryFolder } from '../support/instances.ts';
import { openArchive, scanner } from './support.ts';

const image = (NumberOfFrames: string | undefined, pixels: number, more: readonly BuildElement[] = []) => [
  ...(NumberOfFrames === undefined ? [] : [{ tag: 'NumberOfFrames', value: NumberOfFrames }]),
  { tag: 'Rows', value: 2 },
  { tag: 'Columns', value: 2 },
  { tag: 'BitsAllocated', value: 8 },
  { tag: 'BitsStored', value: 8 },
  { tag: '7FE00010', vr: 'OB', value: Buffer.alloc(pixels) },
  ...more,
];
const bits = [
  { tag: 'Rows', value: 1 },
  { tag: 'Columns', value: 1 },
  { tag: 'BitsAllocated', value: 1 },
  { tag: 'BitsStored', value: 1 },
];

const cases: readonly (readonly [name: string, elements: readonly BuildElement[], frames: number])[] = [
  ['one image', image(undefined, 4), 1],
  ['three frames', image('3', 12), 3],
  ['a claim of 999999999', image('999999999', 12), 3],
  ['a claim of -5', image('-5', 12), 1],
  ['words for a number', image('many', 12), 1],
  ['frames of one bit in a megabyte', image('999999999', 1 << 20, bits), 1_000_000],
  ['no pixel data', [], 0],
  ['no pixel data, but a claim', [{ tag: 'NumberOfFrames', value: '999999999' }], 0],
  ['pixel data without rows', image('7', 4, [{ tag: 'Rows', value: 0 }]), 1],
];

describe('frames of a kept file', () => {
  const folder = temporaryFolder();
  let store: Store;

  beforeAll(async () => {
    store = await openArchive(folder.path);
    for (const [at, [, elements]] of cases.entries()) {
      const uid = { tag: 'SOPInstanceUID', value: `1.2.3.4.${at}` };
      const number = { tag: 'InstanceNumber', value: String(at) };
      const bytes = buildPart10({ elements: instanceElements([uid, number, ...elements]) });
      await store.receive(inPieces(bytes), scanner);
    }
  });
  afterAll(async () => {
    await store.close();
    folder.remove();
  });

  it.each(cases.map(([name, , frames], at) => [name, frames, at] as const))('%s: %i', async (_, frames, at) => {
    const [file] = await store.files({ SOPInstanceUID: `1.2.3.4.${at}` });
    expect(file?.NumberOfFrames).toBe(frames);
    expect(instanceView(await readHeader(file?.path as string)).NumberOfFrames).toBe(frames);
  });

  it('are the same in the view of the series and after a rebuild', async () => {
    const wanted = cases.map(([, , frames]) => frames);
    const [{ StudyInstanceUID, SeriesInstanceUID } = { StudyInstanceUID: '', SeriesInstanceUID: '' }] =
      await store.files({});
    const view = await viewSeries(store, { StudyInstanceUID, SeriesInstanceUID });
    expect(view.instances.map(({ NumberOfFrames }) => NumberOfFrames)).toEqual(wanted);
    await store.close();
    await reindex({ storage: folder.path, index: folder.path }, 'Never');
    store = await openArchive(folder.path);
    expect((await store.files({})).map(({ NumberOfFrames }) => NumberOfFrames)).toEqual(wanted);
  });
});
