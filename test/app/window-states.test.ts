/** The window's other faces in a real browser: empty, loading, cut off, without a key; import and its report; languages. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser } from './support/browser.ts';
import { builtWindow } from './support/built-window.ts';
import { startFakeCore } from './support/fake-core.ts';
import type { FakeCore } from './support/fake-core.ts';
import { madeStudy } from './support/made-studies.ts';

const now = Date.now();
const some = Array.from({ length: 40 }, (_, n) => madeStudy(n, now));

let browser: Browser;
let core: FakeCore;

beforeAll(async () => {
  browser = await startBrowser();
  core = await startFakeCore(builtWindow(), []);
});
afterAll(async () => {
  await browser.close();
  await core.close();
});
afterEach(() => {
  core.studies.length = 0;
  core.delay = 0;
});

/** A window in a context of its own over an archive of `studies`. */
async function open(studies = some, locale = 'en-GB') {
  core.studies.push(...studies);
  const watched = await openPage(browser, { locale });
  await watched.page.goto(core.address);
  return watched;
}

/** Polls with patience: the machine may have other work. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });

const part10 = (content: string) => Buffer.concat([Buffer.alloc(128), Buffer.from(`DICM${content}`)]);

describe('the window', () => {
  it('welcomes with what to type into a scanner, and copies it', async () => {
    const { page, complaints } = await open([]);
    await page.getByRole('heading', { name: 'The archive is empty' }).waitFor();
    for (const value of ['CHAIRSIDE', '192.168.178.24', '4242']) await page.getByText(value, { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Copy AE title' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('CHAIRSIDE');
    await page.getByRole('button', { name: 'Add sample studies' }).click();
    await eventually(() => core.heard.includes('samples.add')).toBe(true);
    core.arrive(madeStudy(0, Date.now()));
    await page.getByRole('grid').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('says why the samples did not all come in, also when the welcome is gone, until that is seen', async () => {
    const { page } = await open([], 'de-DE');
    await page.route('**/call/samples.add', async (route) => {
      core.arrive(madeStudy(0, Date.now()));
      await page.getByRole('grid').waitFor();
      await route.fulfill({ status: 507, json: { code: 'storage-full', message: 'The disk is full.' } });
    });
    await page.getByRole('button', { name: 'Beispielstudien hinzufügen' }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'Die Beispiele konnten nicht alle hinzugefügt werden' });
    await alert.getByText('Die Festplatte ist voll.').waitFor();
    await alert.getByText('The disk is full.').waitFor();
    await page.waitForTimeout(1500);
    await alert.getByRole('button', { name: 'Schließen' }).click();
    await alert.waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('says that it is loading while it is', async () => {
    core.delay = 1500;
    const { page } = await open();
    await page.getByText('Loading…').waitFor();
    await page.getByRole('grid').waitFor();
    await page.context().close();
  });

  it('fetches the code of the viewer while the list is idle', async () => {
    const { page } = await open();
    await page.locator('[data-study]').first().waitFor();
    await eventually(() =>
      page.evaluate(() =>
        performance.getEntriesByType('resource').some(({ name }) => /viewer-screen.*\.js/.test(name)),
      ),
    ).toBe(true);
    await page.context().close();
  });

  it('says what to do when the address has no key', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${core.origin}/`);
    await page.getByText('This address is missing its key').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('keeps its rows when the core is gone, says so, and comes back by itself', async () => {
    const { page } = await open();
    await page.locator('[data-study]').first().waitFor();
    await core.close();
    await page.getByText('No connection to the archive.').waitFor();
    expect(await page.locator('[data-study]').count()).toBeGreaterThan(5);
    core.studies.unshift({
      ...madeStudy(0, Date.now()),
      StudyInstanceUID: '1.2.7',
      ReceivedAt: new Date().toISOString(),
    });
    await core.open();
    await page.locator('[data-study="1.2.7"]').waitFor({ timeout: 10_000 });
    await page.getByText('No connection to the archive.').waitFor({ state: 'hidden' });
    await page.context().close();
  });

  it('says that nothing was found, and takes the filters away', async () => {
    const { page, complaints } = await open();
    await page.getByLabel('Search all studies').fill('zzzz');
    await page.getByText('No study matches').waitFor();
    await page.getByRole('button', { name: 'Clear search and filters' }).last().click();
    await page.locator('[data-study]').first().waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('never calls the archive empty while a filter that found nothing is taken away, and leaves the keys where they are', async () => {
    const { page } = await open();
    const filter = page.getByLabel('Filter by Patient ID');
    await filter.fill('zz');
    await page.getByText('No study matches').waitFor();
    const welcomed = page.evaluate(
      () =>
        new Promise<boolean>((done) => {
          const seen = () => document.body.innerText.includes('The archive is empty');
          new MutationObserver(() => seen() && done(true)).observe(document.body, { subtree: true, childList: true });
          setTimeout(() => done(false), 1500);
        }),
    );
    core.delay = 300;
    await filter.fill('');
    expect(await welcomed).toBe(false);
    expect(await page.locator('[data-study]').count()).toBeGreaterThan(5);
    expect(await filter.evaluate((field) => field === document.activeElement)).toBe(true);
    await page.context().close();
  });

  it('imports chosen files and reports what was refused, and why', async () => {
    const { page } = await open();
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([
        { name: 'panoramic.dcm', mimeType: '', buffer: part10('new') },
        { name: 'again.dcm', mimeType: '', buffer: part10('AGAIN') },
        { name: '<b>letter</b>.pdf', mimeType: '', buffer: Buffer.from('%PDF-1.4') },
        { name: 'Thumbs.db', mimeType: '', buffer: Buffer.from('x') },
        { name: 'clip.dcm', mimeType: '', buffer: Buffer.alloc(0) },
      ]);
    const report = page.getByRole('region', { name: 'Importing' });
    await report.getByText('Import finished').waitFor();
    for (const line of ['1 image imported', '1 was already here', '2 files refused'])
      await report.getByText(line).waitFor();
    const reasons = await report.getByRole('list', { name: 'Refused, and why' }).innerText();
    expect(reasons).toContain('<b>letter</b>.pdf\nNot a DICOM file\nThe file does not begin like DICOM.');
    expect(reasons).toContain('clip.dcm\nThe file is incomplete');
    await report.getByRole('button', { name: 'Close report' }).click();
    await report.waitFor({ state: 'hidden' });
    await page.context().close();
  });

  it('refuses a file that is gone when its turn comes, and imports the others', async () => {
    const { page } = await open();
    const folder = mkdtempSync(join(tmpdir(), 'chairside-gone-'));
    const files = Array.from({ length: 5 }, (_, n) => join(folder, `${n}.dcm`));
    for (const file of files) writeFileSync(file, part10('new'));
    await page.route('**/window/import*', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await route.continue();
    });
    await page.locator('input[type=file]').first().setInputFiles(files);
    rmSync(files[4] ?? '');
    const report = page.getByRole('region', { name: 'Importing' });
    await report.getByText('Import finished').waitFor();
    await report.getByText('4 images imported').waitFor();
    const reasons = await report.getByRole('list', { name: 'Refused, and why' }).innerText();
    expect(reasons).toContain('4.dcm\nThe file could not be read');
    rmSync(folder, { recursive: true });
    await page.context().close();
  });

  it('imports a dropped folder with what lies in it', async () => {
    const { page } = await open();
    await page.locator('[data-study]').first().waitFor();
    const folder = mkdtempSync(join(tmpdir(), 'chairside-drop-'));
    mkdirSync(join(folder, 'cd/images'), { recursive: true });
    writeFileSync(join(folder, 'cd/images/1'), part10('new'));
    writeFileSync(join(folder, 'cd/images/letter.txt'), 'Dear colleague');
    writeFileSync(join(folder, 'cd/DICOMDIR'), 'an index');
    const client = await page.context().newCDPSession(page);
    const data = { items: [], files: [join(folder, 'cd')], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver'] as const)
      await client.send('Input.dispatchDragEvent', { type, x: 500, y: 400, data });
    await page.getByText('Drop to import').waitFor();
    await client.send('Input.dispatchDragEvent', { type: 'drop', x: 500, y: 400, data });
    const report = page.getByRole('region', { name: 'Importing' });
    await report.getByText('1 image imported').waitFor();
    expect(await report.innerText()).toContain('cd/images/letter.txt\nNot a DICOM file');
    expect(await report.innerText()).toContain('1 file refused');
    rmSync(folder, { recursive: true });
    await page.context().close();
  });

  it('tells of refused images and lists them', async () => {
    const { page, complaints } = await open();
    await page.locator('[data-study]').first().waitFor();
    core.refusals.push({
      at: new Date().toISOString(),
      origin: { kind: 'dimse', remoteAddress: '10.0.0.9', callingAET: 'ORTHOPHOS', calledAET: 'CHAIRSIDE' },
      error: { code: 'truncated', message: 'The data set ends too early.' },
    });
    for (const refusal of core.refusals) core.tell('instance.refused', refusal);
    await page.getByRole('button', { name: 'Refused images, 1 new' }).click();
    await page.getByText('from ORTHOPHOS at 10.0.0.9').waitFor();
    await page.getByText('The data set ends too early.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Refused images', exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('opens the viewer by double click and by Enter, and comes back to the same place in the list', async () => {
    const { page } = await open();
    const row = page.locator(`[data-study="${some[7]?.StudyInstanceUID}"]`);
    await row.dblclick();
    const viewer = page.getByRole('main', { name: 'Image viewer' });
    await viewer.waitFor();
    await page.getByRole('button', { name: 'Back to the list' }).click();
    await viewer.waitFor({ state: 'detached' });
    expect(await row.getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await viewer.waitFor();
    await page.context().close();
  });

  it('speaks German to a German system, and switches and remembers', async () => {
    const { page, complaints } = await open(some, 'de-DE');
    await page.getByRole('columnheader', { name: 'Studiendatum' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    expect(await page.locator('[data-column="StudyDate"]').first().innerText()).toMatch(/\d{2}\.\d{2}\.\d{4}/);
    await page.getByRole('button', { name: 'Sprache und Aussehen' }).click();
    await page.getByRole('menuitem', { name: 'English' }).click();
    await page.getByRole('columnheader', { name: 'Study date' }).waitFor();
    await page.reload();
    await page.getByRole('columnheader', { name: 'Study date' }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is dark, and light when told', async () => {
    const { page, complaints } = await open();
    const scheme = () => page.locator('html').getAttribute('data-mantine-color-scheme');
    expect(await scheme()).toBe('dark');
    await page.getByRole('button', { name: 'Language and appearance' }).click();
    await page.getByRole('menuitem', { name: 'Light' }).click();
    expect(await scheme()).toBe('light');
    await page.reload();
    await page.getByRole('grid').waitFor();
    expect(await scheme()).toBe('light');
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
