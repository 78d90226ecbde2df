/** The worklist query: open steps that an identifier means, in the order of their start (PS3.4 K.4). */
import { setImmediate } from 'node:timers/promises';
import type { DicomJson } from '../dicom/dicom-json.ts';
import { attribute, items, sequence, texts } from '../dicom/data-set-values.ts';
import type { ItemsIndex, Narrowing, OpenStep } from './items-index.ts';
import { dataSetTest } from '../dicom/match-data-set.ts';
import { parseKey, type MatchOptions } from '../dicom/match-value.ts';
import { pickKeys } from '../dicom/pick-keys.ts';
import { tags } from './tags.ts';

/** Where a query ends. */
export interface FindBounds {
  /** Most answers. */
  readonly limit?: number;
  /** Aborted where nobody waits any more; then there are no answers. */
  readonly signal?: AbortSignal;
}

/** How worklist queries are answered. */
interface FindOptions extends MatchOptions, FindBounds {
  /** A caller sees only steps that are scheduled for its own AE title, whatever it asks for. */
  readonly FilterIssuerAet: boolean;
}

const steps = tags.ScheduledProcedureStepSequence;
const station = tags.ScheduledStationAETitle;

/* Longer than this at a stretch would be felt by the other associations. */
const stretch = 5;

/** The answers. @throws PacsError bad-request for an identifier that cannot be a worklist query */
export async function findSteps(
  index: ItemsIndex,
  asked: DicomJson,
  callingAET: string,
  options: FindOptions,
): Promise<readonly DicomJson[]> {
  const test = callerTest(asked, callingAET, options);
  const found: OpenStep[] = [];
  let start = performance.now();
  for (const step of index.open(narrowing(asked, options.FilterIssuerAet ? callingAET : undefined))) {
    if (test(step)) found.push(step);
    if (performance.now() - start > stretch) start = await pause();
    if (options.signal?.aborted) return [];
  }
  found.sort((a, b) => (a.order < b.order ? -1 : 1));
  const answers: DicomJson[] = [];
  for (const step of found.slice(0, options.limit)) {
    answers.push(answer(step, asked, callingAET));
    if (performance.now() - start > stretch) start = await pause();
  }
  return answers;
}

async function pause(): Promise<number> {
  await setImmediate();
  return performance.now();
}

/** The test of a caller's identifier; steps that name no station are for every one. */
function callerTest(asked: DicomJson, callingAET: string, options: FindOptions): (step: OpenStep) => boolean {
  const assigned = dataSetTest(asked, options);
  const anywhere = dataSetTest(withoutStation(asked), options);
  if (!options.FilterIssuerAet) return ({ isAssigned, dataSet }) => (isAssigned ? assigned : anywhere)(dataSet);
  const isOwn = (AET: string) => AET === callingAET || (!options.StrictAetComparison && isSame(AET, callingAET));
  return ({ isAssigned, dataSet }) => anywhere(dataSet) && (!isAssigned || texts(stepOf(dataSet), station).some(isOwn));
}

const isSame = (one: string, other: string): boolean => one.toUpperCase() === other.toUpperCase();
const stepOf = (dataSet: DicomJson): DicomJson => items(dataSet, steps)[0] ?? {};

/** The identifier without the key of the station. */
function withoutStation(asked: DicomJson): DicomJson {
  const [item, ...more] = items(asked, steps);
  return item ? { ...asked, [steps]: sequence({ ...item, [station]: attribute(station, '') }, ...more) } : asked;
}

function narrowing(asked: DicomJson, ownAET: string | undefined): Narrowing {
  const days = parseKey('DA', texts(stepOf(asked), tags.ScheduledProcedureStepStartDate));
  const AET = ownAET ?? stationKey(asked);
  return {
    ...(days?.kind === 'single' ? { from: days.value, to: days.value } : {}),
    ...(days?.kind === 'range' ? { from: days.from, to: days.to } : {}),
    ...(AET === undefined ? {} : { station: AET.toUpperCase() }),
  };
}

/** The one station that is asked for. */
function stationKey(asked: DicomJson): string | undefined {
  const key = parseKey('AE', texts(stepOf(asked), station));
  return key?.kind === 'single' ? key.value : undefined;
}

/* Scheduled Station AE Title is of type 1 (PS3.4 K.6.1.2.2): a step for every station is answered as one of the caller's. */
function answer(step: OpenStep, asked: DicomJson, callingAET: string): DicomJson {
  if (step.isAssigned) return pickKeys(asked, step.dataSet);
  const AET = attribute(station, stationKey(asked) ?? callingAET);
  return pickKeys(asked, { ...step.dataSet, [steps]: sequence({ ...stepOf(step.dataSet), [station]: AET }) });
}
