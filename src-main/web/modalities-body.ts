/** Bodies of the REST calls to other nodes: JSON in Orthanc's words, read with suspicion. */
import { z } from 'zod';
import type { Level } from '#shared/attributes.ts';
import { PacsError } from '#shared/errors.ts';
import { modalitySchema } from '#shared/settings.ts';
import type { CallDetails } from '../network-jobs/network-deps.ts';
import type { WebContext } from './connection.ts';
import { requestText } from './request-body.ts';

/* A list of some hundred thousand identifiers. */
const maximumBody = 16 << 20;

const bad = (sentence: string): PacsError => new PacsError('bad-request', sentence);

/** The body as JSON; an empty one is `{}`, as Orthanc takes it where nothing must be said. @throws PacsError `bad-request`, `too-large` */
export async function jsonBody(c: WebContext): Promise<unknown> {
  const text = (await requestText(c, maximumBody)).trim();
  if (text === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw bad('The body must be JSON.');
  }
}

/** As jsonBody, and a body that is a bare word is that word: an identifier, an AE title. */
export async function wordOrJson(c: WebContext): Promise<unknown> {
  const text = (await requestText(c, maximumBody)).trim();
  if (text === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (/^[\w .-]{1,64}$/.test(text)) return text;
    throw bad('The body must be JSON.');
  }
}

/** The value in that form. @throws PacsError `bad-request` with the name of the field */
export function checked<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw bad(sentenceOn(read.error.issues[0]));
}

/* The library's own words are for programmers; ours are sentences already. */
function sentenceOn(issue: z.core.$ZodIssue | undefined): string {
  const name = issue?.path.map(String).join('.') || 'The body';
  if (issue?.code !== 'custom' && issue?.code !== 'invalid_format') return `${name} is missing or not as it should be.`;
  return `${name}: ${issue.message}`;
}

const aeTitle = modalitySchema.shape.AET;

/** What may be other in one call than the node's entry says; names are Orthanc's. */
export const callFields = {
  LocalAet: aeTitle.optional(),
  CalledAet: aeTitle.optional(),
  Host: modalitySchema.shape.Host.optional(),
  Port: modalitySchema.shape.Port.optional(),
  Timeout: z.number().min(0).max(86_400).optional(),
} as const;

/** How a job is started; without Synchronous or Asynchronous one waits for its end. */
export const jobFields = {
  Synchronous: z.boolean().optional(),
  Asynchronous: z.boolean().optional(),
  Priority: z.int().min(-100).max(100).optional(),
  Permissive: z.boolean().default(false),
  UserData: z.unknown().optional(),
} as const;

/** The fields of {@link callFields} as we name them. */
export function callDetails(body: z.output<z.ZodObject<typeof callFields>>): CallDetails {
  const { LocalAet, CalledAet, Host, Port, Timeout } = body;
  return {
    ...(LocalAet ? { LocalAet } : {}),
    ...(CalledAet ? { AET: CalledAet } : {}),
    ...(Host ? { Host } : {}),
    ...(Port ? { Port } : {}),
    ...(Timeout ? { Timeout } : {}),
  };
}

/** True where the caller waits for the job's end. */
export const isSynchronous = ({
  Synchronous,
  Asynchronous,
}: {
  Synchronous?: boolean | undefined;
  Asynchronous?: boolean | undefined;
}): boolean => Synchronous ?? !(Asynchronous ?? false);

const levels: Readonly<Record<string, Level>> = {
  patient: 'PATIENT',
  patients: 'PATIENT',
  study: 'STUDY',
  studies: 'STUDY',
  series: 'SERIES',
  instance: 'IMAGE',
  instances: 'IMAGE',
  image: 'IMAGE',
};

/** A level in any of Orthanc's words: `Patient`, `Study`, `Series`, `Instance`. */
export const levelField = z
  .string()
  .transform((text) => levels[text.toLowerCase()])
  .refine((level) => level !== undefined, 'Level is Patient, Study, Series or Instance.')
  .transform((level) => level as Level);

/** Orthanc's word for a level. */
export const levelWord: Readonly<Record<Level, string>> = {
  PATIENT: 'Patient',
  STUDY: 'Study',
  SERIES: 'Series',
  IMAGE: 'Instance',
};
