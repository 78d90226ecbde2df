/** The store of an open study, over answers that the test makes. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Events } from '#shared/contract.ts';
import type { SeriesView } from '#shared/model.ts';
import { createViewerStore } from '#window/state/viewer-store.ts';
import { fakeBridge } from '../window/fake-bridge.ts';
import { fakeSeries, fakeSlice } from './support/fake-series.ts';

const study = { StudyInstanceUID: '2.25.1', PatientID: 'Ä 1&2' };
const viewOf = (count: number): SeriesView => ({
  ...fakeSeries(
    1,
    Array.from({ length: count }, (_, at) => fakeSlice(at + 1)),
    () => 0,
  ).view,
  tag: `of ${count}`,
});

let count = 3;
const bridge = () =>
  fakeBridge({
    'series.list': () => [
      { SeriesInstanceUID: '2.25.1.9', Modality: 'SR' },
      { SeriesInstanceUID: '2.25.1.1', Modality: 'CT' },
    ],
    'series.view': () => viewOf(count),
  });

async function opened(core = bridge()) {
  const store = createViewerStore(core, study);
  store.getState().open();
  await vi.advanceTimersByTimeAsync(0);
  return { core, store, state: store.getState };
}

beforeEach(() => {
  vi.useFakeTimers();
  count = 3;
});
afterEach(() => vi.useRealTimers());

describe('an open study', () => {
  it('asks for everything under its PatientID, and for the pixels that its view names', async () => {
    const { core, state } = await opened();
    expect(core.asked).toEqual([
      ['series.list', study],
      ['series.view', { ...study, SeriesInstanceUID: '2.25.1.1' }],
    ]);
    const { view } = state();
    expect(view && state().pixelsUrl(view, 1)).toBe(
      'http://core/window/pixels/2.25.1/2.25.1.1?first=1&tag=of+3&patient=%C3%84+1%262',
    );
    expect(state().thumbnailUrl('2.25.1.1')).toBe(
      'http://core/window/thumbnail/2.25.1/2.25.1.1?size=128&patient=%C3%84+1%262',
    );
  });

  it('is asked for anew when its series has changed, with pauses and not without end', async () => {
    const { core, state } = await opened();
    const before = state().view;
    count = 4;
    expect(state().reload()).toBe(true);
    expect(state().view).toBe(before);
    await vi.advanceTimersByTimeAsync(0);
    expect(state().view?.tag).toBe('of 4');
    let times = 1;
    for (; state().reload(); times++) await vi.advanceTimersByTimeAsync(2000);
    expect(times).toBe(5);
    expect(core.asked.filter(([name]) => name === 'series.view')).toHaveLength(1 + times);
    state().retry();
    await vi.advanceTimersByTimeAsync(0);
    expect(state().reload()).toBe(true);
  });

  it('counts the images that come to its series, and takes them in when it is asked to', async () => {
    const { core, state } = await opened();
    const tell = (SOPInstanceUID: string, more: Partial<Events['instance.stored']> = {}) =>
      core.tell('instance.stored', {
        ...study,
        SeriesInstanceUID: '2.25.1.1',
        SOPClassUID: '1',
        isNewStudy: false,
        SOPInstanceUID,
        ...more,
      });
    for (const other of [{ PatientID: 'other' }, { SeriesInstanceUID: '2.25.1.9' }, { StudyInstanceUID: '2.25.2' }])
      tell('2.25.3', other);
    tell('2.25.100.4.1');
    tell('2.25.100.4.1');
    tell('2.25.100.5.1');
    await vi.advanceTimersByTimeAsync(1000);
    expect(state().newImages).toBe(2);
    expect(state().view?.instances).toHaveLength(3);
    count = 4;
    state().showNew();
    expect(state().view?.instances).toHaveLength(3);
    tell('2.25.100.5.1');
    tell('2.25.100.4.1');
    await vi.advanceTimersByTimeAsync(1000);
    expect(state().view?.instances).toHaveLength(4);
    expect(state().newImages).toBe(1);
  });

  it('does not come back to a series that was left meanwhile', async () => {
    const { core, state } = await opened();
    state().reload();
    state().choose('2.25.1.9');
    await vi.advanceTimersByTimeAsync(5000);
    const views = core.asked.filter(([name]) => name === 'series.view').map(([, input]) => input);
    expect(views).toEqual([
      { ...study, SeriesInstanceUID: '2.25.1.1' },
      { ...study, SeriesInstanceUID: '2.25.1.9' },
    ]);
  });
});
