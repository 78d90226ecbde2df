/** The rules of the Modality Performed Procedure Step SOP Class, PS3.4 F.7.2, table F.7.2-1. */
import { PacsError } from '#shared/errors.ts';
import { dicomJsonText, type DicomJson } from '../dicom/dicom-json.ts';
import { checkValues } from './check-values.ts';
import { items, text } from '../dicom/data-set-values.ts';
import { tags } from './tags.ts';

/** Where a performed procedure step stands, PS3.3 C.4.14. */
export type StepStatus = 'IN PROGRESS' | 'COMPLETED' | 'DISCONTINUED';

/** Why a request about a step is refused. */
export type StepFault =
  | 'duplicate'
  | 'unknown'
  | 'ended'
  | 'missing-attribute'
  | 'missing-value'
  | 'invalid-value'
  | 'invalid-instance';

/** A refused request; `tags` are the attributes at fault. */
export class StepError extends PacsError {
  readonly fault: StepFault;
  readonly tags: readonly string[];

  constructor(fault: StepFault, message: string, tags: readonly string[] = []) {
    super(fault === 'unknown' ? 'not-found' : 'bad-request', message);
    this.name = 'StepError';
    this.fault = fault;
    this.tags = tags;
  }
}

/** What was taken, but not quite as it came. */
export interface StepWarnings {
  /** Attributes that must not be changed and were not. */
  readonly notChanged: readonly string[];
  /** Attributes whose values are longer than they may be; kept as they came. */
  readonly tooLong: readonly string[];
}

/** A kind of request: attributes of type 1, and those within the items of sequences of type 1. */
interface Requirement {
  readonly tags: readonly string[];
  readonly inItems: Readonly<Record<string, readonly string[]>>;
}

const atStart: Requirement = {
  tags: [
    tags.Modality,
    tags.PerformedStationAETitle,
    tags.PerformedProcedureStepStartDate,
    tags.PerformedProcedureStepStartTime,
    tags.PerformedProcedureStepStatus,
    tags.PerformedProcedureStepID,
    tags.ScheduledStepAttributesSequence,
  ],
  inItems: { [tags.ScheduledStepAttributesSequence]: [tags.StudyInstanceUID] },
};
const atEnd = [tags.PerformedProcedureStepEndDate, tags.PerformedProcedureStepEndTime];

/* A step that was broken off may have come to no series; the note of table F.7.2-1 asks for one, devices do not send it. */
const atFinal: Readonly<Record<Exclude<StepStatus, 'IN PROGRESS'>, Requirement>> = {
  DISCONTINUED: { tags: atEnd, inItems: {} },
  COMPLETED: {
    tags: [...atEnd, tags.PerformedSeriesSequence],
    inItems: { [tags.PerformedSeriesSequence]: [tags.ProtocolName, tags.SeriesInstanceUID] },
  },
};

/* "Not allowed" for N-SET in table F.7.2-1. */
const fixed = new Set<string>([
  '00080016',
  '00080018',
  '00080060',
  '00081120',
  '00100010',
  '00100020',
  '00100021',
  '00100024',
  '00100030',
  '00100040',
  '00101002',
  '00200010',
  '00400241',
  '00400242',
  '00400243',
  '00400244',
  '00400245',
  '00400253',
  '00400270',
]);

const isEmpty = (dataSet: DicomJson, tag: string): boolean =>
  dataSet[tag]?.vr === 'SQ' ? items(dataSet, tag).length === 0 : text(dataSet, tag) === '';

function demand(dataSet: DicomJson, { tags: wanted, inItems }: Requirement): void {
  const places = [
    { dataSet, wanted },
    ...Object.entries(inItems).flatMap(([tag, inside]) =>
      items(dataSet, tag).map((item) => ({ dataSet: item, wanted: inside })),
    ),
  ];
  const lacking = (isLacking: (dataSet: DicomJson, tag: string) => boolean) =>
    places.flatMap((place) => place.wanted.filter((tag) => isLacking(place.dataSet, tag)));
  const missing = lacking((place, tag) => place[tag] === undefined);
  if (missing.length > 0) throw new StepError('missing-attribute', 'A mandatory attribute is missing.', missing);
  const empty = lacking(isEmpty);
  if (empty.length > 0) throw new StepError('missing-value', 'A mandatory attribute has no value.', empty);
}

function checkForms(dataSet: DicomJson): readonly string[] {
  const { malformed, tooLong } = checkValues(dataSet);
  if (malformed.length > 0) throw new StepError('invalid-value', 'A date, time or UID is not of its form.', malformed);
  return tooLong;
}

/** The status that a data set says. @throws StepError invalid-value */
export function statusOf(dataSet: DicomJson): StepStatus {
  const status = text(dataSet, tags.PerformedProcedureStepStatus);
  if (status !== 'IN PROGRESS' && status !== 'COMPLETED' && status !== 'DISCONTINUED')
    throw new StepError('invalid-value', 'The status of the step is none.', [tags.PerformedProcedureStepStatus]);
  return status;
}

/** Checks what an N-CREATE brings, PS3.4 F.7.2.1. @throws StepError */
export function checkCreation(dataSet: DicomJson): StepWarnings {
  demand(dataSet, atStart);
  if (statusOf(dataSet) !== 'IN PROGRESS')
    throw new StepError('invalid-value', 'A new step must be IN PROGRESS.', [tags.PerformedProcedureStepStatus]);
  return { notChanged: [], tooLong: checkForms(dataSet) };
}

/** The data set after an N-SET, PS3.4 F.7.2.2. @throws StepError */
export function changeStep(
  former: DicomJson,
  modifications: DicomJson,
): { readonly dataSet: DicomJson; readonly warnings: StepWarnings } {
  if (statusOf(former) !== 'IN PROGRESS')
    throw new StepError('ended', 'Performed Procedure Step Object may no longer be updated');
  const tooLong = checkForms(modifications);
  const allowed = Object.entries(modifications).filter(([tag]) => !fixed.has(tag));
  const dataSet = { ...former, ...Object.fromEntries(allowed) };
  const status = statusOf(dataSet);
  if (status !== 'IN PROGRESS') demand(dataSet, atFinal[status]);
  return { dataSet, warnings: { notChanged: differing(former, modifications), tooLong } };
}

const differing = (former: DicomJson, modifications: DicomJson): readonly string[] =>
  Object.keys(modifications).filter((tag) => fixed.has(tag) && !isSame(former[tag], modifications[tag]!));

const isSame = (one: DicomJson[string] | undefined, other: DicomJson[string]): boolean =>
  dicomJsonText({ x: one ?? { vr: other.vr } }) === dicomJsonText({ x: other });

/** UIDs of all instances that a step names as its results. */
export function referencedInstances(dataSet: DicomJson): ReadonlySet<string> {
  const named = items(dataSet, tags.PerformedSeriesSequence).flatMap((series) =>
    ['00081140', '00400220'].flatMap((tag) => items(series, tag).map((item) => text(item, '00081155'))),
  );
  return new Set(named.filter((uid) => uid !== ''));
}

/* DCM 110514: incorrect worklist entry selected (PS3.16 CID 9301). */
const wrongEntry = '110514';

/** True where a step was broken off because the wrong item had been chosen at the device: that item is still to be done. */
export const isOfWrongEntry = (dataSet: DicomJson): boolean =>
  items(dataSet, tags.PerformedProcedureStepDiscontinuationReasonCodeSequence).some(
    (code) => text(code, '00080100') === wrongEntry,
  );
