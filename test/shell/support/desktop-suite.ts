/** What the desktop application must do, whatever it was started from: the build of the repository or a packaged archive. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPart10, instanceElements } from '../../support/build-data-set.ts';
import { type Desktop, startAgain, startDesktop } from './desktop.ts';
import { isStandin, runtimeNote } from './runtime.ts';

/** What a call answers through `window.pacs`. */
interface Answer {
  readonly value?: Record<string, never>;
  readonly error?: { readonly code: string; readonly message: string };
}
interface PacsWindow {
  readonly pacs: {
    call(name: string, input?: unknown): Promise<Answer>;
    on(name: string, listener: (event: unknown) => void): () => void;
  };
}

/** Runs the suite on the application in the folder that `folder` answers. */
export function desktopSuite(name: string, folder: () => string): void {
  describe(`${name}, ${runtimeNote}`, { timeout: 90_000 }, () => {
    let desktop: Desktop;
    beforeAll(async () => {
      desktop = await startDesktop(folder());
    });
    afterAll(() => desktop?.dispose());

    const call = (callName: string, input?: unknown): Promise<Answer> =>
      desktop.page.evaluate(
        ([called, given]) => (window as unknown as PacsWindow).pacs.call(called as string, given),
        [callName, input],
      );
    const dicomPort = async (): Promise<string> => String((await call('system.info')).value?.['dicomPort']);

    it('makes a configuration file with comments at the first start, and an archive beside it', () => {
      const configuration = readFileSync(join(desktop.userData, 'chairside.json'), 'utf8');
      expect(configuration).toMatch(/\/\/ AE title of this program\.\n\s+\/\/ "DicomAet": "CHAIRSIDE",/);
      expect(existsSync(join(desktop.userData, 'archive'))).toBe(true);
    });

    it('answers calls with a value, and refuses with a code and a sentence', async () => {
      expect((await call('system.info')).value).toMatchObject({ AETitle: 'CHAIRSIDE' });
      expect(await call('series.list', { StudyInstanceUID: 'no uid' })).toMatchObject({
        error: { code: 'bad-request' },
      });
      expect(await call('constructor')).toMatchObject({ error: { code: 'not-found' } });
    });

    it('shows a study in the list when a scanner has sent it', async () => {
      const told = desktop.page.evaluate(
        () =>
          new Promise((done) => {
            const off = (window as unknown as PacsWindow).pacs.on('instance.stored', (event) => {
              off();
              done(event);
            });
          }),
      );
      sendInstance(await dicomPort());
      expect(await told).toMatchObject({ StudyInstanceUID: '1.2.826.0.1.3680043.8.498.77.1' });
      await desktop.page
        .getByText(/Shelltest/i)
        .first()
        .waitFor();
    });

    it('shows its thumbnail, and its pixels in the viewer', async () => {
      const { page } = desktop;
      const row = page.locator('[data-study="1.2.826.0.1.3680043.8.498.77.1"]');
      await row.click();
      await page.waitForFunction(() => [...document.images].some((image) => image.naturalWidth > 0));
      await row.dblclick();
      await page.locator('[data-shown="0"] canvas').waitFor();
      await page.reload();
      await row.waitFor();
    });

    it("reaches the core's private listener from the page, streaming and with the token only", async () => {
      const { url, token } = (await call('shell.endpoint')).value as unknown as { url: string; token: string };
      const status = (headers: Record<string, string>) =>
        desktop.page.evaluate(
          ([core, given]) =>
            fetch(`${core as string}/call/system.info`, {
              method: 'POST',
              headers: given as Record<string, string>,
            }).then((response) => response.status),
          [url, headers],
        );
      expect(await status({ Authorization: `Bearer ${token}` })).toBe(200);
      expect(await status({})).toBe(401);
    });

    it('gives the page nothing but call and on', async () => {
      const seen = await desktop.page.evaluate(() => {
        const { pacs } = window as unknown as PacsWindow;
        const names = ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron'];
        return { keys: Object.keys(pacs), frozen: Object.isFrozen(pacs), leaked: names.filter((key) => key in window) };
      });
      expect(seen).toEqual({ keys: ['call', 'on'], frozen: true, leaked: [] });
    });

    it('enforces its content security policy', async () => {
      const seen = await desktop.page.evaluate(async () => {
        const script = document.createElement('script');
        script.textContent = 'window.intruder = true';
        document.body.append(script);
        const image = new Image();
        const loaded = new Promise((done) => {
          image.addEventListener('load', () => done('loaded'));
          image.addEventListener('error', () => done('blocked'));
        });
        image.src = 'https://example.com/a.png';
        const fetched = await fetch('https://example.com/').then(
          () => 'loaded',
          () => 'blocked',
        );
        return { intruder: 'intruder' in window, image: await loaded, fetched };
      });
      expect(seen).toEqual({ intruder: false, image: 'blocked', fetched: 'blocked' });
    });

    it('stays on its page and opens no other', async () => {
      const before = desktop.page.url();
      await desktop.page.evaluate(() => {
        window.open('https://example.com/');
        window.location.href = 'https://example.com/';
      });
      await desktop.page.waitForTimeout(500);
      expect(desktop.page.url()).toBe(before);
      expect(desktop.app.windows()).toHaveLength(1);
    });

    it('serves nothing outside the bundle', async () => {
      const statuses = await desktop.page.evaluate(() =>
        Promise.all(
          ['/index.html', '/..%2fshell%2fmain.js', '/%2e%2e/%2e%2e/package.json', '/nothing.js', '/%ff'].map((path) =>
            fetch(path).then((response) => response.status),
          ),
        ),
      );
      expect(statuses).toEqual([200, 404, 404, 404, 404]);
    });

    it('answers no other sender', async () => {
      const answers = await desktop.app.evaluate(async ({ ipcMain }) => {
        type Handler = (event: object, name: string) => Promise<unknown>;
        const { _invokeHandlers } = ipcMain as unknown as { _invokeHandlers: Map<string, Handler> };
        const senders = [
          { parent: null, origin: 'https://example.com' },
          { parent: {}, origin: 'app://bundle' },
          { parent: null, origin: 'app://bundle.example.com' },
          null,
        ];
        return Promise.all(
          senders.map((senderFrame) => _invokeHandlers.get('pacs:call')?.({ senderFrame }, 'system.info')),
        );
      });
      for (const answer of answers) expect(answer).toMatchObject({ error: { code: 'forbidden' } });
    });

    it('brings its window to the front when it is started again', async () => {
      await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
      expect(await startAgain(folder(), desktop)).toBe(0);
      const isBack = () =>
        desktop.app.evaluate(({ BrowserWindow }) => {
          const [window] = BrowserWindow.getAllWindows();
          return window?.isMinimized() === false && window.isVisible();
        });
      await expect.poll(isBack).toBe(true);
    });

    it('has a menu with its own labels', async () => {
      const labels = await desktop.app.evaluate(({ Menu }) =>
        Menu.getApplicationMenu()?.items.map((item) => item.label),
      );
      expect(labels).toEqual(expect.arrayContaining(['File', 'Edit', 'View', 'Help']));
    });

    it('reports no fault of the page or of its settings', async () => {
      // What the tests above provoked is refused aloud.
      const unexpected = desktop.pageErrors.filter((text) => !/Content Security Policy|example\.com|40[14]/.test(text));
      expect(unexpected).toEqual([]);
      if (isStandin) expect(await desktop.app.evaluate(() => Reflect.get(globalThis, 'standin').audit)).toEqual([]);
    });

    it('goes on receiving when its window is closed, opens it again, and quits cleanly', async () => {
      const port = await dicomPort();
      const closed = desktop.page.waitForEvent('close');
      await desktop.app.evaluate(({ BrowserWindow }) => {
        const [window] = BrowserWindow.getAllWindows();
        window?.setBounds({ x: 40, y: 50, width: 1000, height: 700 });
        window?.close();
      });
      await closed;
      execFileSync('echoscu', ['-aec', 'CHAIRSIDE', '127.0.0.1', port]);
      const opened = desktop.app.waitForEvent('window');
      await startAgain(folder(), desktop);
      const page = await opened;
      await page
        .getByText(/Shelltest/i)
        .first()
        .waitFor();
      const bounds = await desktop.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.getNormalBounds(),
      );
      if (isStandin) expect(bounds).toEqual({ x: 40, y: 50, width: 1000, height: 700 });
      expect(await desktop.quit()).toBe(0);
      expect(() => execFileSync('echoscu', ['127.0.0.1', port], { stdio: 'ignore' })).toThrow();
    });
  });
}

/** Sends one small secondary capture with DCMTK's storescu. */
function sendInstance(port: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'chairside-send-'));
  const file = join(folder, 'one.dcm');
  const elements = instanceElements([
    { tag: 'PatientName', value: 'Shelltest^Greta' },
    { tag: 'StudyInstanceUID', value: '1.2.826.0.1.3680043.8.498.77.1' },
    { tag: 'SeriesInstanceUID', value: '1.2.826.0.1.3680043.8.498.77.2' },
    { tag: 'SOPInstanceUID', value: '1.2.826.0.1.3680043.8.498.77.3' },
    { tag: 'SamplesPerPixel', value: 1 },
    { tag: 'PhotometricInterpretation', value: 'MONOCHROME2' },
    { tag: 'Rows', value: 64 },
    { tag: 'Columns', value: 64 },
    { tag: 'BitsAllocated', value: 8 },
    { tag: 'BitsStored', value: 8 },
    { tag: 'HighBit', value: 7 },
    { tag: 'PixelRepresentation', value: 0 },
    { tag: 'PixelData', vr: 'OB', value: Uint8Array.from({ length: 64 * 64 }, (_, index) => index % 64) },
  ]);
  writeFileSync(file, buildPart10({ elements }));
  try {
    execFileSync('storescu', ['-aec', 'CHAIRSIDE', '127.0.0.1', port, file], { stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
