/** The performed procedure steps that devices report (MPPS, PS3.4 F): kept whole, tied to their worklist items and to what arrives. */
import type { WorklistStatus } from '#shared/model.ts';
import { dicomJsonText, type DicomJson } from '../dicom/dicom-json.ts';
import type { Records, Statement } from '../records/records.ts';
import { items, text } from '../dicom/data-set-values.ts';
import { countStored, type StoredInstances } from './count-stored.ts';
import type { Entry } from './item.ts';
import type { ItemsIndex } from './items-index.ts';
import {
  changeStep,
  checkCreation,
  isOfWrongEntry,
  referencedInstances,
  statusOf,
  StepError,
  type StepStatus,
  type StepWarnings,
} from './step-rules.ts';
import { tags } from './tags.ts';

/** Who reports a step. */
interface StepCaller {
  readonly callingAET: string;
}

/** A step in short; times ISO 8601, UTC. */
interface Step {
  readonly SOPInstanceUID: string;
  readonly status: StepStatus;
  readonly callingAET: string;
  readonly createdAt: string;
  readonly changedAt: string;
  /** Instances that it names as its results, and how many of them are here. */
  readonly referenced: number;
  readonly present: number;
}

/** The performed procedure steps. */
export interface Steps {
  /** PS3.4 F.7.2.1. @throws StepError */
  create(SOPInstanceUID: string, dataSet: DicomJson, caller: StepCaller): Promise<StepWarnings>;
  /** PS3.4 F.7.2.2. @throws StepError */
  set(SOPInstanceUID: string, modifications: DicomJson): Promise<StepWarnings>;
  /** The data set, or these attributes of it, PS3.4 F.8.2.1. @throws StepError unknown */
  get(SOPInstanceUID: string, wanted?: readonly string[]): Promise<DicomJson>;
  /** The steps of a worklist item, oldest first. */
  list(item: string): Promise<readonly Step[]>;
}

/** What the steps need of the rest of the room. */
export interface StepsContext {
  readonly records: Records;
  readonly index: ItemsIndex;
  /** Runs changes one after the other. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Writes items with another status, and these statements before, in one transaction. */
  readonly write: (entries: readonly Entry[], ...before: readonly Statement[]) => Promise<void>;
  readonly withStatus: (entry: Entry, status: WorklistStatus) => Entry;
  readonly stored: StoredInstances;
}

interface StepRow {
  readonly SOPInstanceUID: string;
  readonly status: StepStatus;
  readonly callingAET: string;
  readonly dataSet: string;
  readonly createdAt: string;
  readonly changedAt: string;
}

const uid = /^[0-9]+(\.[0-9]+)*$/;

/** Opens the steps. */
export function openSteps(context: StepsContext): Steps {
  const { records, inTurn, stored } = context;
  return {
    create: (SOPInstanceUID, dataSet, caller) => inTurn(() => create(context, SOPInstanceUID, dataSet, caller)),
    set: (SOPInstanceUID, modifications) => inTurn(() => change(context, SOPInstanceUID, modifications)),
    get: async (SOPInstanceUID, wanted = []) => {
      const dataSet = JSON.parse((await rowOf(records, SOPInstanceUID)).dataSet) as DicomJson;
      const entries = Object.entries(dataSet).filter(([tag]) => wanted.length === 0 || wanted.includes(tag));
      return Object.fromEntries(entries);
    },
    list: async (item) => {
      const rows = await records.all<StepRow>(
        `SELECT worklist_steps.* FROM worklist_step_items JOIN worklist_steps USING (SOPInstanceUID)
          WHERE item = ? ORDER BY createdAt`,
        [item],
      );
      return Promise.all(rows.map((row) => stepOf(row, stored)));
    },
  };
}

async function stepOf({ dataSet, ...row }: StepRow, stored: StoredInstances): Promise<Step> {
  const { SOPInstanceUID, status, callingAET, createdAt, changedAt } = row;
  const named = referencedInstances(JSON.parse(dataSet) as DicomJson);
  const present = await countStored(named, stored);
  return { SOPInstanceUID, status, callingAET, createdAt, changedAt, referenced: named.size, present };
}

async function rowOf(records: Records, SOPInstanceUID: string): Promise<StepRow> {
  const [row] = await records.all<StepRow>('SELECT * FROM worklist_steps WHERE SOPInstanceUID = ?', [SOPInstanceUID]);
  if (!row) throw new StepError('unknown', 'There is no such procedure step.');
  return row;
}

async function create(
  context: StepsContext,
  SOPInstanceUID: string,
  dataSet: DicomJson,
  { callingAET }: StepCaller,
): Promise<StepWarnings> {
  if (!uid.test(SOPInstanceUID) || SOPInstanceUID.length > 64)
    throw new StepError('invalid-instance', 'The UID of the procedure step is none.');
  const { records, index, write, withStatus } = context;
  const known = await records.all('SELECT 1 FROM worklist_steps WHERE SOPInstanceUID = ?', [SOPInstanceUID]);
  if (known.length > 0) throw new StepError('duplicate', 'This procedure step is known already.');
  const warnings = checkCreation(dataSet);
  const entries = linkedItems(dataSet, index);
  const now = new Date().toISOString();
  await write(
    entries.map((entry) => withStatus(entry, 'in progress')),
    {
      sql: 'INSERT INTO worklist_steps (SOPInstanceUID, status, callingAET, dataSet, createdAt, changedAt) VALUES (?, ?, ?, ?, ?, ?)',
      values: [SOPInstanceUID, 'IN PROGRESS', callingAET, dicomJsonText(dataSet), now, now],
    },
    ...entries.map(({ id }) => ({
      sql: 'INSERT INTO worklist_step_items VALUES (?, ?)',
      values: [SOPInstanceUID, id],
    })),
  );
  return warnings;
}

async function change(
  { records, index, write, withStatus }: StepsContext,
  SOPInstanceUID: string,
  modifications: DicomJson,
): Promise<StepWarnings> {
  const row = await rowOf(records, SOPInstanceUID);
  const { dataSet, warnings } = changeStep(JSON.parse(row.dataSet) as DicomJson, modifications);
  const status = statusOf(dataSet);
  const links = await records.all<{ item: string; status: StepStatus | null }>(
    `SELECT own.item, worklist_steps.status FROM worklist_step_items own
      LEFT JOIN worklist_step_items other ON other.item = own.item AND other.SOPInstanceUID <> own.SOPInstanceUID
      LEFT JOIN worklist_steps ON worklist_steps.SOPInstanceUID = other.SOPInstanceUID
      WHERE own.SOPInstanceUID = ?`,
    [SOPInstanceUID],
  );
  const entries = [...new Set(links.map(({ item }) => item))].flatMap((item) => {
    const entry = index.get(item);
    const others = links.filter((link) => link.item === item).flatMap((link) => link.status ?? []);
    const next = itemStatus([...others, status], isOfWrongEntry(dataSet));
    return entry && status !== 'IN PROGRESS' ? [withStatus(entry, next)] : [];
  });
  await write(entries, {
    sql: 'UPDATE worklist_steps SET status = ?, dataSet = ?, changedAt = ? WHERE SOPInstanceUID = ?',
    values: [status, dicomJsonText(dataSet), new Date().toISOString(), SOPInstanceUID],
  });
  return warnings;
}

/** What the steps of an item make of it: one that goes on outweighs what has ended, and one that succeeded what was broken off. */
function itemStatus(statuses: readonly StepStatus[], isWrongEntry: boolean): WorklistStatus {
  if (statuses.includes('IN PROGRESS')) return 'in progress';
  if (statuses.includes('COMPLETED')) return 'completed';
  return isWrongEntry ? 'scheduled' : 'discontinued';
}

/** The worklist items that the scheduled step attributes of a step name; none for an unscheduled one. */
function linkedItems(dataSet: DicomJson, index: ItemsIndex): readonly Entry[] {
  const PatientID = text(dataSet, tags.PatientID);
  const found = items(dataSet, tags.ScheduledStepAttributesSequence).flatMap((step) =>
    linkedTo(step, PatientID, index),
  );
  return [...new Set(found)];
}

function linkedTo(step: DicomJson, PatientID: string, index: ItemsIndex): readonly Entry[] {
  const stepId = text(step, tags.ScheduledProcedureStepID);
  const ofStep = stepId === '' ? [] : index.with('ScheduledProcedureStepID', stepId);
  const ofStudy = [
    index.with('StudyInstanceUID', text(step, tags.StudyInstanceUID)),
    index.with('AccessionNumber', text(step, tags.AccessionNumber)).filter((entry) => isOf(entry, PatientID)),
  ].find((entries) => entries.length > 0);
  if (!ofStudy) return ofStep.filter((entry) => isOf(entry, PatientID));
  if (ofStep.length > 0) return ofStudy.filter((entry) => ofStep.includes(entry));
  return ofStudy.length === 1 ? ofStudy : [];
}

const isOf = (entry: Entry, PatientID: string): boolean => text(entry.dataSet, tags.PatientID) === PatientID;
