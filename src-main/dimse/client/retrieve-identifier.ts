/** Identifiers of C-MOVE and C-GET: the unique keys of what is wanted (PS3.4 C.4.2.1.4). */
import { levels, uniqueKeys, type Level } from '#shared/attributes.ts';
import { PacsError } from '#shared/errors.ts';
import type { DicomJson } from '../../dicom/dicom-json.ts';
import { identifierOf } from './identifier.ts';

/** What is to be fetched: unique keys by keyword; at the level itself several, separated by `\`. */
export interface RetrieveRequest {
  readonly level: Level;
  readonly keys: Readonly<Partial<Record<string, string>>>;
}

/* PatientID is not asked for below its level: Study Root has no level for it. */
const levelsDownTo = (level: Level): readonly Level[] =>
  level === 'PATIENT' ? [level] : levels.slice(1, levels.indexOf(level) + 1);

/** The identifier with the unique keys of the level and of those above it, and nothing else. @throws PacsError `bad-request` where one is missing */
export function retrieveIdentifier({ level, keys }: RetrieveRequest): DicomJson {
  const unique = levelsDownTo(level).map((each) => [uniqueKeys[each], keys[uniqueKeys[each]] ?? ''] as const);
  const missing = unique.find(([, value]) => value === '');
  if (missing) throw new PacsError('bad-request', `What is to be fetched is not known: ${missing[0]} is missing.`);
  return { ...identifierOf(Object.fromEntries(unique)), '00080052': { vr: 'CS', Value: [level] } };
}

/** Where a C-MOVE or C-GET stands, as the other side counts. */
export interface RetrieveCounts {
  readonly remaining: number;
  readonly completed: number;
  readonly failed: number;
  readonly warning: number;
}

/** Counts from a response; what it does not say is as before. */
export const countsOf = (
  command: {
    readonly NumberOfRemainingSuboperations?: number | undefined;
    readonly NumberOfCompletedSuboperations?: number | undefined;
    readonly NumberOfFailedSuboperations?: number | undefined;
    readonly NumberOfWarningSuboperations?: number | undefined;
  },
  before: RetrieveCounts,
): RetrieveCounts => ({
  remaining: command.NumberOfRemainingSuboperations ?? before.remaining,
  completed: command.NumberOfCompletedSuboperations ?? before.completed,
  failed: command.NumberOfFailedSuboperations ?? before.failed,
  warning: command.NumberOfWarningSuboperations ?? before.warning,
});

/** Counts before the first response. */
export const noCounts: RetrieveCounts = { remaining: 0, completed: 0, failed: 0, warning: 0 };
