/** What the HTTP door is handed by pacs.ts. */
import type { Events, Handlers } from '#shared/contract.ts';
import type { Emitter } from '#shared/emitter.ts';
import type { PixelKind, SystemInfo } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import type { Log } from '../log.ts';
import type { People } from '../people/people.ts';
import type { Store } from '../store/store.ts';

/** One decoded frame. */
export interface DecodedFrame {
  readonly kind: PixelKind;
  readonly rows: number;
  readonly columns: number;
  readonly bytes: Uint8Array;
}

/** How a frame is to be drawn. */
export interface RenderOptions {
  readonly format: 'jpeg' | 'png';
  readonly window?: {
    readonly center: number;
    readonly width: number;
    readonly function?: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';
  };
  /** Largest width and height of the answer; the aspect ratio is kept. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** 1 to 100, JPEG only. */
  readonly quality?: number;
}

/** The pixel tools this door uses; frames count from 0. */
export interface Pixels {
  frame(path: string, frame: number): Promise<DecodedFrame>;
  render(
    path: string,
    frame: number,
    options: RenderOptions,
  ): Promise<{ readonly bytes: Uint8Array; readonly contentType: string }>;
}

/** Rooms, tools and settings behind the HTTP door. */
export interface WebDeps {
  readonly settings: Settings;
  readonly store: Store;
  readonly pixels: Pixels;
  readonly people: People;
  readonly handlers: Handlers;
  readonly events: Emitter<Events>;
  /** Folder of the built window; without it the private listener serves data only. */
  readonly windowFolder?: string;
  /** Origins of our own window besides the private listener's, such as `app://bundle`. */
  readonly windowOrigins: readonly string[];
  readonly system: () => Promise<SystemInfo>;
  readonly version: string;
  readonly log: Log;
}
