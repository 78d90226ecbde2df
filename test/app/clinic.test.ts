/** Worklist, devices, activity, sending and asking another node in a real browser, over a made clinic. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPage, startBrowser } from './support/browser.ts';
import type { WatchedPage } from './support/browser.ts';
import { builtWindow } from './support/built-window.ts';
import { startFakeCore } from './support/fake-core.ts';
import type { FakeCore } from './support/fake-core.ts';
import { emptyClinic, madeJob } from './support/made-clinic.ts';
import { dayFrom, fillDay } from './support/made-day.ts';
import { madeStudy } from './support/made-studies.ts';

const now = Date.now();
const made = Array.from({ length: 400 }, (_, n) => madeStudy(n, now));

let core: FakeCore;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  core = await startFakeCore(builtWindow(), []);
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await core.close();
});

/** The clinic as in the middle of the day, or with nothing in it. */
function prepare(isEmpty = false): void {
  const { clinic } = core;
  const fresh = emptyClinic();
  if (!isEmpty) fillDay(fresh, now);
  for (const key of ['devices', 'unknown', 'worklist', 'jobs', 'asked'] as const)
    clinic[key].splice(0, Infinity, ...(fresh[key] as never[]));
  clinic.remote.studies.splice(0, Infinity, ...fresh.remote.studies);
  clinic.remote.series.splice(0, Infinity, ...fresh.remote.series);
  core.studies.splice(0, Infinity, ...made);
}

async function open(locale = 'en-GB', size: { width?: number; height?: number } = {}): Promise<void> {
  watched = await openPage(browser, { locale, ...size });
  page = watched.page;
  await page.goto(core.address);
  await page.locator('[data-study]').first().waitFor();
}

beforeEach(async () => {
  prepare();
  await open();
});
afterEach(async () => {
  core.delay = 0;
  await page.context().close();
});

/** Polls with patience: the machine may have other work. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });
const go = (name: string) => page.getByRole('navigation').getByRole('button', { name }).click();
const button = (name: string | RegExp, within: Page | Locator = page) =>
  within.getByRole('button', { name, exact: typeof name === 'string' });
const row = (key: string) => page.locator(`[data-key="${key}"]`);
const pane = () => page.getByRole('complementary');
const dialog = () => page.getByRole('dialog');
const asked = (wanted: string) => core.clinic.asked.filter(([name]) => name === wanted).map(([, input]) => input);
const noComplaints = () => expect(watched.complaints).toEqual([]);

describe('the way between the screens', () => {
  it('is walked with keys, and the study list is found as it was left', async () => {
    const grid = page.getByRole('grid', { name: 'Studies' });
    await page.locator('[data-study]').nth(4).click();
    await grid.evaluate((element) => (element.scrollTop = 3000));
    await page.waitForTimeout(300);
    for (const [key, heading] of [
      ['2', 'Worklist'],
      ['3', 'Devices'],
      ['4', 'Activity'],
    ] as const) {
      await page.keyboard.press(key);
      await eventually(() => page.locator('[aria-current="page"]').innerText()).toContain(heading);
    }
    await expect(grid.isVisible()).resolves.toBe(false);
    await page.keyboard.press('1');
    await eventually(() => grid.isVisible()).toBe(true);
    expect(await grid.evaluate((element) => element.scrollTop)).toBe(3000);
    expect(await pane().innerText()).toContain(made[4]?.PatientID);
    noComplaints();
  });

  it('leaves digits alone that are typed into a field', async () => {
    await page.getByRole('searchbox').fill('');
    await page.getByRole('searchbox').press('2');
    await eventually(() => page.getByRole('searchbox').inputValue()).toBe('2');
    expect(await page.locator('[aria-current="page"]').innerText()).toContain('Studies');
  });

  it('tells what there is to look at', async () => {
    await page.getByRole('img', { name: '1 unknown device was refused' }).waitFor();
    await page.getByRole('img', { name: '1 job failed' }).waitFor();
    await go('Activity');
    await page.getByRole('img', { name: '4 jobs under way' }).waitFor();
    noComplaints();
  });
});

describe('the devices', () => {
  it('show an unknown caller as it comes, and accept it with what it told of itself', async () => {
    core.clinic.unknown.push({
      callingAET: 'SENSOR_9',
      remoteAddress: '192.168.178.77',
      count: 1,
      lastAt: new Date().toISOString(),
      reason: 'It asked to search, which unknown devices may not.',
    });
    core.tell('devices.changed', {});
    await page.getByRole('img', { name: '2 unknown devices were refused' }).waitFor();
    await go('Devices');
    await page.getByRole('listitem').filter({ hasText: 'SENSOR_9' }).getByRole('button', { name: 'Accept…' }).click();
    for (const [label, value] of [
      ['Name', 'SENSOR_9'],
      ['AE title', 'SENSOR_9'],
      ['Address', '192.168.178.77'],
      ['Port', '104'],
    ] as const)
      expect(await dialog().getByLabel(label, { exact: true }).inputValue()).toBe(value);
    await dialog().getByLabel('Port', { exact: true }).fill('70000');
    await button('Save', dialog()).click();
    await dialog().getByText('A number from 1 to 65535.').waitFor();
    await dialog().getByLabel('Port', { exact: true }).fill('11112');
    await dialog().getByLabel('Search the archive').uncheck();
    await button('Test connection', dialog()).click();
    await dialog().getByText('It answered in 12 ms.').waitFor();
    await button('Save', dialog()).click();
    await row('SENSOR_9').waitFor();
    await eventually(() => page.getByRole('listitem').filter({ hasText: 'SENSOR_9' }).count()).toBe(0);
    expect(asked('devices.save')).toMatchObject([
      {
        name: 'SENSOR_9',
        modality: { AET: 'SENSOR_9', Host: '192.168.178.77', Port: 11_112, AllowFind: false, AllowStore: true },
      },
    ]);
    expect(await pane().innerText()).toContain('192.168.178.77:11112');
    noComplaints();
  });

  it('say in words what is wrong with one, and leave those of the configuration file alone', async () => {
    await go('Devices');
    await row('Ultrasound').click();
    await pane().getByText('It did not answer within 10 seconds.').waitFor();
    await button('Test connection', pane()).click();
    await pane().getByText('The device does not answer').waitFor();
    await eventually(() => row('Ultrasound').innerText()).toContain('No answer');
    await row('Hospital PACS').click();
    await pane().getByText('This device stands in the configuration file').waitFor();
    expect(await button('Change', pane()).count()).toBe(0);
    expect(await button('Remove', pane()).count()).toBe(0);
  });

  it('are changed, renamed, and removed after a question', async () => {
    await go('Devices');
    await row('Sensor chair 2').dblclick();
    await dialog().getByLabel('Name', { exact: true }).fill('CBCT room 1');
    await button('Save', dialog()).click();
    await dialog().getByText('Another device has this name.').waitFor();
    await dialog().getByLabel('Name', { exact: true }).fill('Sensor chair 3');
    await button('Save', dialog()).click();
    await row('Sensor chair 3').waitFor();
    expect(asked('devices.save')).toMatchObject([{ name: 'Sensor chair 3', formerName: 'Sensor chair 2' }]);
    await button('Remove', pane()).click();
    await dialog().getByText('Remove Sensor chair 3?').waitFor();
    await page.keyboard.press('Escape');
    expect(asked('devices.remove')).toEqual([]);
    await button('Remove', pane()).click();
    await button('Remove', dialog()).click();
    await row('Sensor chair 3').waitFor({ state: 'detached' });
    noComplaints();
  });

  it('say what to type into a new one', async () => {
    await go('Devices');
    for (const value of ['CHAIRSIDE', '192.168.178.24', '4242'])
      await pane().getByText(value, { exact: true }).waitFor();
  });
});

describe('the worklist', () => {
  const keys = () =>
    page
      .locator('[data-screen="worklist"] [data-key]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-key')));

  it('shows the day in the order of its times, by device and by state', async () => {
    await go('Worklist');
    await eventually(async () => (await keys()).length).toBe(11);
    expect((await keys()).slice(0, 3)).toEqual(['planned-0', 'planned-1', 'planned-2']);
    await page.getByText('To do', { exact: true }).click();
    await eventually(async () => (await keys()).length).toBe(8);
    await page.getByPlaceholder('All devices').click();
    await page.getByRole('option', { name: 'CBCT room 1' }).click();
    await eventually(keys).toEqual(['planned-2', 'planned-7', 'planned-10']);
    await page.keyboard.press('Escape');
    await button('Next day').click();
    await page.getByText('No entry matches').waitFor();
    await button('Show all').click();
    await page.getByText('Nothing is planned').waitFor();
    await button('Today').click();
    await eventually(async () => (await keys()).length).toBe(11);
    noComplaints();
  });

  it('takes an item from scheduled to completed with the keys', async () => {
    await go('Worklist');
    await row('planned-5').click();
    const state = () => row('planned-5').locator('[data-column="state"]').innerText();
    for (const [action, word] of [
      ['Arrived', 'Arrived'],
      ['Finish', 'Completed'],
      ['Open again', 'Scheduled'],
      ['Discontinue', 'Discontinued'],
    ] as const) {
      await button(action, pane()).focus();
      await page.keyboard.press('Enter');
      await eventually(state).toBe(word);
    }
    await page.locator('[data-screen="worklist"] [role="grid"]').focus();
    await page.keyboard.press('ArrowUp');
    await eventually(() => pane().innerText()).toContain('Yılmaz, Elif');
    noComplaints();
  });

  it('leaves items of files alone', async () => {
    await go('Worklist');
    await row('planned-10').click();
    await pane().getByText('This entry follows its file').waitFor();
    for (const name of ['Change', 'Remove', 'Arrived', 'Finish']) expect(await button(name, pane()).count()).toBe(0);
    await row('planned-10').dblclick();
    expect(await dialog().count()).toBe(0);
  });

  it('offers a known patient while a name is typed, and sends what DICOM wants', async () => {
    await go('Worklist');
    await button('New entry').click();
    await button('Save', dialog()).click();
    await dialog().getByText('The patient needs a name.').waitFor();
    const { PatientName = '', PatientID = '', PatientBirthDate } = made[0] ?? {};
    await dialog().getByLabel('Family name').fill(PatientID);
    await page.getByRole('option').filter({ hasText: PatientID }).first().click();
    await eventually(() => dialog().getByLabel('Patient ID').inputValue()).toBe(PatientID);
    const day = dayFrom(now, 1);
    await dialog()
      .getByLabel('Day', { exact: true })
      .fill(`${day.slice(6)}/${day.slice(4, 6)}/${day.slice(0, 4)}`);
    await dialog().getByLabel('Hours').pressSequentially('0930');
    await dialog().getByLabel('Kind of examination').fill('px');
    await dialog().getByLabel('Device', { exact: true }).fill('PANO');
    await dialog().getByLabel('Performed by').fill('Weber, Eva');
    await button('Save', dialog()).click();
    await dialog().waitFor({ state: 'detached' });
    expect(asked('worklist.save')).toMatchObject([
      {
        item: {
          PatientName,
          PatientID,
          PatientBirthDate,
          Modality: 'PX',
          ScheduledStationAETitle: 'PANO',
          ScheduledProcedureStepStartDate: day,
          ScheduledProcedureStepStartTime: '093000',
          ScheduledPerformingPhysicianName: 'Weber^Eva',
        },
      },
    ]);
    await button('Show in the worklist').click();
    await eventually(() => pane().innerText()).toContain(PatientID);
    noComplaints();
  });

  it('is changed in place and follows what others do', async () => {
    await go('Worklist');
    await row('planned-7').dblclick();
    expect(await dialog().getByLabel('Given name').inputValue()).toBe('Tarou');
    await dialog().getByLabel('Given name').fill('Jirou');
    await button('Save', dialog()).click();
    await eventually(() => row('planned-7').innerText()).toContain('Yamada, Jirou');
    expect(asked('worklist.save')).toMatchObject([
      { id: 'planned-7', item: { PatientName: 'Yamada^Jirou=山田^太郎=やまだ^たろう' } },
    ]);
    core.clinic.worklist.splice(0, Infinity);
    core.tell('worklist.changed', {});
    await page.getByText('Nothing is planned').waitFor();
    noComplaints();
  });

  it('takes a patient from a study', async () => {
    await page.locator('[data-study]').nth(1).click();
    await button('Schedule again', pane()).click();
    expect(await dialog().getByLabel('Patient ID').inputValue()).toBe(made[1]?.PatientID);
    await button('Save', dialog()).click();
    await page.getByText('Saved for').waitFor();
    await button('Show in the worklist').click();
    await eventually(() => pane().innerText()).toContain(made[1]?.PatientID);
    noComplaints();
  });
});

describe('sending', () => {
  it('sends the studies that were picked out, and leads to the job', async () => {
    const rows = page.locator('[data-study]');
    await rows.nth(1).click({ modifiers: ['Control'] });
    await rows.nth(3).click({ modifiers: ['Shift'] });
    await page.getByRole('grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await page.getByText('4 studies chosen').waitFor();
    await button('Send to…', page.getByRole('toolbar')).click();
    expect(await button('Send', dialog()).isDisabled()).toBe(true);
    await dialog()
      .getByRole('radio', { name: /Hospital PACS/ })
      .click();
    await dialog().getByLabel('Ask it to confirm that it keeps the images').check();
    await button('Send', dialog()).click();
    await page.getByText('Sending to Hospital PACS').waitFor();
    await eventually(() => page.getByText('4 studies chosen').count()).toBe(0);
    const [sent] = asked('remote.send') as [{ scopes: { StudyInstanceUID: string }[] }];
    expect(sent).toMatchObject({ name: 'Hospital PACS', commit: true });
    expect(sent.scopes.map(({ StudyInstanceUID }) => StudyInstanceUID)).toEqual(
      made.slice(1, 5).map(({ StudyInstanceUID }) => StudyInstanceUID),
    );
    await button('Show in Activity').click();
    await eventually(() => page.locator('[data-screen="activity"] [aria-selected="true"]').innerText()).toContain(
      'Hospital PACS',
    );
    noComplaints();
  });

  it('sends one series of a study', async () => {
    await page.locator('[data-study]').nth(2).click();
    const series = button(/^Send this series to…/, pane()).first();
    await series.focus();
    await page.keyboard.press('Enter');
    await dialog().getByText('Send one series').waitFor();
    await dialog().getByRole('radio', { name: /CBCT/ }).click();
    await button('Send', dialog()).click();
    await eventually(() => asked('remote.send')).toMatchObject([
      { name: 'CBCT room 1', commit: false, scopes: [{ SeriesInstanceUID: `${made[2]?.StudyInstanceUID}.1` }] },
    ]);
    noComplaints();
  });

  it('leads to the devices while there are none', async () => {
    core.clinic.devices.splice(0, Infinity);
    core.tell('devices.changed', {});
    await page.locator('[data-study]').first().click();
    await button('Send to…', pane()).click();
    await button('Add a device', dialog()).click();
    await page.getByText('No devices yet').waitFor();
  });
});

describe('the activity', () => {
  it('follows the jobs as they go', async () => {
    await go('Activity');
    const first = () => row('a').innerText();
    await eventually(first).toContain('214 of 512');
    const [job] = core.clinic.jobs;
    core.tell('job.changed', { ...madeJob({ id: 'a', status: 'running' }), ...job, done: 300 });
    await eventually(first).toContain('300 of 512');
    core.tell('job.changed', { ...madeJob({ id: 'a', status: 'success' }), ...job, status: 'success', done: 512 });
    await eventually(first).toContain('Done');
    noComplaints();
  });

  it('says what failed and why, and tries again', async () => {
    await go('Activity');
    await page.getByText('Failed', { exact: true }).first().click();
    await eventually(() => page.locator('[data-screen="activity"] [data-key]').count()).toBe(1);
    await row('f').click();
    await pane().getByText('2 of 18 images did not reach Hospital PACS.').waitFor();
    await pane().getByText('2 × It takes no ultrasound clips.').waitFor();
    await button('Try again', pane()).click();
    await page.getByText('Nothing has failed').waitFor();
    noComplaints();
  });

  it('pauses, goes on, cancels, and puts one before the others', async () => {
    await go('Activity');
    await row('c').click();
    await button('Do next', pane()).click();
    for (const [action, word] of [
      ['Pause', 'Paused'],
      ['Go on', 'Running'],
      ['Cancel', 'Cancelled'],
    ] as const) {
      await button(action, pane()).click();
      await eventually(() => row('c').locator('[data-column="state"]').innerText()).toBe(word);
    }
    expect(asked('jobs.priority')).toEqual([{ id: 'c', priority: 1 }]);
    noComplaints();
  });

  it('leads to what was refused', async () => {
    await go('Activity');
    await button('Refused images', page.locator('main:visible')).click();
    await dialog().getByText('Nothing was refused').waitFor();
  });
});

describe('asking another node', () => {
  const ask = async (name: string) => {
    await page.getByLabel('Patient', { exact: true }).fill(name);
    await page.keyboard.press('Enter');
  };

  it('shows its studies and series, marks what is here, and fetches the rest', async () => {
    const [latest, , older] = core.clinic.remote.studies;
    core.studies.push({ ...madeStudy(0, now), StudyInstanceUID: '1.2.840.99.1', NumberOfStudyRelatedInstances: '200' });
    core.studies.push({ ...madeStudy(0, now), StudyInstanceUID: '1.2.840.99.2', NumberOfStudyRelatedInstances: '1' });
    await go('Devices');
    await row('Hospital PACS').click();
    await button('Search it', pane()).click();
    await ask('Nov');
    await eventually(() => row(`${latest?.['StudyInstanceUID']} `).innerText()).toContain('Here: 200 of 402');
    await eventually(() => row('1.2.840.99.2 ').innerText()).toContain('Here already');
    await row(`${older?.['StudyInstanceUID']} `).click();
    await page.keyboard.press('ArrowRight');
    await row(`${older?.['StudyInstanceUID']} ${older?.['StudyInstanceUID']}.1`).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await page.getByText('1 chosen').waitFor();
    await button('Fetch').click();
    await page.getByText('Fetching from Hospital PACS').waitFor();
    expect(asked('remote.retrieve')).toEqual([
      {
        name: 'Hospital PACS',
        level: 'SERIES',
        items: [{ StudyInstanceUID: '1.2.840.99.3', SeriesInstanceUID: '1.2.840.99.3.1' }],
      },
    ]);
    noComplaints();
  });

  it('asks for more than nothing, and says when there is no answer', async () => {
    await go('Devices');
    await page.getByText('Search another archive').click();
    await page.getByText('See what another archive has').waitFor();
    await page.getByRole('combobox', { name: 'Device' }).click();
    await page.getByRole('option', { name: 'Hospital PACS' }).click();
    await button('Search').click();
    await page.getByText('Fill in at least one field').waitFor();
    await ask('Nobody');
    await page.getByText('It has no such study').waitFor();
    await page.route('**/call/remote.find', (route) =>
      route.fulfill({
        status: 503,
        json: { code: 'busy', message: 'Nothing answers at pacs.hospital.example port 4242.' },
      }),
    );
    await ask('Nov');
    await page.getByRole('alert').getByText('The device does not answer').waitFor();
    await page.getByRole('alert').getByText('Nothing answers at pacs.hospital.example port 4242.').waitFor();
  });
});

describe('every screen', () => {
  const screens = ['Worklist', 'Devices', 'Activity'];

  it('says what to do where there is nothing', async () => {
    prepare(true);
    await page.reload();
    for (const [screen, text] of [
      ['Worklist', 'Nothing is planned'],
      ['Devices', 'No devices yet'],
      ['Activity', 'Nothing has been sent or fetched yet'],
    ] as const) {
      await go(screen);
      await page.getByText(text).waitFor();
    }
    noComplaints();
  });

  it('says that it is loading, and why it could not', async () => {
    let isBroken = true;
    const { promise: gate, resolve: answer } = Promise.withResolvers<undefined>();
    for (const name of ['worklist.list', 'devices.list', 'jobs.list'])
      await page.route(`**/call/${name}`, async (route) => {
        await gate;
        if (!isBroken) return route.continue();
        return route.fulfill({ status: 500, json: { code: 'internal', message: 'The table is damaged.' } });
      });
    await page.reload();
    for (const screen of screens) {
      await go(screen);
      await page.getByRole('main').getByText('Loading…').waitFor();
    }
    answer(undefined);
    for (const screen of screens) {
      await go(screen);
      await page.getByRole('main').getByText('The table is damaged.').waitFor();
    }
    // What was asked before still fails.
    await page.waitForTimeout(3000);
    isBroken = false;
    await button('Try again').click();
    await row('a').waitFor();
  });

  it.each([
    ['en-GB', 1280, 800],
    ['de-DE', 1280, 800],
    ['de-DE', 1920, 1080],
  ])('cuts nothing off (%s, %i x %i)', async (locale, width, height) => {
    await page.context().close();
    await open(locale, { width, height });
    const words = () =>
      page.evaluate(() =>
        [
          ...document.querySelectorAll(
            'button, label, [role="columnheader"], [data-column="state"] *, nav *, dt, header span',
          ),
        ]
          .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
          .filter((element) => element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1)
          .map((element) => element.textContent),
      );
    for (const index of [0, 1, 2, 3]) {
      await page.getByRole('navigation').getByRole('button').nth(index).click();
      await page.waitForTimeout(200);
      if (index > 0) await page.locator('[data-screen]:not([inert]) [data-key]').first().click();
      expect(await words()).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
    noComplaints();
  });
});
