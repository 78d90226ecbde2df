/** Every call and event between core and window: its name, the check of its input, and what comes back. */
import { z } from 'zod';
import type { IndexedKeyword } from './attributes.ts';
import { attributes } from './attributes.ts';
import type { Identifiers, Refusal, Row, SeriesView, Statistics, SystemInfo } from './model.ts';

const uid = z.string().regex(/^[0-9.]{1,64}$/, 'A UID has digits and dots only.');
const patientId = z.string().max(10_240);
const keyword = z.enum(attributes.map((attribute) => attribute.keyword) as [IndexedKeyword, ...IndexedKeyword[]]);

/** The inputs of the calls; checked once, where a call enters the core. */
export const inputs = {
  'system.info': z.void(),
  'system.statistics': z.void(),
  /** Studies for the list: quick search, column filters as a person types them, sort, page. */
  'studies.list': z.object({
    text: z.string().max(200).optional(),
    filters: z.partialRecord(keyword, z.string().max(200)).optional(),
    order: z
      .array(z.object({ key: z.union([keyword, z.literal('ReceivedAt')]), descending: z.boolean().optional() }))
      .max(4)
      .optional(),
    offset: z.int().min(0).default(0),
    limit: z.int().min(1).max(1000).default(200),
  }),
  /** With PatientID only what came under it: a StudyInstanceUID alone may name the studies of two patients. */
  'series.list': z.object({ StudyInstanceUID: uid, PatientID: patientId.optional() }),
  'series.view': z.object({ StudyInstanceUID: uid, SeriesInstanceUID: uid, PatientID: patientId.optional() }),
  /** The latest refused instances, newest first. */
  'refusals.list': z.object({ limit: z.int().min(1).max(500).default(100) }),
  'samples.add': z.void(),
} as const;

/** The name of a call. */
export type CallName = keyof typeof inputs;
/** What a caller hands in. */
export type Input<N extends CallName> = z.input<(typeof inputs)[N]>;
/** What the handler gets: checked, defaults filled in. */
export type CheckedInput<N extends CallName> = z.output<(typeof inputs)[N]>;

/** What each call answers. */
export interface Outputs {
  'system.info': SystemInfo;
  'system.statistics': Statistics;
  'studies.list': { readonly total: number; readonly rows: readonly Row[] };
  'series.list': readonly (Row & { readonly representative?: string })[];
  'series.view': SeriesView;
  'refusals.list': readonly Refusal[];
  'samples.add': { readonly added: number };
}

/** The core's side of the contract: one function a call. */
export type Handlers = { [N in CallName]: (input: CheckedInput<N>) => Promise<Outputs[N]> };

/** What the core tells; nothing is expected back. */
export interface Events {
  'instance.stored': Identifiers & { readonly isNewStudy: boolean };
  'instance.refused': Refusal;
  'samples.progress': { readonly done: number; readonly total: number };
}

/** The name of an event. */
export type EventName = keyof Events;

/** How the window reaches the core, whatever carries it. */
export interface Bridge {
  call<N extends CallName>(name: N, ...input: undefined extends Input<N> ? [] : [Input<N>]): Promise<Outputs[N]>;
  /** Listens; the answer stops listening. */
  on<N extends EventName>(name: N, listener: (event: Events[N]) => void): () => void;
  /** The absolute URL of a path of the core's private listener, its token included, fit for `fetch` and `<img>`. */
  url(path: string): string;
}
