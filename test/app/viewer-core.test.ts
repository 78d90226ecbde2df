/** The viewer over the real core: what it shows of the sample studies is what DCMTK renders of the same files. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import type { SeriesView } from '#shared/model.ts';
import { generateSamples } from '#main/samples/generate-samples.ts';
import type { Headless } from '../support/headless.ts';
import { startHeadless } from '../support/headless.ts';
import { temporaryFolder } from '../support/instances.ts';
import { builtWindow } from './support/built-window.ts';
import { cutMiddle, launchChromium, openWindow, readPicture, waitForFrame } from '../viewer/support/viewer-page.ts';
import type { Picture, ViewerPage } from '../viewer/support/viewer-page.ts';

/** By SOP Instance UID: the file that was sent. */
const files = new Map<string, string>();
const folder = temporaryFolder();
let core: Headless;
let browser: Browser;
let opened: ViewerPage;
let page: Page;

/** Slices at the beginning of the cone-beam CT that are sent later. */
const heldBack: string[] = [];

function send(paths: Iterable<string>): void {
  const environment = { ...process.env, TCP_NODELAY: '1' };
  execFileSync('dcmsend', ['-dn', '127.0.0.1', String(core.dicomPort), ...paths], { env: environment });
}

/** The samples as files, sent by DCMTK like from a scanner. */
async function sendSamples(): Promise<void> {
  for await (const { bytes } of generateSamples({ scale: 'small' })) {
    const path = join(folder.path, `${files.size}.dcm`);
    writeFileSync(path, bytes);
    files.set(dump(path, '0008,0018'), path);
  }
  const slices = [...files.values()].filter((path) => dump(path, '0008,0060') === 'CT');
  heldBack.push(...slices.filter((path) => Number(dump(path, '0020,0013')) <= 3));
  send([...files.values()].filter((path) => !heldBack.includes(path)));
}

const dump = (path: string, tag: string): string =>
  /\[(.*?)\]/.exec(execFileSync('dcmdump', ['-s', '+P', tag, path], { encoding: 'utf8' }))?.[1] ?? '';

/** One frame as DCMTK renders it, with the first window of the data set; rows of grey or RGB. */
function rendered(path: string, frame: number): { width: number; height: number; channels: number; data: Uint8Array } {
  const target = join(folder.path, 'rendered.pnm');
  const grey = dump(path, '0028,0004').startsWith('MONOCHROME');
  execFileSync('dcmj2pnm', ['+op', '+F', String(frame + 1), ...(grey ? ['+Wi', '1'] : []), path, target]);
  const bytes = readFileSync(target);
  const head = /^P([56])\s+(?:#.*\n)*(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 200));
  if (!head) throw new Error('not a PNM of 8 bits');
  const [all, kind, width, height] = head;
  return {
    width: Number(width),
    height: Number(height),
    channels: kind === '6' ? 3 : 1,
    data: bytes.subarray(all.length),
  };
}

/** Asks the core as the window does. */
async function call<T>(name: string, input: unknown): Promise<T> {
  const { origin, hash } = new URL(core.window);
  const headers = { Authorization: `Bearer ${hash.slice('#token='.length)}`, 'Content-Type': 'application/json' };
  const answer = await fetch(`${origin}/call/${name}`, { method: 'POST', headers, body: JSON.stringify(input) });
  return (await answer.json()) as T;
}

async function onlySeries(StudyDescription: string): Promise<SeriesView> {
  const { rows } = await call<{ rows: { StudyInstanceUID: string }[] }>('studies.list', {
    filters: { StudyDescription },
  });
  const { StudyInstanceUID = '' } = rows[0] ?? {};
  const [series] = await call<{ SeriesInstanceUID: string }[]>('series.list', { StudyInstanceUID });
  return call('series.view', { StudyInstanceUID, SeriesInstanceUID: series?.SeriesInstanceUID });
}

/** File and frame within it of a frame of a series. */
function fileOf({ instances }: SeriesView, index: number): readonly [string, number] {
  let rest = index;
  for (const { SOPInstanceUID, NumberOfFrames } of instances) {
    if (rest < NumberOfFrames) return [files.get(SOPInstanceUID) ?? '', rest];
    rest -= NumberOfFrames;
  }
  throw new Error('no such frame');
}

/** Share of the samples that differ by more than 1 of 255, and the largest difference, where both show the image. */
function compare(shown: Picture, view: SeriesView, index: number) {
  const { width, height, channels, data } = rendered(...fileOf(view, index));
  const [across, along] = [Math.min(width, shown.width), Math.min(height, shown.height)];
  const cutShown = cutMiddle(shown, across, along);
  const [left, top] = [Math.round((width - across) / 2), Math.round((height - along) / 2)];
  let [most, off] = [0, 0];
  for (let y = 0; y < along; y++)
    for (let x = 0; x < across; x++)
      for (let channel = 0; channel < 3; channel++) {
        const wanted = data[((y + top) * width + x + left) * channels + (channels === 3 ? channel : 0)] ?? 0;
        const difference = Math.abs((cutShown.data[(y * across + x) * 4 + channel] ?? 0) - wanted);
        most = Math.max(most, difference);
        if (difference > 1) off++;
      }
  return { most, off: off / (across * along * 3) };
}

async function open(StudyDescription: string): Promise<void> {
  await page.locator('[role=row]').filter({ hasText: StudyDescription }).first().dblclick();
  await page.locator('[data-shown]').waitFor();
}

async function close(): Promise<void> {
  await page.keyboard.press('Escape');
  await page.locator('canvas.cornerstone-canvas').waitFor({ state: 'detached' });
}

beforeAll(async () => {
  core = await startHeadless(join(folder.path, 'archive'), ['--window', builtWindow()]);
  await sendSamples();
  browser = await launchChromium();
  // Large and even, so that all samples but the panoramic fit pixel for pixel.
  opened = await openWindow(browser, core.window, { width: 1600, height: 1200 });
  page = opened.page;
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await core?.end();
  folder.remove();
});

describe('over the real core the viewer shows what DCMTK renders', { timeout: 90_000 }, () => {
  it('of the slices of a cone-beam CT', async () => {
    const view = await onlySeries('Cone-beam CT, jaws');
    await open('Cone-beam CT, jaws');
    const middle = Math.floor(view.instances.length / 2);
    await waitForFrame(page, middle);
    await page.keyboard.press('a');
    expect(compare(await readPicture(page), view, middle).most).toBeLessThanOrEqual(1);
    await page.keyboard.press('Home');
    await waitForFrame(page, 0);
    expect(compare(await readPicture(page), view, 0).most).toBeLessThanOrEqual(1);
    await page.keyboard.press('End');
    await waitForFrame(page, view.instances.length - 1);
    expect(compare(await readPicture(page), view, view.instances.length - 1).most).toBeLessThanOrEqual(1);
    await close();
  });

  it('of the images of a full-mouth series', async () => {
    const view = await onlySeries('Full-mouth series');
    await open('Full-mouth series');
    for (const index of view.instances.keys()) {
      await waitForFrame(page, index);
      if (index % 4 === 1) {
        await page.keyboard.press('a');
        expect(compare(await readPicture(page), view, index).most).toBeLessThanOrEqual(1);
      }
      await page.keyboard.press('ArrowDown');
    }
    await close();
  });

  it('of a panoramic', async () => {
    const view = await onlySeries('Panoramic');
    await open('Panoramic');
    await waitForFrame(page, 0);
    await page.keyboard.press('a');
    expect(compare(await readPicture(page), view, 0).most).toBeLessThanOrEqual(1);
    await close();
  });

  it('of a colour ultrasound clip', async () => {
    const view = await onlySeries('Echocardiography');
    await open('Echocardiography');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.keyboard.press('Home');
    for (const index of [0, 1, 2]) {
      await waitForFrame(page, index);
      await page.keyboard.press('a');
      const { off } = compare(await readPicture(page), view, index);
      // JPEG decoders may round differently, by little and rarely.
      expect(off).toBeLessThanOrEqual(0.01);
      await page.keyboard.press('ArrowDown');
    }
    await close();
  });

  it('and goes on in its place when more slices come and the person wants to see them', async () => {
    const before = await onlySeries('Cone-beam CT, jaws');
    await open('Cone-beam CT, jaws');
    await page.getByText(/^Loading/).waitFor({ state: 'detached' });
    const index = Math.floor(before.instances.length / 2) + 2;
    for (let step = 0; step < 2; step++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('i');
    await waitForFrame(page, index);
    send(heldBack);
    const button = page.getByRole('button', { name: '3 new images – show' });
    await button.waitFor();
    await waitForFrame(page, index);
    await button.click();
    const after = await onlySeries('Cone-beam CT, jaws');
    expect(after.instances).toHaveLength(before.instances.length + 3);
    const there = after.instances.findIndex((one) => one.SOPInstanceUID === before.instances[index]?.SOPInstanceUID);
    await waitForFrame(page, there);
    await page
      .getByText(`${there + 1} of ${after.instances.length}`)
      .first()
      .waitFor();
    await page.getByText('Inverted').waitFor();
    expect(await page.getByText('new images').count()).toBe(0);
    await page.keyboard.press('0');
    await page.keyboard.press('a');
    expect(compare(await readPicture(page), after, there).most).toBeLessThanOrEqual(1);
    await close();
  });

  it('without a complaint of the browser', () => {
    expect(opened.faults).toEqual([]);
  });
});
