/** The pure parts of showing a picture: geometry, sides, scale, windows, clip times, keys. */
import { describe, expect, it } from 'vitest';
import { aligned, fitScale, toImage, toPatient, toScreen, turns, upright, zoomed } from '#window/viewer/camera.ts';
import type { ImagePlane, Turn } from '#window/viewer/camera.ts';
import { beginOf, cineTimes, frameAt, rateOf } from '#window/viewer/cine-clock.ts';
import { planeOf } from '#window/viewer/image-plane.ts';
import { edgeLetters } from '#window/viewer/orientation-letters.ts';
import { pixelStatistics } from '#window/viewer/pixel-statistics.ts';
import { scaleBar } from '#window/viewer/scale-bar.ts';
import { commandOf } from '#window/viewer/shortcuts.ts';
import { dragged, presetsOf, rangeOf, windowOf } from '#window/viewer/windows.ts';
import { fakeInstance, fakeSlice } from './support/fake-series.ts';

const plane: ImagePlane = planeOf(fakeSlice(1, { Rows: 100, Columns: 200, spacing: [0.4, 0.2] }));
const { rotateRight, rotateLeft, flipHorizontal, flipVertical } = turns;
const tidy = ({ right, down }: Turn) => [...right, ...down].map((value) => value + 0);

describe('the camera', () => {
  it('turns what is on the screen', () => {
    expect(tidy(rotateLeft(rotateRight(upright)))).toEqual(tidy(upright));
    expect(tidy(rotateRight(rotateRight(upright)))).toEqual(tidy(flipHorizontal(flipVertical(upright))));
    const camera = { center: [99.5, 49.5], scale: 1, turn: rotateRight(upright) } as const;
    // The left edge of the image is at the top after a turn to the right.
    const [x, y] = toScreen(plane, camera, [-0.5, 49.5]);
    expect(x).toBeCloseTo(0);
    expect(y).toBeCloseTo(-100);
  });

  it('fits the whole image, whatever the shape of its pixels and its turn', () => {
    // 40 mm x 40 mm
    expect(fitScale(plane, upright, [400, 800])).toBeCloseTo(2);
    const tall = { ...plane, rowSpacing: 0.2 };
    expect(fitScale(tall, upright, [400, 400])).toBeCloseTo(2);
    expect(fitScale(tall, rotateRight(upright), [400, 800])).toBeCloseTo(4);
  });

  it('goes from image to screen and back, and zooms around a point', () => {
    for (const turn of [upright, rotateRight(upright), flipHorizontal(rotateLeft(upright))]) {
      const camera = { center: [30, 40], scale: 1.7, turn } as const;
      const there = toImage(plane, camera, toScreen(plane, camera, [12, 34]));
      expect(there[0]).toBeCloseTo(12);
      expect(there[1]).toBeCloseTo(34);
      const near = zoomed(plane, camera, 2, [55, -20]);
      expect(toImage(plane, near, [55, -20])[0]).toBeCloseTo(toImage(plane, camera, [55, -20])[0]);
      expect(near.scale).toBeCloseTo(3.4);
    }
  });

  it('puts image pixels onto screen pixels at 1:1', () => {
    const square = { ...plane, rowSpacing: 0.2 };
    for (const size of [
      [801, 600],
      [800, 601],
    ] as const) {
      const camera = aligned(square, { center: [99.5, 49.5], scale: 1, turn: upright }, size);
      const [x, y] = toScreen(square, camera, [-0.5, -0.5]);
      expect((x + size[0] / 2) % 1).toBeCloseTo(0);
      expect((y + size[1] / 2) % 1).toBeCloseTo(0);
    }
  });

  it('knows where an image point is in the patient', () => {
    expect(toPatient(plane, [10, 5])).toEqual([2, 2, 0.5]);
  });
});

describe('the sides', () => {
  it.each([
    ['axial', [1, 0, 0, 0, 1, 0], 'RLAP'],
    ['coronal', [1, 0, 0, 0, 0, -1], 'RLHF'],
    ['sagittal', [0, 1, 0, 0, 0, -1], 'APHF'],
  ] as const)('of a %s image', (_, ImageOrientationPatient, letters) => {
    const { left, right, top, bottom } = edgeLetters(planeOf(fakeSlice(1, { ImageOrientationPatient })), upright);
    expect(left + right + top + bottom).toBe(letters);
  });

  it('follow mirroring and turning', () => {
    const axial = planeOf(fakeSlice(1));
    expect(edgeLetters(axial, flipHorizontal(upright))).toMatchObject({ left: 'L', right: 'R', top: 'A' });
    expect(edgeLetters(axial, rotateRight(upright))).toMatchObject({ top: 'R', right: 'A', bottom: 'L', left: 'P' });
  });

  it('of an oblique image have two letters', () => {
    const half = Math.SQRT1_2;
    const oblique = planeOf(fakeSlice(1, { ImageOrientationPatient: [half, half, 0, 0, 0, -1] }));
    expect(edgeLetters(oblique, upright)).toMatchObject({ right: 'LP', left: 'RA' });
  });
});

describe('the scale', () => {
  it.each([
    [0.2, 200, 20],
    [0.1, 200, 20],
    [0.05, 200, 10],
    [0.012, 200, 2],
    [1, 200, 200],
  ])('of %f mm a pixel in %i pixels is a bar of %i mm', (perPixel, longest, millimetres) => {
    const bar = scaleBar(perPixel, longest);
    expect(bar.millimetres).toBeCloseTo(millimetres);
    expect(bar.screenPixels).toBeCloseTo(millimetres / perPixel);
    expect(bar.screenPixels).toBeLessThanOrEqual(longest);
  });

  it('of pixels without a size is their shape only', () => {
    expect(planeOf(fakeInstance(1, { PixelAspectRatio: [4, 3] }))).toMatchObject({
      rowSpacing: 4 / 3,
      columnSpacing: 1,
    });
    expect(planeOf(fakeInstance(1, { PixelAspectRatio: [0, 3] }))).toMatchObject({ rowSpacing: 1, columnSpacing: 1 });
    expect(planeOf(fakeInstance(1))).toMatchObject({ rowSpacing: 1, columnSpacing: 1 });
  });
});

describe('the windows', () => {
  it('become ranges as the Standard says, and back', () => {
    // PS3.3 C.11.2.1.2: width 2, center 1 for 1 bit values: 0 is black, 1 is white.
    expect(rangeOf(1, 2, 'LINEAR')).toEqual({ lower: 0, upper: 1 });
    expect(rangeOf(128, 256, 'LINEAR')).toEqual({ lower: 0, upper: 255 });
    expect(rangeOf(128, 256, 'LINEAR_EXACT')).toEqual({ lower: 0, upper: 256 });
    expect(windowOf(rangeOf(40, 400, 'LINEAR'), 'LINEAR')).toEqual({ center: 40, width: 400 });
    expect(windowOf(rangeOf(40, 400, 'LINEAR_EXACT'), 'LINEAR_EXACT')).toEqual({ center: 40, width: 400 });
  });

  it('are never empty', () => {
    const { lower, upper } = rangeOf(500, 1, 'LINEAR');
    expect(upper).toBeGreaterThan(lower);
    const narrow = dragged(rangeOf(500, 10, 'LINEAR'), -100_000, 0);
    expect(narrow.upper).toBeGreaterThan(narrow.lower);
  });

  it('grow to the right and darken downwards', () => {
    const wide = dragged({ lower: 0, upper: 100 }, 50, 0);
    expect(wide.upper - wide.lower).toBeGreaterThan(100);
    expect((wide.upper + wide.lower) / 2).toBeCloseTo(50);
    expect(dragged({ lower: 0, upper: 100 }, 0, 35)).toEqual({ lower: 10, upper: 110 });
  });

  const grey = (samples: Int16Array | Float32Array) =>
    ({ kind: 'int16', rows: 1, columns: samples.length, samples }) as const;
  const ramp = grey(Int16Array.from({ length: 1001 }, (_, at) => at * 4 - 1000));

  it('are those of the data set first, then the viewer’s own', () => {
    const instance = fakeInstance(1, {
      windows: [
        { center: 40, width: 400, explanation: 'WEICH' },
        { center: 1, width: 0 },
      ],
    });
    const presets = presetsOf('CT', instance, ramp, pixelStatistics(ramp));
    expect(presets.map(({ name }) => name)).toEqual([
      'original',
      'auto',
      'bone',
      'teeth',
      'softTissue',
      'airway',
      'full',
    ]);
    expect(presets[0]).toEqual({ name: 'original', lower: -160, upper: 239, explanation: 'WEICH' });
  });

  it('are measured where the data set has none', () => {
    const [auto, contrast, full] = presetsOf('IO', fakeInstance(1, { windows: [] }), ramp, pixelStatistics(ramp));
    expect(auto).toMatchObject({ name: 'auto', lower: -960, upper: 2960 });
    expect(contrast).toMatchObject({ name: 'contrast', lower: -600, upper: 2600 });
    expect(full).toMatchObject({ name: 'full', lower: -1000, upper: 3000 });
  });

  it('of ready pictures show them as they are', () => {
    const none = fakeInstance(1, { windows: [], pixelKind: 'rgb8' });
    expect(presetsOf('US', none, { kind: 'rgb8' }, pixelStatistics(ramp))[0]).toMatchObject({ lower: 0, upper: 255 });
    expect(presetsOf('US', none, { kind: 'uint8' }, pixelStatistics(ramp))[0]).toMatchObject({ lower: 0, upper: 255 });
  });

  it('survive pictures of one value and values that are none', () => {
    const flat = grey(new Int16Array(10).fill(7));
    expect(presetsOf('IO', fakeInstance(1, { windows: [] }), flat, pixelStatistics(flat))[0]?.lower).toBeLessThan(7);
    const odd = grey(new Float32Array([NaN, 1, 2, NaN]));
    expect(pixelStatistics(odd)).toMatchObject({ minimum: 1, maximum: 2 });
    const endless = grey(new Float32Array([-Infinity, 1, 2, Infinity]));
    expect(pixelStatistics(endless)).toMatchObject({ minimum: 1, maximum: 2 });
  });
});

describe('the clock of a clip', () => {
  it('shows each frame for its time and begins again', () => {
    const times = cineTimes([10, 20, 30], 3);
    expect([0, 9.9, 10, 29, 30, 59.9, 60, 75, 6_000_000, -1].map((at) => frameAt(times, at))).toEqual([
      0, 0, 1, 1, 2, 2, 0, 1, 0, 2,
    ]);
    expect(beginOf(times, 2)).toBe(30);
    expect(rateOf(times)).toBe(50);
  });

  it('takes one time for all frames, and none as ten a second', () => {
    expect(rateOf(cineTimes([33.3], 30))).toBeCloseTo(30.03);
    expect(rateOf(cineTimes([], 30))).toBe(10);
  });

  it('replaces times that cannot be', () => {
    expect(cineTimes([0, 40, NaN, -5], 4).ends).toEqual([40, 80, 120, 160]);
  });
});

describe('the keys', () => {
  const key = (name: string, more: Partial<KeyboardEvent> = {}) => commandOf({ key: name, ...more } as KeyboardEvent);

  it('stand for commands', () => {
    expect(key('i')).toBe('invert');
    expect(key('I')).toBe('invert');
    expect(key('R', { shiftKey: true })).toBe('rotateLeft');
    expect(key('ArrowDown', { shiftKey: true })).toBe('nextTen');
    expect(key('?', { shiftKey: true })).toBe('help');
    expect(key('3')).toBe('preset');
    expect(key('r', { ctrlKey: true })).toBeUndefined();
    expect(key('q')).toBeUndefined();
  });
});
