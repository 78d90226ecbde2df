/** What the HTTP door is handed by pacs.ts. */
import type { Events, Handlers } from '#shared/contract.ts';
import type { Emitter } from '#shared/emitter.ts';
import type { SystemInfo } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import type { PixelPool } from '../dicom/pixel-pool.ts';
import type { Commitments } from '../jobs/commitments.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Log } from '../log.ts';
import type { Network } from '../network.ts';
import type { Peers } from '../peers/peers.ts';
import type { People } from '../people/people.ts';
import type { Store } from '../store/store.ts';
import type { Worklist } from '../worklist/worklist.ts';

/** The pixel tools this door uses. */
export type Pixels = Pick<PixelPool, 'frame' | 'render' | 'stored'>;

/** Rooms, tools and settings behind the HTTP door. */
export interface WebDeps {
  readonly settings: Settings;
  readonly store: Store;
  readonly pixels: Pixels;
  readonly people: People;
  readonly peers: Peers;
  readonly worklist: Worklist;
  readonly jobs: Jobs;
  readonly commitments: Commitments;
  /** Calls to other nodes. */
  readonly network: Network;
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
