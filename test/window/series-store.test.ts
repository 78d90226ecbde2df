/** The chosen study's series: asked for by study and patient, and again when images come. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createSeriesStore } from '#window/state/series-store.ts';
import { thumbnailPath } from '#window/state/study-id.ts';
import { fakeBridge } from './fake-bridge.ts';

const settle = () => vi.advanceTimersByTimeAsync(700);
const study = (PatientID: string) => ({ PatientID, StudyInstanceUID: '1.2' });
const image = { SeriesInstanceUID: '1', SOPInstanceUID: '1', SOPClassUID: '1', isNewStudy: false };

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

describe('the series store', () => {
  it('asks for one patient of two that share a StudyInstanceUID, and follows only that one', async () => {
    const bridge = fakeBridge({ 'series.list': ({ PatientID }) => [{ SeriesDescription: `of ${PatientID}` }] });
    const { getState } = createSeriesStore(bridge);
    getState().show(study('A'));
    await settle();
    getState().show(study(''));
    await settle();
    expect(getState().series).toEqual([{ SeriesDescription: 'of ' }]);
    bridge.tell('instance.stored', { ...study('A'), ...image });
    await settle();
    bridge.tell('instance.stored', { ...study(''), ...image });
    await settle();
    expect(bridge.asked.map(([, input]) => input)).toEqual([study('A'), study(''), study('')]);
  });
});

describe('the path of a thumbnail', () => {
  it('names the patient, escaped, and the count of images, so that it changes with it', () =>
    expect(thumbnailPath(study('a&b/1'), { SeriesInstanceUID: '1.2.3', size: 96, count: '7' })).toBe(
      '/window/thumbnail/1.2/1.2.3?size=96&patient=a%26b%2F1&of=7',
    ));
  it('names the patient even where there is none', () =>
    expect(thumbnailPath(study(''), { size: 96, count: undefined })).toBe(
      '/window/thumbnail/1.2?size=96&patient=&of=',
    ));
});
