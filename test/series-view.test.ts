/** The view of a series and its pixels speak of the same frames, and of one patient. */
import { unlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listSeries } from '#main/listing.ts';
import { seriesTag } from '#main/series-tag.ts';
import { viewSeries } from '#main/series-view.ts';
import type { Store } from '#main/store/store.ts';
import type { IndexedKeyword } from '#shared/attributes.ts';
import { openArchive, scanner } from './store/support.ts';
import { inPieces, smallInstance, temporaryFolder } from './support/instances.ts';

const scope = { StudyInstanceUID: '1.2.3.4.1', SeriesInstanceUID: '1.2.3.4.2' };
const folder = { path: '', remove: () => undefined as void };
let store: Store;
beforeEach(async () => {
  Object.assign(folder, temporaryFolder());
  store = await openArchive(folder.path);
});
afterEach(async () => {
  await store.close();
  folder.remove();
});
const give = (values: Partial<Record<IndexedKeyword, string>>) =>
  store.receive(inPieces(smallInstance(values)), scanner);

describe('the view of a series', () => {
  it('has a tag that changes with every instance that comes', async () => {
    await give({ SOPInstanceUID: '1.1' });
    const first = await viewSeries(store, scope);
    expect(first.tag).toBe(seriesTag(await store.files(scope)));
    await give({ SOPInstanceUID: '1.2' });
    const second = await viewSeries(store, scope);
    expect(second.tag).not.toBe(first.tag);
    expect(second.instances.map(({ SOPInstanceUID }) => SOPInstanceUID)).toEqual(['1.1', '1.2']);
  });

  it('keeps the place of an instance whose file is gone', async () => {
    for (const uid of ['1.1', '1.2', '1.3']) await give({ SOPInstanceUID: uid, InstanceNumber: uid.slice(2) });
    const files = await store.files(scope);
    unlinkSync(files[1]?.path ?? '');
    const { instances, patient } = await viewSeries(store, scope);
    expect(instances.map(({ SOPInstanceUID }) => SOPInstanceUID)).toEqual(['1.1', '1.2', '1.3']);
    expect(instances.map(({ NumberOfFrames }) => NumberOfFrames)).toEqual(
      files.map(({ NumberOfFrames }) => NumberOfFrames),
    );
    expect(patient.PatientName).toBe('Test^Patient');
  });

  it('tells two patients apart that share a StudyInstanceUID', async () => {
    await give({ PatientID: 'WRONG', PatientName: 'Wrong^Person' });
    await give({ PatientID: 'RIGHT', PatientName: 'Right^Person' });
    expect(await store.count({ level: 'STUDY', keys: {} })).toBe(2);
    const { patient, instances } = await viewSeries(store, { ...scope, PatientID: 'RIGHT' });
    expect([patient.PatientName, instances.length]).toEqual(['Right^Person', 1]);
    expect(await listSeries(store, { ...scope, PatientID: 'WRONG' })).toMatchObject([{ PatientName: 'Wrong^Person' }]);
    expect(await listSeries(store, scope)).toHaveLength(2);
  });

  it('of nothing is refused in words', async () => {
    await expect(viewSeries(store, scope)).rejects.toMatchObject({ code: 'not-found' });
  });
});
