/** A real Chromium with a window in it, and what a test does with the viewer there. */
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

/** Software rendering, and no chatter with the outside. */
const args = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-precise-memory-info',
  '--js-flags=--expose-gc',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts Chromium. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args });

/** A page that remembers what went wrong in it. */
export interface ViewerPage {
  readonly page: Page;
  /** Console errors and uncaught exceptions so far. */
  readonly faults: readonly string[];
}

declare global {
  interface Window {
    /** WebGL contexts of the page, where `rememberContexts` ran in it. */
    contexts?: WebGL2RenderingContext[];
  }
}

/** To be run in a page before its own scripts: keeps each WebGL context that it makes in `window.contexts`. */
export function rememberContexts(): void {
  const contexts: WebGL2RenderingContext[] = (window.contexts = []);
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = new Proxy(getContext, {
    apply: (target, canvas, input: unknown[]) => {
      const context: unknown = Reflect.apply(target, canvas, input);
      if (context instanceof WebGL2RenderingContext && !contexts.includes(context)) contexts.push(context);
      return context;
    },
  });
}

/** Opens the window at `url` in English; `prepare` runs in the page before its own scripts. */
export async function openWindow(
  browser: Browser,
  url: string,
  { width = 1280, height = 800, prepare }: { width?: number; height?: number; prepare?: () => void } = {},
): Promise<ViewerPage> {
  const page = await browser.newPage({ viewport: { width, height }, locale: 'en-GB', colorScheme: 'dark' });
  if (prepare) await page.addInitScript(prepare);
  const faults: string[] = [];
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(url);
  return { page, faults };
}

/** Opens the first study of the list and waits for the first picture. */
export async function openFirstStudy({ page }: ViewerPage): Promise<void> {
  await page
    .locator('[role=row]')
    .filter({ has: page.locator('[role=gridcell]') })
    .first()
    .dblclick();
  await page.locator('[data-shown]').waitFor();
}

/** Waits until the frame (from 0) is the one on the screen. */
export const waitForFrame = (page: Page, frame: number): Promise<void> =>
  page.locator(`[data-shown="${frame}"][data-target="${frame}"]`).waitFor();

/** RGBA of the canvas, rows from the top. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** What the canvas shows, after the next two animation frames. */
export async function readPicture(page: Page): Promise<Picture> {
  const { width, height, base64 } = await page.evaluate(async () => {
    const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
    await frame();
    await frame();
    const canvas = document.querySelector<HTMLCanvasElement>('canvas.cornerstone-canvas');
    if (!canvas) throw new Error('no canvas');
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
    let text = '';
    for (let at = 0; at < (data?.length ?? 0); at += 32_768)
      text += String.fromCharCode(...(data?.subarray(at, at + 32_768) ?? []));
    return { width: canvas.width, height: canvas.height, base64: btoa(text) };
  });
  return { width, height, data: Buffer.from(base64, 'base64') };
}

/** The part of a picture where an image of this size lies pixel for pixel, in its middle. */
export function cutMiddle({ width, height, data }: Picture, columns: number, rows: number): Picture {
  const left = Math.round((width - columns) / 2);
  const top = Math.round((height - rows) / 2);
  const cut = new Uint8Array(columns * rows * 4);
  for (let y = 0; y < rows; y++)
    cut.set(data.subarray(((top + y) * width + left) * 4, ((top + y) * width + left + columns) * 4), y * columns * 4);
  return { width: columns, height: rows, data: cut };
}

/** The middle of the picture's element on the page. */
export async function middleOfStage(page: Page): Promise<{ x: number; y: number }> {
  const box = await page.locator('canvas.cornerstone-canvas').boundingBox();
  if (!box) throw new Error('the viewer is not on the screen');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Drags from the middle of the picture. */
export async function drag(
  page: Page,
  dx: number,
  dy: number,
  button: 'left' | 'middle' | 'right' = 'left',
): Promise<void> {
  const { x, y } = await middleOfStage(page);
  await page.mouse.move(x, y);
  await page.mouse.down({ button });
  await page.mouse.move(x + dx / 2, y + dy / 2);
  await page.mouse.move(x + dx, y + dy);
  await page.mouse.up({ button });
}
