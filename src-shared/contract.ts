/** Every call and event between core and window: its name, the check of its input, and what comes back. */
import { z } from 'zod';
import type { IndexedKeyword } from './attributes.ts';
import { attributes } from './attributes.ts';
import type {
  Device,
  Identifiers,
  Job,
  Refusal,
  Row,
  SeriesView,
  Statistics,
  SystemInfo,
  UnknownCaller,
  WorklistItem,
} from './model.ts';
import { modalitySchema } from './settings.ts';

const uid = z.string().regex(/^[0-9.]{1,64}$/, 'A UID has digits and dots only.');
const patientId = z.string().max(10_240);
const keyword = z.enum(attributes.map((attribute) => attribute.keyword) as [IndexedKeyword, ...IndexedKeyword[]]);

const name = z
  .string()
  .trim()
  .min(1, 'Give it a name.')
  .max(64)
  .regex(/^[^\\/]*$/, 'A name has no slashes.');
const day = z.string().regex(/^[0-9]{8}$/, 'A date has eight digits: year, month, day.');
const time = z.string().regex(/^[0-9]{2}([0-9]{2}([0-9]{2}(\.[0-9]{1,6})?)?)?$/, 'A time is hours, minutes, seconds.');
const dicomText = (length: number) =>
  z
    .string()
    .trim()
    .max(length)
    .regex(/^[^\\\p{Cc}]*$/u, 'A backslash cannot be part of it.');
const scope = z.object({
  PatientID: patientId.optional(),
  StudyInstanceUID: uid,
  SeriesInstanceUID: uid.optional(),
  SOPInstanceUID: uid.optional(),
});
const worklistStatus = z.enum(['scheduled', 'arrived', 'in progress', 'completed', 'discontinued']);
const remoteLevel = z.enum(['PATIENT', 'STUDY', 'SERIES', 'IMAGE']);

/** The fields of a worklist item that people fill in; the rest is made. */
export const worklistFields = z.object({
  PatientName: dicomText(324).min(1, 'The patient has a name.'),
  PatientID: dicomText(64).min(1, 'The patient has an ID.'),
  PatientBirthDate: day.or(z.literal('')).default(''),
  PatientSex: z.enum(['M', 'F', 'O', '']).default(''),
  AccessionNumber: dicomText(16).default(''),
  ReferringPhysicianName: dicomText(324).default(''),
  RequestedProcedureDescription: dicomText(64).default(''),
  Modality: z.string().regex(/^[A-Z0-9_]{1,16}$/, 'A modality is a short code such as IO, PX, CT or US.'),
  ScheduledStationAETitle: dicomText(16).default(''),
  ScheduledProcedureStepStartDate: day,
  ScheduledProcedureStepStartTime: time.or(z.literal('')).default(''),
  ScheduledProcedureStepDescription: dicomText(64).default(''),
  ScheduledPerformingPhysicianName: dicomText(324).default(''),
});

/** The inputs of the calls; checked once, where a call enters the core. */
export const inputs = {
  'system.info': z.void(),
  'system.statistics': z.void(),
  /** Studies for the list: quick search, column filters as a person types them, sort, page. */
  'studies.list': z.object({
    text: z.string().max(200).optional(),
    /** Long enough for a list of a hundred UIDs. */
    filters: z.partialRecord(keyword, z.string().max(6500)).optional(),
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
  'devices.list': z.void(),
  /** Adds a node or changes the one of that name; `formerName` renames. */
  'devices.save': z.object({ name, formerName: name.optional(), modality: modalitySchema }),
  'devices.remove': z.object({ name }),
  /** Tests a node with a C-ECHO, saved or not. */
  'devices.echo': z.union([z.object({ name }), z.object({ modality: modalitySchema })]),
  /** Forgets that this unknown caller was refused. */
  'devices.dismiss': z.object({ callingAET: z.string().max(16), remoteAddress: z.string().max(64) }),
  /** Items of days (inclusive), in the order of their times. */
  'worklist.list': z.object({
    from: day.optional(),
    to: day.optional(),
    ScheduledStationAETitle: z.string().max(16).optional(),
    status: z.array(worklistStatus).optional(),
    text: z.string().max(200).optional(),
  }),
  /** Creates an item, or changes the one of that id. */
  'worklist.save': z.object({ id: z.string().max(64).optional(), item: worklistFields }),
  'worklist.status': z.object({ id: z.string().max(64), status: worklistStatus }),
  'worklist.remove': z.object({ id: z.string().max(64) }),
  /** Asks another node (C-FIND SCU): keys by keyword as a person types them. */
  'remote.find': z.object({
    name,
    level: remoteLevel,
    keys: z.partialRecord(keyword, z.string().max(200)),
    limit: z.int().min(1).max(5000).default(500),
  }),
  /** Fetches from another node by its retrieve method; a job. */
  'remote.retrieve': z.object({
    name,
    level: remoteLevel,
    /** Unique keys of each thing to fetch, by keyword. */
    items: z
      .array(z.partialRecord(keyword, z.string().max(10_240)))
      .min(1)
      .max(1000),
  }),
  /** Sends our images to a node; a job. */
  'remote.send': z.object({
    name,
    scopes: z.array(scope).min(1).max(10_000),
    /** Ask the node afterwards to confirm that it keeps them. */
    commit: z.boolean().default(false),
  }),
  /** Jobs, newest first. */
  'jobs.list': z.object({ limit: z.int().min(1).max(1000).default(200) }),
  /** One job with all of its content and output, which the list leaves out where they are long. */
  'jobs.get': z.object({ id: z.string().max(64) }),
  'jobs.control': z.object({ id: z.string().max(64), action: z.enum(['cancel', 'pause', 'resume', 'resubmit']) }),
  'jobs.priority': z.object({ id: z.string().max(64), priority: z.int().min(-100).max(100) }),
} as const;

/** The name of a call. */
export type CallName = keyof typeof inputs;
/** What a caller hands in. */
export type Input<N extends CallName> = z.input<(typeof inputs)[N]>;
/** What the handler gets: checked, defaults filled in. */
export type CheckedInput<N extends CallName> = z.output<(typeof inputs)[N]>;

/** An answer of another node: values as text by keyword. */
export type RemoteRow = Readonly<Record<string, string>>;

/** What each call answers. */
export interface Outputs {
  'system.info': SystemInfo;
  'system.statistics': Statistics;
  'studies.list': { readonly total: number; readonly rows: readonly Row[] };
  'series.list': readonly (Row & { readonly representative?: string })[];
  'series.view': SeriesView;
  'refusals.list': readonly Refusal[];
  'samples.add': { readonly added: number };
  'devices.list': { readonly devices: readonly Device[]; readonly unknown: readonly UnknownCaller[] };
  'devices.save': undefined;
  'devices.remove': undefined;
  'devices.echo': { readonly milliseconds: number };
  'devices.dismiss': undefined;
  'worklist.list': readonly WorklistItem[];
  'worklist.save': { readonly id: string };
  'worklist.status': undefined;
  'worklist.remove': undefined;
  'remote.find': { readonly rows: readonly RemoteRow[]; readonly isCut: boolean };
  'remote.retrieve': { readonly jobId: string };
  'remote.send': { readonly jobId: string };
  'jobs.list': readonly Job[];
  'jobs.get': Job;
  'jobs.control': undefined;
  'jobs.priority': undefined;
}

/** The core's side of the contract: one function a call. */
export type Handlers = { [N in CallName]: (input: CheckedInput<N>) => Promise<Outputs[N]> };

/** What the core tells; nothing is expected back. */
export interface Events {
  'instance.stored': Identifiers & { readonly isNewStudy: boolean };
  'instance.refused': Refusal;
  /** Something about the devices is other than before: ask again. */
  'devices.changed': Record<string, never>;
  'worklist.changed': Record<string, never>;
  'job.changed': Job;
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
