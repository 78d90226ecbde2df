/** The study list in a real browser, over 100 000 studies. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPage, startBrowser } from './support/browser.ts';
import type { WatchedPage } from './support/browser.ts';
import { builtWindow } from './support/built-window.ts';
import { startFakeCore } from './support/fake-core.ts';
import type { FakeCore } from './support/fake-core.ts';
import { madeStudy } from './support/made-studies.ts';

const count = 100_000;
const now = Date.now();
const made = Array.from({ length: count }, (_, n) => madeStudy(n, now));

let core: FakeCore;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  core = await startFakeCore(builtWindow(), [...made]);
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await core.close();
});
beforeEach(async () => {
  core.studies.splice(0, core.studies.length, ...made);
  watched = await openPage(browser);
  page = watched.page;
  await page.goto(core.address);
  await page.locator('[data-study]').first().waitFor();
});
afterEach(async () => {
  core.delay = 0;
  core.pictureDelay = 0;
  await page.context().close();
  expect(watched.complaints).toEqual([]);
});

const rows = () => page.locator('[data-study]');
const topRow = () => page.getByRole('row').nth(1);
const cells = (column: string) => page.locator(`[data-study] [data-column="${column}"]`);
/** Polls with patience: the machine may have other work. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });
const uid = (n: number) => `1.2.826.0.1.3680043.10.999.${n + 1}`;
const scrollTo = (top: number) => page.getByRole('grid').evaluate((grid, to) => (grid.scrollTop = to), top);

describe('the study list', () => {
  it('takes the token out of the address', () => expect(page.url()).toBe(`${core.origin}/`));

  it('shows names, dates and counts as people write them', async () => {
    const { PatientID = '', StudyDescription = '' } = made[0] ?? {};
    const text = await topRow().innerText();
    expect(text).toContain('Müller, Anna');
    expect(text).toContain(PatientID);
    expect(text).toContain(StudyDescription);
    expect(text).toMatch(/\d{2}\/\d{2}\/\d{4}/);
    await eventually(() => page.getByText('100,000 studies').count()).toBe(1);
  });

  it('scrolls over all rows while only those on the screen exist', async () => {
    const height = count * 40;
    for (const part of [0.25, 0.5, 0.9, 1]) {
      await scrollTo(height * part);
      await eventually(() => rows().count()).toBeGreaterThan(10);
      expect(await page.getByRole('row').count()).toBeLessThan(60);
    }
    await page.locator(`[data-study="${uid(count - 1)}"]`).waitFor();
    expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe(String(count + 1));
  });

  it('asks for no thumbnail of rows that only fly past, and for few of their pages', async () => {
    core.delay = 100;
    await page.waitForTimeout(400);
    core.heard.length = 0;
    await page.getByRole('grid').evaluate(async (grid) => {
      for (let step = 1; step <= 40; step++) {
        grid.scrollTop = step * 40_000;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    });
    await page.locator(`[data-study="${uid(40_010)}"]`).waitFor();
    await page.waitForTimeout(500);
    expect(core.heard.filter((path) => path.startsWith('/window/thumbnail/')).length).toBeLessThan(50);
    expect(core.heard.filter((name) => name === 'studies.list').length).toBeLessThan(30);
  });

  it('finds by parts of a name in any order, without accents', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('anna mull');
    await eventually(async () => [...new Set(await cells('PatientName').allInnerTexts())]).toEqual(['Müller, Anna']);
    await page.keyboard.press('Escape');
    await eventually(() => page.getByText('100,000 studies').count()).toBe(1);
  });

  it('filters by column: modality, text and dates', async () => {
    await page.getByLabel('Filter by Type').fill('us');
    await eventually(async () => [...new Set(await cells('ModalitiesInStudy').allInnerTexts())]).toEqual(['US']);
    await page.getByLabel('Filter by Patient', { exact: true }).fill('nele');
    await eventually(async () =>
      (await cells('PatientName').allInnerTexts()).every((name) => name.endsWith('Nele')),
    ).toBe(true);
    await page.getByLabel('Filter by Born').fill('1966');
    await eventually(async () =>
      (await cells('PatientBirthDate').allInnerTexts()).every((date) => date.endsWith('/1966')),
    ).toBe(true);
  });

  it('says when a date cannot be understood, and does not filter by it', async () => {
    await page.getByLabel('Filter by Study date').fill('soon');
    await page.getByText('Not a date.').waitFor();
    await eventually(() => page.getByText('100,000 studies').count()).toBe(1);
  });

  it('sorts by a column, and the other way round', async () => {
    await page.getByRole('button', { name: 'Patient ID' }).click();
    const ids = async () => (await cells('PatientID').allInnerTexts()).slice(0, 10);
    const head = page.getByRole('columnheader', { name: 'Patient ID' });
    await eventually(() => head.getAttribute('aria-sort')).toBe('ascending');
    await eventually(async () => (await ids())[0]).toBe('P-100000');
    await page.getByRole('button', { name: 'Patient ID' }).click();
    await eventually(() => head.getAttribute('aria-sort')).toBe('descending');
    await eventually(async () => (await ids())[0]).toBe('P-189999');
  });

  it('is moved through and opened with the keyboard', async () => {
    await topRow().click();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp']) await page.keyboard.press(key);
    const chosen = page.locator('[aria-selected="true"]');
    await eventually(() => chosen.getAttribute('data-study')).toBe(uid(1));
    await page.keyboard.press('End');
    await eventually(() => chosen.getAttribute('data-study')).toBe(uid(count - 1));
    await page.keyboard.press('Home');
    await eventually(() => chosen.getAttribute('data-study')).toBe(uid(0));
    const active = await page.getByRole('grid').getAttribute('aria-activedescendant');
    expect(await page.locator(`#${active}`).getAttribute('data-study')).toBe(uid(0));
  });

  it('shows the series of the chosen study', async () => {
    await page.locator(`[data-study="${uid(2)}"]`).click();
    const preview = page.getByRole('complementary', { name: 'Chosen study' });
    await eventually(() => preview.getByRole('listitem').count()).toBe(Number(made[2]?.NumberOfStudyRelatedSeries));
    await eventually(() => core.heard.includes(`/window/thumbnail/${uid(2)}/${uid(2)}.1`)).toBe(true);
  });

  it('keeps two patients apart that share a StudyInstanceUID', async () => {
    const both = ['A', 'B'].map((PatientID, n) => ({
      ...madeStudy(0, now),
      StudyInstanceUID: '1.2.4',
      PatientID,
      NumberOfStudyRelatedSeries: String(n + 1),
      ReceivedAt: new Date(Date.now() - n * 1000).toISOString(),
    }));
    core.studies.splice(0, core.studies.length, ...both);
    await page.reload();
    await rows().nth(1).click();
    await eventually(() => rows().count()).toBe(2);
    const chosen = page.locator('[aria-selected="true"] [data-column="PatientID"]');
    await eventually(() => chosen.allInnerTexts()).toEqual(['B']);
    const preview = page.getByRole('complementary', { name: 'Chosen study' });
    await eventually(() => preview.getByRole('listitem').count()).toBe(2);
    await eventually(() =>
      core.pictures.some((path) => path.startsWith('/window/thumbnail/1.2.4/1.2.4.2?size=192&patient=B&')),
    ).toBe(true);
    await rows().first().click();
    await eventually(() => preview.getByRole('listitem').count()).toBe(1);
  });

  it('renews a thumbnail when images came, and shows the old one until then', async () => {
    const pictures = page.locator(`[data-study="${uid(0)}"] [data-column="preview"] img`);
    await eventually(() =>
      pictures.evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalWidth > 0)),
    ).toEqual([true]);
    const [first] = await pictures.evaluateAll((all) => all.map((one) => (one as HTMLImageElement).src));
    core.pictureDelay = 500;
    const grown = { ...made[0], NumberOfStudyRelatedInstances: '77' };
    core.studies.splice(0, 1);
    core.arrive(grown);
    await eventually(() => core.pictures.some((path) => path.endsWith('&of=77'))).toBe(true);
    expect(await pictures.first().getAttribute('src')).toBe(first);
    await eventually(() =>
      pictures.evaluateAll((all) => all.map((one) => one.getAttribute('src')?.includes('of=77'))),
    ).toEqual([true]);
  });

  it('shows a new study within a second, without a reload', async () => {
    const times: number[] = [];
    // Other work on the machine may delay one of them.
    for (const n of [1, 2, 3]) {
      const begun = performance.now();
      core.arrive({
        ...madeStudy(5, Date.now()),
        StudyInstanceUID: `1.2.3.${n}`,
        ReceivedAt: new Date().toISOString(),
      });
      const row = page.locator(`[data-study="1.2.3.${n}"]`);
      await row.waitFor();
      times.push(performance.now() - begun);
      expect(await topRow().getAttribute('data-study')).toBe(`1.2.3.${n}`);
      expect(await row.getAttribute('data-fresh')).toBe('true');
    }
    expect(Math.min(...times)).toBeLessThan(1000);
  });

  it('asks at most about twice a second while images pour in', async () => {
    await page.waitForTimeout(600);
    core.heard.length = 0;
    const begun = performance.now();
    for (let n = 0; n < 100; n++) {
      core.arrive({
        ...madeStudy(n, Date.now()),
        StudyInstanceUID: `1.2.5.${n}`,
        ReceivedAt: new Date().toISOString(),
      });
      await page.waitForTimeout(20);
    }
    await page.locator('[data-study="1.2.5.99"]').waitFor();
    const seconds = (performance.now() - begun) / 1000;
    expect(core.heard.filter((name) => name === 'studies.list').length).toBeLessThan(2 * seconds + 3);
  });

  it('stays still under the eye when rows come in above', async () => {
    await scrollTo(40_000);
    await page.waitForTimeout(500);
    const chosen = page.locator(`[data-study="${uid(1005)}"]`);
    await chosen.waitFor();
    const before = await chosen.boundingBox();
    core.arrive({ ...madeStudy(5, Date.now()), StudyInstanceUID: '1.2.3.5', ReceivedAt: new Date().toISOString() });
    await eventually(() => page.getByText('100,001 studies').count()).toBe(1);
    await page.waitForTimeout(100);
    expect((await chosen.boundingBox())?.y).toBe(before?.y);
  });

  it('shows markup in a name as text', async () => {
    const markup = '<img src=x onerror="window.wasHit=1">';
    const hostile = {
      ...made[0],
      StudyInstanceUID: '1.2.9',
      PatientName: '<b>Bold</b>^<i>Ita</i>',
      StudyDescription: markup,
    };
    core.studies.splice(0, core.studies.length, hostile);
    await page.reload();
    await page.locator('[data-study="1.2.9"]').click();
    expect(await cells('PatientName').first().innerText()).toBe('<b>Bold</b>, <i>Ita</i>');
    expect(await cells('StudyDescription').first().innerText()).toBe(markup);
    const preview = page.getByRole('complementary', { name: 'Chosen study' });
    expect(await preview.innerText()).toContain(markup);
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(await page.evaluate(() => 'wasHit' in window)).toBe(false);
  });

  it('cuts nothing off at 1280 x 800 and 1920 x 1080', async () => {
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(200);
      const cut = await page.evaluate(() =>
        [
          ...document.querySelectorAll(
            '[data-column="PatientBirthDate"] *, [data-column="StudyDate"] *, [role="columnheader"] button, footer *',
          ),
        ]
          .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
          .map((element) => element.textContent),
      );
      expect(cut).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
  });
});
