/** One worklist item in memory: its row, its columns, and its steps as queries see them. */
import type { WorklistItem, WorklistStatus } from '#shared/model.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import { attribute, items, sequence, text } from '../dicom/data-set-values.ts';
import { tags } from './tags.ts';

/** A row of `worklist_items`; times ISO 8601, `imageAt` in milliseconds: when the last image of its study came. */
export interface ItemRow {
  readonly id: string;
  readonly source: WorklistItem['source'];
  readonly status: WorklistStatus;
  readonly file: string | null;
  readonly stamp: string | null;
  readonly dataSet: string;
  readonly createdAt: string;
  readonly changedAt: string;
  readonly doneAt: string | null;
  readonly imageAt: number | null;
}

/** An item with its data set read. */
export interface Entry extends Omit<ItemRow, 'dataSet'> {
  readonly dataSet: DicomJson;
}

/** The entry of a row. */
export const entryOf = (row: ItemRow): Entry => ({ ...row, dataSet: JSON.parse(row.dataSet) as DicomJson });

/** True for a status after which nothing more is to be done. */
export const isDone = (status: WorklistStatus): boolean => status === 'completed' || status === 'discontinued';

const outside = [
  'PatientName',
  'PatientID',
  'PatientBirthDate',
  'PatientSex',
  'AccessionNumber',
  'ReferringPhysicianName',
  'StudyInstanceUID',
  'RequestedProcedureID',
  'RequestedProcedureDescription',
] as const;
const inside = [
  'Modality',
  'ScheduledStationAETitle',
  'ScheduledStationName',
  'ScheduledProcedureStepStartDate',
  'ScheduledProcedureStepStartTime',
  'ScheduledProcedureStepDescription',
  'ScheduledProcedureStepID',
  'ScheduledPerformingPhysicianName',
] as const;

type Column = (typeof outside)[number] | (typeof inside)[number];

/** The columns of an item, those of its first scheduled procedure step included. */
export function itemOf({ id, status, source, createdAt, changedAt, dataSet }: Entry): WorklistItem {
  const [step = {}] = items(dataSet, tags.ScheduledProcedureStepSequence);
  const columns = Object.fromEntries([
    ...outside.map((keyword) => [keyword, text(dataSet, tags[keyword])]),
    ...inside.map((keyword) => [keyword, text(step, tags[keyword])]),
  ]) as Record<Column, string>;
  return { id, status, source, ...columns, createdAt, changedAt };
}

/* The defined terms of PS3.3 C.4.10 for what we know better than the data set. */
const stepStatus: Readonly<Partial<Record<WorklistStatus, string>>> = { arrived: 'ARRIVED', 'in progress': 'STARTED' };

function withStatus(step: DicomJson, status: WorklistStatus): DicomJson {
  const tag = tags.ScheduledProcedureStepStatus;
  const known = stepStatus[status] ?? (step[tag]?.Value ? undefined : 'SCHEDULED');
  return known === undefined ? step : { ...step, [tag]: attribute(tag, known) };
}

/** One data set for each scheduled procedure step, with its status: what is matched and answered (PS3.4 K.6.1.2.2: one step an answer). */
export function stepsOf({ dataSet, status }: Entry): readonly DicomJson[] {
  const tag = tags.ScheduledProcedureStepSequence;
  const steps = items(dataSet, tag);
  return steps.length === 0
    ? [dataSet]
    : steps.map((step) => ({ ...dataSet, [tag]: sequence(withStatus(step, status)) }));
}
