/** How the frames of a series are counted, grouped, and which comes first. */
import { describe, expect, it } from 'vitest';
import { firstFrameOf, framesOf, groupRange, isVolume } from '#window/viewer/series-frames.ts';
import { fakeInstance, fakeSeries, fakeSlice } from './support/fake-series.ts';

const volume = fakeSeries(
  1,
  [1, 2, 3, 4, 5].map((at) => fakeSlice(at)),
  () => 0,
).view;
const radiographs = fakeSeries(2, [fakeInstance(1), fakeInstance(2, { Rows: 90 })], () => 0, { Modality: 'IO' }).view;
const clips = fakeSeries(
  3,
  [fakeInstance(1, { NumberOfFrames: 3, frameTimes: [40] }), fakeInstance(2), fakeInstance(3, { NumberOfFrames: 2 })],
  () => 0,
).view;

describe('frames of a series', () => {
  it('are counted through its instances, with ids that name instance and frame', () => {
    const frames = framesOf(clips);
    expect(frames.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(frames.map(({ imageId }) => imageId)).toEqual([
      'pacs:2.25.100.1.3/1',
      'pacs:2.25.100.1.3/2',
      'pacs:2.25.100.1.3/3',
      'pacs:2.25.100.2.3/1',
      'pacs:2.25.100.3.3/1',
      'pacs:2.25.100.3.3/2',
    ]);
  });

  it('are one group in a volume, and one each for radiographs and clips', () => {
    expect(isVolume(volume)).toBe(true);
    expect(isVolume(radiographs)).toBe(false);
    // A file that cannot be read does not take the volume apart.
    const unreadable = fakeInstance(6, { Rows: 0, Columns: 0, pixelKind: 'uint8' });
    expect(isVolume({ ...volume, instances: [...volume.instances, unreadable] })).toBe(true);
    expect(new Set(framesOf(volume).map(({ group }) => group)).size).toBe(1);
    expect(new Set(framesOf(radiographs).map(({ group }) => group)).size).toBe(2);
    expect(groupRange(framesOf(clips), 1)).toEqual([0, 2]);
    expect(groupRange(framesOf(clips), 3)).toEqual([3, 3]);
    expect(groupRange(framesOf(clips), 5)).toEqual([4, 5]);
  });

  it('are not one volume where a slice lies in another direction', () => {
    const tilted = fakeSlice(9, { ImageOrientationPatient: [0, 1, 0, 0, 0, -1] });
    expect(isVolume({ ...volume, instances: [...volume.instances, tilted] })).toBe(false);
  });

  it('begin in the middle of a volume and at the start of everything else', () => {
    expect(firstFrameOf(volume)).toBe(2);
    expect(firstFrameOf(radiographs)).toBe(0);
    expect(firstFrameOf(clips)).toBe(0);
    const enhanced = fakeSeries(4, [fakeSlice(1, { NumberOfFrames: 100 })], () => 0).view;
    expect(firstFrameOf(enhanced)).toBe(50);
    expect(firstFrameOf({ ...enhanced, instances: [] })).toBe(0);
  });
});
