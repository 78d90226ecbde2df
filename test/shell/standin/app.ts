/** Electron's `app`: life cycle, paths, single instance. */
import { EventEmitter } from 'node:events';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { appPackage } from './app-package.ts';
import { releaseLock, takeLock } from './single-instance.ts';
import { preventable, strict } from './strict.ts';

/** What other parts do when the application ends. */
interface Ending {
  /** Closes all windows; false where one of them would not. */
  closeWindows(): boolean;
  /** Ends Chromium. */
  end(): Promise<void>;
}

class App extends EventEmitter {
  readonly commandLine = { appendSwitch: () => undefined };
  ending: Ending = { closeWindows: () => true, end: () => Promise.resolve() };
  quitting = false;
  sandboxed = false;
  readonly #ready = Promise.withResolvers<void>();
  #isReady = false;

  whenReady = (): Promise<void> => this.#ready.promise;
  isReady = (): boolean => this.#isReady;
  getName = (): string => appPackage().productName ?? appPackage().name;
  getAppPath = (): string => appPackage().folder;
  getPreferredSystemLanguages = (): string[] => [process.env['STANDIN_LANGUAGE'] ?? 'en-US'];
  enableSandbox = (): void => void (this.sandboxed = true);

  /** As on Linux, the only system the stand-in runs on. */
  getPath(name: string): string {
    const settings = process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
    if (name === 'userData') return join(settings, this.getName());
    throw new Error(`app.getPath('${name}') is not implemented in the stand-in`);
  }

  requestSingleInstanceLock(): boolean {
    return takeLock(this.getPath('userData'), (argv, cwd) => this.emit('second-instance', preventable(), argv, cwd));
  }

  /** As in Electron: before-quit, windows, will-quit; each may refuse. */
  quit(): void {
    if (this.quitting) return;
    this.quitting = true;
    const refused = () => {
      const event = preventable();
      this.emit('will-quit', event);
      return event.defaultPrevented;
    };
    setImmediate(() => {
      if (!this.ending.closeWindows() || refused()) this.quitting = false;
      else void this.exit(0);
    });
  }

  async exit(code = 0): Promise<void> {
    this.quitting = true;
    releaseLock();
    await this.ending.end();
    process.exit(code);
  }

  becomeReady(): void {
    this.#isReady = true;
    this.emit('ready', preventable(), {});
    this.#ready.resolve();
  }
}

/** The application. */
export const app = strict(new App(), 'app');
