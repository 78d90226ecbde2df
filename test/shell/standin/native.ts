/** What the system would draw: menus, the tray, dialogs, displays; here as plain objects that tests look at. */
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { findings } from './audit.ts';
import { strict } from './strict.ts';

interface ItemOptions {
  readonly id?: string;
  readonly label?: string;
  readonly role?: string;
  readonly click?: () => void;
  readonly submenu?: readonly ItemOptions[];
}

class MenuItem {
  readonly id: string | undefined;
  readonly label: string;
  readonly role: string | undefined;
  readonly submenu: Menu | undefined;
  readonly click: () => void;
  constructor({ id, label, role, click, submenu }: ItemOptions) {
    this.id = id;
    this.label = label ?? role ?? '';
    this.role = role;
    this.submenu = submenu && Menu.buildFromTemplate(submenu);
    this.click = click ?? (() => undefined);
  }
}

/** Electron's `Menu`. */
export class Menu {
  static #application: Menu | null = null;
  readonly items: readonly MenuItem[];
  constructor(items: readonly MenuItem[]) {
    this.items = items;
  }
  static buildFromTemplate = (template: readonly ItemOptions[]): Menu =>
    new Menu(template.map((options) => new MenuItem(options)));
  static setApplicationMenu = (menu: Menu): void => void (Menu.#application = menu);
  static getApplicationMenu = (): Menu | null => Menu.#application;
  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }
}

/** Electron's `Tray`; the last one made is `globalThis.standinTray`. */
export class Tray extends EventEmitter {
  readonly image: NativeImage;
  toolTip = '';
  menu: Menu | undefined;
  constructor(image: NativeImage) {
    super();
    this.image = image;
    Object.assign(globalThis, { standinTray: this });
  }
  setToolTip = (text: string): void => void (this.toolTip = text);
  setContextMenu = (menu: Menu): void => void (this.menu = menu);
}

interface NativeImage {
  isEmpty(): boolean;
}

/** Electron's `nativeImage`. */
export const nativeImage = strict(
  { createFromPath: (file: string): NativeImage => ({ isEmpty: () => !existsSync(file) }) },
  'nativeImage',
);

/** Electron's `dialog`. */
export const dialog = strict(
  { showErrorBox: (title: string, text: string) => console.error(`[dialog] ${title}: ${text}`) },
  'dialog',
);

/** Electron's `shell`. */
export const shell = strict(
  {
    openPath: async (path: string): Promise<string> => {
      findings.opened.push(path);
      return '';
    },
  },
  'shell',
);

/** Electron's `screen`: one display of 1920 x 1080. */
export const screen = strict(
  { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
  'screen',
);
