/** Electron's `BrowserWindow`: a page, with a frame that exists as numbers only. */
import { EventEmitter } from 'node:events';
import { app } from './app.ts';
import { fault } from './audit.ts';
import { guardNavigation } from './chromium.ts';
import { missingHandlers } from './session.ts';
import { preventable, strict } from './strict.ts';
import { WebContents } from './web-contents.ts';

interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}
type Preferences = Readonly<Record<string, unknown>>;
type Options = Partial<Bounds> & { readonly webPreferences?: Preferences; readonly title?: string };

const windows = new Set<BrowserWindowImplementation>();

const insecure: Readonly<Record<string, boolean>> = {
  contextIsolation: false,
  sandbox: false,
  webSecurity: false,
  nodeIntegration: true,
  nodeIntegrationInWorker: true,
  nodeIntegrationInSubFrames: true,
  allowRunningInsecureContent: true,
  experimentalFeatures: true,
  webviewTag: true,
};

function inspect(preferences: Preferences): void {
  for (const [name, bad] of Object.entries(insecure))
    if (preferences[name] === bad) fault(`webPreferences.${name} is ${bad}`);
  for (const name of missingHandlers()) fault(`no permission ${name} handler before the first window`);
}

class BrowserWindowImplementation extends EventEmitter {
  readonly webContents: WebContents;
  readonly #bounds: Bounds;
  readonly #title: string;
  #state = { maximized: false, minimized: false, visible: true, focused: true };
  #destroyed = false;

  constructor({ x = 0, y = 0, width = 800, height = 600, title = app.getName(), webPreferences = {} }: Options = {}) {
    super();
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    inspect(webPreferences);
    this.#bounds = { x, y, width, height };
    this.#title = title;
    const contents = new WebContents(webPreferences['preload'] as string | undefined);
    this.webContents = strict(contents, 'webContents');
    contents.on('destroyed', () => this.#gone());
    contents.opened
      .then((page) => page.setViewportSize({ width, height }))
      .catch((error: unknown) => this.#failed(error));
    windows.add(this);
    app.emit('web-contents-created', preventable(), this.webContents);
  }

  static getAllWindows = (): BrowserWindowImplementation[] => [...windows];

  loadURL = (url: string): Promise<void> => this.webContents.loadURL(url);
  getTitle = (): string => this.#title;
  getNormalBounds = (): Bounds => ({ ...this.#bounds });
  setBounds = (bounds: Partial<Bounds>): void => void Object.assign(this.#bounds, bounds);
  isVisible = (): boolean => this.#state.visible;
  isFocused = (): boolean => this.#state.focused;
  isMaximized = (): boolean => this.#state.maximized;
  isMinimized = (): boolean => this.#state.minimized;
  isDestroyed = (): boolean => this.#destroyed;
  maximize = (): void => void (this.#state.maximized = true);
  minimize = (): void => void (this.#state = { ...this.#state, minimized: true, focused: false });
  restore = (): void => void (this.#state.minimized = false);
  show = (): void => void (this.#state = { ...this.#state, visible: true, focused: true });
  focus = (): void => void (this.#state.focused = true);

  /** False where a listener would not have it. */
  close(): boolean {
    const event = preventable();
    this.emit('close', event);
    if (event.defaultPrevented) return false;
    void this.webContents.page?.close();
    this.#gone();
    return true;
  }

  #gone(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    windows.delete(this);
    this.emit('closed');
    if (windows.size > 0 || app.quitting) return;
    if (!app.emit('window-all-closed')) app.quit();
  }

  #failed(error: unknown): void {
    if (!this.#destroyed) console.error('stand-in: the window failed', error);
  }
}

app.ending.closeWindows = () => [...windows].every((window) => window.close());
guardNavigation((request) => {
  const page = request.frame().page();
  return [...windows].find((window) => window.webContents.page === page)?.webContents.mayNavigate(request) ?? false;
});

/** Electron's `BrowserWindow`. */
export const BrowserWindow = new Proxy(BrowserWindowImplementation, {
  construct: (target, [options]: [Options?]) => strict(new target(options), 'BrowserWindow'),
});
