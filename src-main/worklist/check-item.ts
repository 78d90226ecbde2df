/** Checks a whole data set that is to become a worklist item. */
import { findEntry } from '#shared/dictionary.ts';
import { PacsError } from '#shared/errors.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import { checkValues } from './check-values.ts';
import { items, text } from '../dicom/data-set-values.ts';
import { tags } from './tags.ts';

const bad = (sentence: string): PacsError => new PacsError('bad-request', sentence);
const nameOf = (tag: string): string => findEntry(tag)?.keyword ?? tag;

/** Every step needs a modality and a day, unless forced; values must be what their VRs hold. @throws PacsError bad-request */
export function checkItem(dataSet: DicomJson, isForced: boolean): void {
  const { malformed, tooLong } = checkValues(dataSet);
  if (malformed[0]) throw bad(`${nameOf(malformed[0])} is not a valid date, time or UID.`);
  if (tooLong[0]) throw bad(`${nameOf(tooLong[0])} is longer than it may be.`);
  if (!isForced) checkSteps(items(dataSet, tags.ScheduledProcedureStepSequence));
}

function checkSteps(steps: readonly DicomJson[]): void {
  if (steps.length === 0) throw bad('The ScheduledProcedureStepSequence is missing.');
  for (const keyword of ['Modality', 'ScheduledProcedureStepStartDate'] as const)
    if (steps.some((step) => text(step, tags[keyword]) === ''))
      throw bad(`The ${keyword} is missing in the ScheduledProcedureStepSequence.`);
}
