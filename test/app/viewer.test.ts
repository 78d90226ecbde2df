/** The built viewer in a real browser over generated series: every pixel, every command, the odd kinds, errors, memory. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { startFakeCore } from '../viewer/support/fake-core.ts';
import type { FakeCore } from '../viewer/support/fake-core.ts';
import { fakeInstance, fakeSeries, fakeSlice } from '../viewer/support/fake-series.ts';
import type { FakeSeries } from '../viewer/support/fake-series.ts';
import {
  cutMiddle,
  drag,
  launchChromium,
  middleOfStage,
  openFirstStudy,
  openWindow,
  readPicture,
  rememberContexts,
  waitForFrame,
} from '../viewer/support/viewer-page.ts';
import type { Picture, ViewerPage } from '../viewer/support/viewer-page.ts';

const ramp = (x: number, y: number, frame: number) => x * 11 + y * 5 + frame * 17 - 150;
const colors = (x: number, y: number, frame: number, channel: number) => [x * 4, y * 5, frame * 8][channel] ?? 0;
const twelve = Array.from({ length: 12 }, (_, at) => fakeSlice(at + 1));
const cinema = { pixelKind: 'rgb8', PhotometricInterpretation: 'RGB', windows: [] } as const;

const volume = fakeSeries(1, twelve, ramp);
const monochrome1 = fakeSeries(
  2,
  [
    fakeInstance(1, {
      pixelKind: 'uint16',
      PhotometricInterpretation: 'MONOCHROME1',
      invert: true,
      windows: [{ center: 1024, width: 2048 }],
    }),
  ],
  (x, y) => x * 32 + y,
  { Modality: 'IO' },
);
const clip = fakeSeries(3, [fakeInstance(1, { ...cinema, NumberOfFrames: 30, frameTimes: [40] })], colors, {
  Modality: 'US',
});
const floats = fakeSeries(
  4,
  [fakeInstance(1, { pixelKind: 'float32', windows: [{ center: 0.5, width: 1 }], VOILUTFunction: 'LINEAR_EXACT' })],
  (x, y) => (x / 63 + y / 47) / 2,
);
/** Same size, another kind; another size; an image that cannot be decoded. */
const mixed = fakeSeries(
  5,
  [
    fakeInstance(1, { pixelKind: 'uint8', windows: [] }),
    fakeInstance(2, cinema),
    fakeInstance(3, { Rows: 30, Columns: 90, windows: [] }),
    fakeInstance(4, { pixelKind: 'uint8', windows: [] }),
    fakeInstance(5, { pixelKind: 'uint8', windows: [] }),
  ],
  (x, y, frame, channel) => (x + y + channel * 40 + frame * 20) % 256,
  { Modality: 'XC', errors: { 3: 'The JPEG of this image is damaged.' } },
);
const sigmoid = fakeSeries(
  6,
  [fakeInstance(1, { VOILUTFunction: 'SIGMOID', windows: [{ center: 400, width: 300 }] })],
  (x, y) => x * 12 + y,
);
const tall = fakeSeries(
  7,
  [fakeInstance(1, { PixelAspectRatio: [2, 1], pixelKind: 'uint8', windows: [] })],
  (x) => x * 4,
);
const slow = fakeSeries(
  8,
  Array.from({ length: 20 }, (_, at) => fakeSlice(at + 1)),
  ramp,
  { delay: 120 },
);
const report = fakeSeries(9, [], () => 0, { Modality: 'XX' });

const linear = (value: number, center: number, width: number) =>
  Math.min(255, Math.max(0, ((value - (center - 0.5)) / (width - 1) + 0.5) * 255));

/** Largest difference between a picture and what its pixels have to be. */
function difference(picture: Picture, expected: (x: number, y: number, channel: number) => number): number {
  let most = 0;
  for (let at = 0; at < picture.width * picture.height; at++)
    for (const channel of [0, 1, 2]) {
      const wanted = expected(at % picture.width, Math.floor(at / picture.width), channel);
      most = Math.max(most, Math.abs((picture.data[at * 4 + channel] ?? 0) - wanted));
    }
  return most;
}

let browser: Browser;
let core: FakeCore;
let opened: ViewerPage;
let page: Page;

const viewer = () => page.getByRole('main', { name: 'Image viewer' });

async function choose(series: FakeSeries): Promise<void> {
  await page
    .getByRole('navigation')
    .getByText(series.view.SeriesDescription ?? '', { exact: true })
    .click();
  await page.getByText(`${series.view.Modality} · ${series.view.SeriesDescription}`).waitFor();
}

/** The picture pixel for pixel. */
async function actualSize(columns = 64, rows = 48): Promise<Picture> {
  await page.keyboard.press('a');
  return cutMiddle(await readPicture(page), columns, rows);
}

async function shownWindow(): Promise<{ width: number; center: number }> {
  await readPicture(page);
  const text = (await page.getByText(/^W .* C /).innerText()).replaceAll(',', '');
  const [, width, center] = /W (-?[\d.]+)\s+C (-?[\d.]+)/.exec(text) ?? [];
  return { width: Number(width), center: Number(center) };
}

beforeAll(async () => {
  browser = await launchChromium();
  core = await startFakeCore([volume, monochrome1, clip, floats, mixed, sigmoid, tall, slow, report]);
  opened = await openWindow(browser, core.url);
  page = opened.page;
  await openFirstStudy(opened);
});

afterAll(async () => {
  await browser?.close();
  await core?.close();
});

describe('what the viewer shows', () => {
  it('is the middle slice, with the window of the data set, exact to 1 of 255', async () => {
    await choose(volume);
    await waitForFrame(page, 6);
    expect(difference(await actualSize(), (x, y) => linear(ramp(x, y, 6), 300, 801))).toBeLessThanOrEqual(1);
  });

  it('is the colour of the pixels, exact to 1 of 255', async () => {
    await choose(clip);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await waitForFrame(page, 1);
    expect(difference(await actualSize(), (x, y, channel) => colors(x, y, 1, channel))).toBeLessThanOrEqual(1);
  });

  it('is MONOCHROME1 with high values dark', async () => {
    await choose(monochrome1);
    const expected = (x: number, y: number) => 255 - linear(x * 32 + y, 1024, 2048);
    expect(difference(await actualSize(), expected)).toBeLessThanOrEqual(1);
  });

  it('is float values with an exact linear window', async () => {
    await choose(floats);
    expect(difference(await actualSize(), (x, y) => ((x / 63 + y / 47) / 2) * 255)).toBeLessThanOrEqual(1);
  });

  it('is a sigmoid where the data set asks for one', async () => {
    await choose(sigmoid);
    const expected = (x: number, y: number) => 255 / (1 + Math.exp((-4 * (x * 12 + y - 400)) / 300));
    expect(difference(await actualSize(), expected)).toBeLessThanOrEqual(2);
  });

  it('has the shape of its pixels', async () => {
    await choose(tall);
    const picture = await actualSize(64, 96);
    expect(difference(picture, (x) => x * 4)).toBeLessThanOrEqual(1);
    await expect(page.getByText('No scale known').isVisible()).resolves.toBe(true);
  });

  it('is each image of a mixed series in its own kind and size, and the words of an error in place of one', async () => {
    await choose(mixed);
    const value = (frame: number) => (x: number, y: number, channel: number) =>
      (x + y + channel * 40 + frame * 20) % 256;
    const grey = (frame: number) => (x: number, y: number) => value(frame)(x, y, 0);
    await waitForFrame(page, 0);
    expect(difference(await actualSize(), grey(0))).toBeLessThanOrEqual(1);
    await page.keyboard.press('ArrowDown');
    await waitForFrame(page, 1);
    expect(difference(await actualSize(), value(1))).toBeLessThanOrEqual(1);
    await page.keyboard.press('ArrowDown');
    await waitForFrame(page, 2);
    expect((await actualSize(90, 30)).data.some((sample) => sample > 60 && sample < 200)).toBe(true);
    await page.keyboard.press('ArrowDown');
    await page.getByText('This image cannot be shown').waitFor();
    await expect(page.getByText('The JPEG of this image is damaged.').isVisible()).resolves.toBe(true);
    expect(await page.locator('[data-shown]').count()).toBe(0);
    await page.keyboard.press('ArrowDown');
    await waitForFrame(page, 4);
    expect(difference(await actualSize(), grey(4))).toBeLessThanOrEqual(1);
  });

  it('is a sentence where a series has no images', async () => {
    await page.getByRole('navigation').getByText('Fake 9', { exact: true }).click();
    await page.getByText('This series holds no images').waitFor();
  });
});

describe('the viewer', () => {
  it('leafs with the wheel, the keys and the slider', async () => {
    await choose(volume);
    await waitForFrame(page, 6);
    const { x, y } = await middleOfStage(page);
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, 120);
    await waitForFrame(page, 7);
    await page.mouse.wheel(0, -120);
    await page.mouse.wheel(0, -120);
    await waitForFrame(page, 5);
    expect(difference(await actualSize(), (column, row) => linear(ramp(column, row, 5), 300, 801))).toBeLessThanOrEqual(
      1,
    );
    await page.keyboard.press('End');
    await waitForFrame(page, 11);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    await waitForFrame(page, 0);
    await page.getByRole('slider').press('ArrowRight');
    await waitForFrame(page, 1);
  });

  it('changes the window by dragging, by presets, and inverts and resets', async () => {
    await choose(volume);
    expect(await shownWindow()).toEqual({ width: 801, center: 300 });
    await drag(page, 100, 0);
    const wide = await shownWindow();
    expect(wide.width).toBeGreaterThan(900);
    await drag(page, 0, 60);
    expect((await shownWindow()).center).toBeGreaterThan(wide.center + 50);
    const { width, center } = await shownWindow();
    expect(difference(await actualSize(), (x, y) => linear(ramp(x, y, 6), center, width))).toBeLessThanOrEqual(2);
    await page.keyboard.press('1');
    expect(await shownWindow()).toEqual({ width: 801, center: 300 });
    await page.keyboard.press('i');
    expect(difference(await actualSize(), (x, y) => 255 - linear(ramp(x, y, 6), 300, 801))).toBeLessThanOrEqual(1);
    await page.getByRole('button', { name: 'Brightness presets: As recorded' }).click();
    await page.getByRole('menuitem', { name: 'Soft tissue' }).click();
    expect(await shownWindow()).toEqual({ width: 501, center: 61 });
    await page.keyboard.press('0');
    expect(await shownWindow()).toEqual({ width: 801, center: 300 });
    expect(difference(await actualSize(), (x, y) => linear(ramp(x, y, 6), 300, 801))).toBeLessThanOrEqual(1);
  });

  it('brightens colour too, without turning it into something else', async () => {
    await choose(clip);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.keyboard.press('Home');
    await waitForFrame(page, 0);
    await page.keyboard.press('2');
    const expected = (x: number, y: number, channel: number) => Math.min(255, (colors(x, y, 0, channel) * 255) / 170);
    expect(difference(await actualSize(), expected)).toBeLessThanOrEqual(2);
  });

  it('turns and mirrors', async () => {
    await choose(monochrome1);
    const expected = (x: number, y: number) => 255 - linear(x * 32 + y, 1024, 2048);
    await page.keyboard.press('r');
    expect(difference(await actualSize(48, 64), (x, y) => expected(y, 47 - x))).toBeLessThanOrEqual(1);
    await page.keyboard.press('Shift+r');
    await page.keyboard.press('h');
    expect(difference(await actualSize(), (x, y) => expected(63 - x, y))).toBeLessThanOrEqual(1);
    await page.getByText('Mirrored').waitFor();
    await page.keyboard.press('h');
    await page.keyboard.press('v');
    expect(difference(await actualSize(), (x, y) => expected(x, 47 - y))).toBeLessThanOrEqual(1);
  });

  it('moves and zooms the picture with the other buttons', async () => {
    await choose(monochrome1);
    const expected = (x: number, y: number) => 255 - linear(x * 32 + y, 1024, 2048);
    await actualSize();
    await drag(page, 40, 20, 'middle');
    const { width, height, data } = await readPicture(page);
    const moved = cutMiddle({ width, height, data }, 64 + 80, 48 + 40);
    const cut = cutMiddle({ ...moved, data: moved.data }, moved.width, moved.height);
    const at = (x: number, y: number) => cut.data[((y + 40) * cut.width + x + 80) * 4] ?? -1;
    expect(Math.abs(at(10, 10) - expected(10, 10))).toBeLessThanOrEqual(1);
    expect(Math.abs(at(60, 40) - expected(60, 40))).toBeLessThanOrEqual(1);
    await drag(page, 0, -100, 'right');
    await page.getByText(/^Zoom 19\d %$/).waitFor();
    await page.keyboard.down('Space');
    await drag(page, 30, 0);
    await page.keyboard.up('Space');
    await page.keyboard.press('f');
    await page.getByText(/^Zoom 1,[0-9]{3} %$/).waitFor();
  });

  it('keeps what was done to each radiograph of a series', async () => {
    await choose(mixed);
    await page.keyboard.press('i');
    await page.getByText('Inverted').waitFor();
    await page.keyboard.press('ArrowDown');
    await waitForFrame(page, 1);
    expect(await page.getByText('Inverted').count()).toBe(0);
    await page.keyboard.press('ArrowUp');
    await page.getByText('Inverted').waitFor();
  });

  it('says which side is where and how large things are, and hides its texts', async () => {
    await choose(volume);
    await readPicture(page);
    await expect(page.locator('[data-millimetres]').innerText()).resolves.toMatch(/^\d+ (mm|cm)$/);
    await viewer().getByText('R', { exact: true }).waitFor();
    await page.keyboard.press('t');
    expect(await viewer().getByText('P-1', { exact: true }).count()).toBe(0);
    await page.keyboard.press('t');
    await viewer().getByText('P-1', { exact: true }).waitFor();
  });

  it('keeps its keys after a tool, a place and a speed were chosen with the mouse', async () => {
    await choose(clip);
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page
      .locator('label')
      .filter({ has: page.getByRole('img', { name: 'Move' }) })
      .click();
    await page.locator('[data-tool="pan"]').waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Home');
    await waitForFrame(page, 0);
    expect(await page.locator('[data-tool="pan"]').count()).toBe(1);
    await page.locator('.mantine-Slider-root').click();
    await page.locator('[data-shown="14"], [data-shown="15"]').waitFor();
    await page.keyboard.press('End');
    await waitForFrame(page, 29);
    await page.keyboard.press('ArrowUp');
    await waitForFrame(page, 28);
    await page.getByRole('combobox', { name: 'Speed' }).click();
    await page.getByRole('option', { name: '2×' }).click();
    await page.getByText('50 images/s').waitFor();
    await page.keyboard.press('Home');
    await waitForFrame(page, 0);
    await page.keyboard.press(',');
    await page.getByText('25 images/s').waitFor();
    await page.getByRole('radio', { checked: true }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.locator('[data-tool="window"]').waitFor();
    await page.keyboard.press('i');
    await page.getByText('Inverted').waitFor();
    await page.keyboard.press('i');
  });

  it('goes through the series by keys and explains its keys', async () => {
    await choose(volume);
    await page.keyboard.press('PageDown');
    await page.getByText('IO · Fake 2').waitFor();
    await page.keyboard.press('PageUp');
    await page.getByText('CT · Fake 1').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Mirror left and right').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    // Meant for the dialog, though it may not have the focus yet.
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('CT · Fake 1').waitFor();
  });

  it('shows the first image while the others come, and says which one is on its way', async () => {
    await choose(slow);
    await waitForFrame(page, 10);
    await page.getByText(/^Loading \d+ of 20$/).waitFor();
    await page.keyboard.press('Home');
    await page.getByText('Image 1 is on its way…').waitFor();
    await waitForFrame(page, 0);
    expect(difference(await actualSize(), (x, y) => linear(ramp(x, y, 0), 300, 801))).toBeLessThanOrEqual(1);
  });
});

describe('leaving a frame that is not here yet and coming back to it', () => {
  it('shows it once it comes', async () => {
    await choose(volume);
    await choose(slow);
    await waitForFrame(page, 10);
    for (const key of ['Home', 'ArrowDown', 'Home', 'ArrowDown', 'ArrowUp']) await page.keyboard.press(key);
    await page.locator('[data-shown="0"], [role="alert"]').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(difference(await actualSize(), (x, y) => linear(ramp(x, y, 0), 300, 801))).toBeLessThanOrEqual(1);
  });
});

describe('a clip', () => {
  it('plays by itself and shows the frame that is due, to within one frame', async () => {
    await choose(clip);
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    const due = await page.evaluate(
      () =>
        new Promise<readonly (readonly [number, number])[]>((resolve) => {
          const seen: (readonly [number, number])[] = [];
          const stage = document.querySelector('[data-target]');
          const watch = new MutationObserver(() =>
            seen.push([Number(document.timeline.currentTime), Number(stage?.getAttribute('data-target'))]),
          );
          if (stage) watch.observe(stage, { attributeFilter: ['data-target'] });
          setTimeout(() => {
            watch.disconnect();
            resolve(seen);
          }, 4000);
        }),
    );
    expect(due.length).toBeGreaterThan(8);
    // Each frame's own start, were it on time, gives the same beginning of the clip; lateness is what differs.
    const length = 30 * 40;
    const begins = due.map(([time, frame]) => (((time - frame * 40) % length) + length) % length);
    const [reference = 0] = begins;
    const late = begins.map((begin) => ((begin - reference + length * 1.5) % length) - length / 2);
    expect(Math.max(...late) - Math.min(...late)).toBeLessThanOrEqual(40);
  });

  it('stops, steps and changes speed', async () => {
    await choose(clip);
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play' }).waitFor();
    await page.keyboard.press('Home');
    await waitForFrame(page, 0);
    await page.getByRole('button', { name: 'Next image' }).click();
    await waitForFrame(page, 1);
    await page.keyboard.press('.');
    await page.getByText('50 images/s').waitFor();
    await page.keyboard.press(',');
    await page.getByText('25 images/s').waitFor();
  });
});

describe('on another display', () => {
  it('scale, pan and zoom go by its pixels', async () => {
    const visit = await openWindow(browser, core.url);
    const inspector = await visit.page.context().newCDPSession(visit.page);
    const show = async (deviceScaleFactor: number) => {
      const metrics = { width: 1280, height: 800, deviceScaleFactor, mobile: false };
      await inspector.send('Emulation.setDeviceMetricsOverride', metrics);
      // A real display tells of the change; an emulated one is noticed with the next picture.
      await visit.page.keyboard.press('ArrowDown');
      await visit.page.waitForFunction((ratio) => {
        const canvas = document.querySelector<HTMLCanvasElement>('canvas.cornerstone-canvas');
        return canvas !== null && Math.abs(canvas.width / canvas.clientWidth - ratio) < 0.01;
      }, deviceScaleFactor);
      await readPicture(visit.page);
      const bar = visit.page.locator('[data-millimetres]');
      const { width = 0 } = (await bar.locator(':scope > :last-child').boundingBox()) ?? {};
      return width / Number(await bar.getAttribute('data-millimetres'));
    };
    await openFirstStudy(visit);
    const perMillimetre = await show(1);
    // Fitted to the same window, a millimetre is as long whatever the pixels are.
    expect(await show(2)).toBeCloseTo(perMillimetre, 0);
    await visit.page.keyboard.press('a');
    expect(await show(2)).toBeCloseTo(1, 2);
    const before = cutMiddle(await readPicture(visit.page), 64, 48);
    await drag(visit.page, 20, 10, 'middle');
    const { data, ...size } = await readPicture(visit.page);
    const moved = cutMiddle({ data, ...size }, 64 + 80, 48 + 40);
    for (const [x, y] of [
      [5, 5],
      [60, 40],
    ] as const)
      expect(moved.data[((y + 40) * moved.width + x + 80) * 4]).toBe(before.data[(y * 64 + x) * 4]);
    await visit.page.close();
  });
});

describe('when the computer takes the graphics away', () => {
  it('says so in place of the old picture, and draws again when it is asked to', async () => {
    const lossCore = await startFakeCore([volume]);
    const visit = await openWindow(browser, lossCore.url, { prepare: rememberContexts });
    await openFirstStudy(visit);
    await visit.page.getByText(/^Loading/).waitFor({ state: 'detached' });
    const pictureOf = async () => {
      await visit.page.keyboard.press('a');
      return cutMiddle(await readPicture(visit.page), 64, 48);
    };
    for (let times = 0; times < 2; times++) {
      await visit.page.evaluate(() => {
        for (const context of window.contexts ?? []) context.getExtension('WEBGL_lose_context')?.loseContext();
      });
      await visit.page.getByText('The graphics of this computer were interrupted').waitFor();
      await visit.page.keyboard.press('ArrowDown');
      await visit.page.keyboard.press('i');
      expect(await visit.page.getByRole('alert').count()).toBe(1);
      expect(await visit.page.locator('[data-shown]').count()).toBe(0);
      expect(await visit.page.getByText('CT · Fake 1').count()).toBe(0);
      await visit.page.getByRole('button', { name: 'Try again' }).click();
      await visit.page.locator('[data-shown]').waitFor();
      const frame = Number(await visit.page.locator('[data-shown]').getAttribute('data-shown'));
      expect(difference(await pictureOf(), (x, y) => linear(ramp(x, y, frame), 300, 801))).toBeLessThanOrEqual(1);
    }
    expect(visit.faults).toEqual([]);
    await visit.page.close();
    await lossCore.close();
  });
});

describe('in the end', () => {
  it('twenty openings leave no memory behind', { timeout: 120_000 }, async () => {
    const big = Array.from({ length: 24 }, (_, at) => fakeSlice(at + 1, { Rows: 512, Columns: 512 }));
    const bigCore = await startFakeCore([fakeSeries(1, big, (x, y, frame) => x + y + frame)]);
    const visit = await openWindow(browser, bigCore.url);
    const inspector = await visit.page.context().newCDPSession(visit.page);
    const measure = async () => {
      await inspector.send('HeapProfiler.collectGarbage');
      const { nodes, jsEventListeners } = await inspector.send('Memory.getDOMCounters');
      const { usedSize, backingStorageSize } = await inspector.send('Runtime.getHeapUsage');
      return { nodes, jsEventListeners, heap: (usedSize + backingStorageSize) / 1e6 };
    };
    const openAndClose = async () => {
      await openFirstStudy(visit);
      await visit.page.getByText(/^Loading/).waitFor({ state: 'detached' });
      await visit.page.keyboard.press('Escape');
      await visit.page.locator('canvas.cornerstone-canvas').waitFor({ state: 'detached' });
    };
    for (let times = 0; times < 4; times++) await openAndClose();
    const before = await measure();
    for (let times = 0; times < 16; times++) await openAndClose();
    const after = await measure();
    // One series is 12.6 MB: a leak of any series would show.
    expect(after.heap - before.heap).toBeLessThan(8);
    expect(after.nodes - before.nodes).toBeLessThan(400);
    expect(after.jsEventListeners - before.jsEventListeners).toBeLessThan(40);
    expect(visit.faults).toEqual([]);
    await visit.page.close();
    await bigCore.close();
  });

  it('nothing was refused by the content security policy and nothing was complained about', () => {
    expect(opened.faults).toEqual([]);
  });
});
