/** Makes the identifiers of an item that nobody has given (PS3.4 K.6.1.2: they are of type 1 or 2 in answers). */
import { randomInt } from 'node:crypto';
import type { DicomJson } from '../dicom/dicom-json.ts';
import { attribute, items, sequence, text } from '../dicom/data-set-values.ts';
import { makeUid } from '../dicom/make-uid.ts';
import { tags } from './tags.ts';

/** How identifiers are made. */
export interface MakeOptions {
  readonly SetStudyInstanceUidIfMissing: boolean;
  /** True for an accession number that another item has. */
  readonly isTaken: (AccessionNumber: string) => boolean;
}

/* The day and random digits: 16 characters, which is what SH holds, and easy to type off a sheet of paper. */
function makeNumber(prefix: string): string {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const digits = 16 - prefix.length - day.length;
  return prefix + day + String(randomInt(10 ** digits)).padStart(digits, '0');
}

function makeAccessionNumber(isTaken: MakeOptions['isTaken']): string {
  for (;;) {
    const number = makeNumber('');
    if (!isTaken(number)) return number;
  }
}

/**
 * The data set with StudyInstanceUID, AccessionNumber, RequestedProcedureID and ScheduledProcedureStepID where it has none:
 * those of `former`, an earlier state of the same item, else new ones.
 */
export function withIdentifiers(dataSet: DicomJson, former: DicomJson, options: MakeOptions): DicomJson {
  const fill = (keyword: keyof typeof tags, make: () => string): DicomJson => {
    const tag = tags[keyword];
    if (text(dataSet, tag) !== '') return {};
    return { [tag]: attribute(tag, text(former, tag) || make()) };
  };
  const steps = items(dataSet, tags.ScheduledProcedureStepSequence);
  return {
    ...dataSet,
    ...(options.SetStudyInstanceUidIfMissing ? fill('StudyInstanceUID', makeUid) : {}),
    ...fill('AccessionNumber', () => makeAccessionNumber(options.isTaken)),
    ...fill('RequestedProcedureID', () => makeNumber('P')),
    ...(steps.length > 0 ? { [tags.ScheduledProcedureStepSequence]: withStepIds(steps, former) } : {}),
  };
}

function withStepIds(steps: readonly DicomJson[], former: DicomJson): DicomJson[string] {
  const tag = tags.ScheduledProcedureStepID;
  const earlier = items(former, tags.ScheduledProcedureStepSequence);
  return sequence(
    ...steps.map((step, at) =>
      text(step, tag) === ''
        ? { ...step, [tag]: attribute(tag, text(earlier[at] ?? {}, tag) || makeNumber('S')) }
        : step,
    ),
  );
}
