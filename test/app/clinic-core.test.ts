/** Devices, worklist and sending over the real core, with DCMTK as the devices of the clinic. */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSamples } from '#main/samples/generate-samples.ts';
import { freePort } from '../dimse/client/support.ts';
import { untilListening } from '../dimse/retrieve-support.ts';
import { startHeadless } from '../support/headless.ts';
import type { Headless } from '../support/headless.ts';
import { temporaryFolder } from '../support/instances.ts';
import { openPage, startBrowser } from './support/browser.ts';
import type { WatchedPage } from './support/browser.ts';
import { builtWindow } from './support/built-window.ts';

const folder = temporaryFolder();
const file = (name: string) => join(folder.path, name);
const samples: string[] = [];

let core: Headless;
let browser: Browser;
let watched: WatchedPage;
let archive: ChildProcess;
let archivePort: number;

interface Ended {
  readonly status: number;
  readonly output: string;
}

/** Runs a program of DCMTK against the core. */
const dcmtk = (program: string, ...rest: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const options = { env: { ...process.env, TCP_NODELAY: '1' }, timeout: 30_000 };
    execFile(program, rest, options, (error, stdout, stderr) =>
      resolve({ status: typeof error?.code === 'number' ? error.code : error ? 1 : 0, output: stdout + stderr }),
    );
  });
const target = () => ['127.0.0.1', String(core.dicomPort)];
const send = () => dcmtk('storescu', '-v', '-aet', 'SENSOR9', ...target(), ...samples);
const worklist = (...keys: string[]) =>
  dcmtk('findscu', '-v', '-W', '-aet', 'SENSOR9', ...keys.flatMap((key) => ['-k', key]), ...target());

/** A storescp that listens. */
async function startArchive(): Promise<void> {
  archivePort = await freePort();
  mkdirSync(file('elsewhere'));
  archive = spawn('storescp', ['-aet', 'ELSEWHERE', '-od', file('elsewhere'), '-pm', String(archivePort)], {
    stdio: 'ignore',
  });
  await untilListening(archivePort);
}

beforeAll(async () => {
  writeFileSync(file('settings.json'), JSON.stringify({ DicomAlwaysAllowStore: false }));
  for await (const { bytes } of generateSamples({ which: ['panoramic', 'full-mouth'], scale: 'small' })) {
    samples.push(file(`${samples.length}.dcm`));
    writeFileSync(samples.at(-1) ?? '', bytes);
  }
  core = await startHeadless(file('archive'), [file('settings.json'), '--window', builtWindow()]);
  await startArchive();
  browser = await startBrowser();
  watched = await openPage(browser);
  await watched.page.goto(core.window);
  await watched.page.getByText('The archive is empty').waitFor();
});
afterAll(async () => {
  await browser?.close();
  archive?.kill();
  await core?.end();
  folder.remove();
});

const patient = 30_000;
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: patient });

/* One working day: each step stands on the one before. */
describe('a day in the clinic', () => {
  it('begins with a new sensor that is refused, is accepted with one click, and then may send', async () => {
    const { page } = watched;
    expect((await send()).status).not.toBe(0);
    await page.getByRole('img', { name: '1 unknown device was refused' }).waitFor();
    await page.getByRole('navigation').getByRole('button', { name: 'Devices' }).click();
    await page.getByRole('button', { name: 'Accept…' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByLabel('AE title').inputValue()).toBe('SENSOR9');
    expect(await dialog.getByLabel('Address').inputValue()).toBe('127.0.0.1');
    await dialog.getByLabel('Name').fill('Sensor chair 9');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.locator('[data-key="Sensor chair 9"]').waitFor();
    await eventually(() => page.getByText('Unknown devices were refused').count()).toBe(0);
    const sent = await send();
    expect(sent.status, sent.output).toBe(0);
    await eventually(() => page.locator('[data-key="Sensor chair 9"] [data-column="received"]').innerText()).toBe(
      String(samples.length),
    );
    await page.keyboard.press('1');
    await eventually(() => page.locator('[data-study]').count()).toBe(2);
  });

  it('goes on with an appointment made from a study, which the sensor finds', async () => {
    const { page } = watched;
    await page.locator('[data-study]').filter({ hasText: 'Panoramic' }).click();
    await page.getByRole('complementary').getByRole('button', { name: 'Schedule again' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Hours').pressSequentially('0930');
    await dialog.getByLabel('Device', { exact: true }).fill('SENSOR9');
    await dialog.getByLabel('Step at the device').fill('Panoramic, control');
    await dialog.getByLabel('Performed by').fill('Wéber, Eva');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Show in the worklist' }).click();
    await page.locator('[data-screen="worklist"] [data-key]').waitFor();
    const found = await worklist(
      'PatientName=MIHON*',
      'PatientID',
      'SpecificCharacterSet=ISO_IR 192',
      'ScheduledProcedureStepSequence[0].ScheduledStationAETitle=SENSOR9',
      'ScheduledProcedureStepSequence[0].Modality=PX',
      'ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartTime',
      'ScheduledProcedureStepSequence[0].ScheduledProcedureStepDescription',
      'ScheduledProcedureStepSequence[0].ScheduledPerformingPhysicianName',
    );
    expect(found.status, found.output).toBe(0);
    expect(found.output.match(/Find Response: \d+ \(Pending\)/g)).toHaveLength(1);
    for (const value of ['Mihon^Hanako', 'SAMPLE-2', '093000', 'Panoramic, control', 'Wéber^Eva'])
      expect(found.output).toContain(value);
  });

  it('and once it is finished here, the sensor finds it no more', async () => {
    const { page } = watched;
    await page.locator('[data-screen="worklist"] [data-key]').click();
    await page.getByRole('button', { name: 'Finish' }).click();
    await eventually(() => page.locator('[data-column="state"]').first().innerText()).toBe('Completed');
    const found = await worklist('PatientName', 'ScheduledProcedureStepSequence[0].Modality');
    expect(found.status, found.output).toBe(0);
    expect(found.output).not.toContain('(Pending)');
  });

  it('adds another archive, tests it, and sends it a study', async () => {
    const { page } = watched;
    await page.keyboard.press('3');
    await page.getByRole('button', { name: 'Add device' }).click();
    const dialog = page.getByRole('dialog');
    for (const [label, value] of [
      ['Name', 'Elsewhere'],
      ['AE title', 'ELSEWHERE'],
      ['Address', '127.0.0.1'],
      ['Port', String(await freePort())],
    ] as const)
      await dialog.getByLabel(label, { exact: true }).fill(value);
    await dialog.getByRole('button', { name: 'Test connection' }).click();
    await dialog.getByText('The device does not answer').waitFor();
    await dialog.getByLabel('Port', { exact: true }).fill(String(archivePort));
    await dialog.getByRole('button', { name: 'Test connection' }).click();
    await dialog.getByText(/It answered in \d+ ms/).waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.locator('[data-key="Elsewhere"]').waitFor();
    await page.keyboard.press('1');
    await page.locator('[data-study]').filter({ hasText: 'Full-mouth' }).click();
    await page.getByRole('complementary').getByRole('button', { name: 'Send to…', exact: true }).click();
    await dialog.getByRole('radio', { name: /Elsewhere/ }).click();
    await dialog.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('button', { name: 'Show in Activity' }).click();
    const job = page.locator('[data-screen="activity"] [aria-selected="true"]');
    await eventually(() => job.innerText()).toContain('Done');
    expect(await job.innerText()).toContain('18 of 18');
    expect(readdirSync(file('elsewhere'))).toHaveLength(18);
  });

  it('says in words why the archive could not be asked', async () => {
    const { page } = watched;
    await page.keyboard.press('3');
    await page.locator('[data-key="Elsewhere"]').click();
    await page.getByRole('complementary').getByRole('button', { name: 'Search it' }).click();
    await page.getByRole('textbox', { name: 'Patient ID', exact: true }).fill('SAMPLE-3');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The device does not offer this').waitFor();
  });

  it('finds our own studies when we ask ourselves, and knows that they are here', async () => {
    const { page } = watched;
    await page.keyboard.press('3');
    await page.getByText('Known devices').click();
    await page.getByRole('button', { name: 'Add device' }).click();
    const dialog = page.getByRole('dialog');
    for (const [label, value] of [
      ['Name', 'Ourselves'],
      ['AE title', 'CHAIRSIDE'],
      ['Address', '127.0.0.1'],
      ['Port', String(core.dicomPort)],
    ] as const)
      await dialog.getByLabel(label, { exact: true }).fill(value);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('complementary').getByRole('button', { name: 'Search it' }).click();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByLabel('Patient', { exact: true }).fill('sample');
    await page.keyboard.press('Enter');
    const answer = page.getByRole('treegrid').locator('[data-key]');
    await eventually(() => answer.first().innerText()).toContain('Here already');
    await answer.first().dblclick();
    await eventually(() => answer.count()).toBe(2);
    await eventually(() => answer.nth(1).innerText()).toContain('18');
  });

  it('had nothing to complain of but what was refused', () => {
    const others = watched.complaints.filter((text) => !text.startsWith('Failed to load resource'));
    expect(others).toEqual([]);
  });
});
