/** A worklist on a real file, and items for it. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { worklistFields } from '#shared/contract.ts';
import { settingsSchema, type Settings } from '#shared/settings.ts';
import { attribute, sequence } from '#main/dicom/data-set-values.ts';
import type { DicomJson } from '#main/dicom/dicom-json.ts';
import { findEntry } from '#shared/dictionary.ts';
import { openRecords } from '#main/records/open-records.ts';
import type { Records } from '#main/records/records.ts';
import { openWorklist } from '#main/worklist/open-worklist.ts';
import { worklistSchema } from '#main/worklist/schema.ts';
import type { Worklist, WorklistFields } from '#main/worklist/worklist.ts';

/** A worklist and what it stands on. */
export interface TestWorklist {
  readonly worklist: Worklist;
  readonly records: Records;
  readonly settings: Settings;
  readonly lines: string[];
  /** SOP instances that the archive is said to have. */
  readonly here: Set<string>;
  close(): Promise<void>;
}

/** A folder that is removed with the test. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chairside-worklist-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a worklist in a folder; closed with the test. Settings are those of the configuration file. */
export async function openTestWorklist(
  overrides: Record<string, unknown> = {},
  folder?: string,
): Promise<TestWorklist> {
  const settings = settingsSchema.parse(overrides);
  const [lines, here]: [string[], Set<string>] = [[], new Set()];
  const records = await openRecords(folder ?? (await testFolder()), [worklistSchema]);
  const worklist = await openWorklist({
    records,
    settings,
    log: (level, message, cause) =>
      void lines.push(`${level} ${message}${cause === undefined ? '' : ` ${String(cause)}`}`),
    stored: async (uids) => uids.filter((uid) => here.has(uid)),
    folderTimes: { rescan: 400, settle: 40 },
  });
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    await worklist.close();
    await records.close();
  };
  onTestFinished(close);
  return { worklist, records, settings, lines, here, close };
}

/** A folder with the tables of a worklist of so many items, PatientIDs counting from 0, written at once. */
export async function filledFolder(count: number): Promise<string> {
  const folder = await testFolder();
  const records = await openRecords(folder, [worklistSchema]);
  const rows = Array.from({ length: count }, (_, at) => ({
    sql: "INSERT INTO worklist_items VALUES (?, 'rest', 'scheduled', NULL, NULL, ?, '', '', NULL, NULL)",
    values: [`item-${at}`, JSON.stringify(order({}, { PatientID: `${at}` }))],
  }));
  await records.change(...rows);
  await records.close();
  return folder;
}

/** What a person fills in. */
export const fields = (more: Partial<WorklistFields> = {}): WorklistFields =>
  worklistFields.parse({
    PatientName: 'Roth^Anna',
    PatientID: 'P-1',
    Modality: 'US',
    ScheduledProcedureStepStartDate: '20261121',
    ScheduledProcedureStepStartTime: '0900',
    ScheduledStationAETitle: 'US1',
    ...more,
  });

type Written = { readonly [keyword: string]: string | readonly Written[] };

/** A data set from keywords; sequences are lists of items. */
export function dataSet(values: Written): DicomJson {
  return Object.fromEntries(
    Object.entries(values).map(([keyword, value]) => {
      const tag = findEntry(keyword)?.tag ?? keyword;
      return [tag, typeof value === 'string' ? attribute(tag, value) : sequence(...value.map(dataSet))];
    }),
  );
}

/** An item as a data set. */
export const order = (step: Written = {}, patient: Written = {}): DicomJson =>
  dataSet({
    PatientName: 'Roth^Anna',
    PatientID: 'P-1',
    AccessionNumber: 'A1',
    StudyInstanceUID: '1.2.3.1',
    RequestedProcedureID: 'RP1',
    RequestedProcedureDescription: 'Ultrasound',
    ...patient,
    ScheduledProcedureStepSequence: [
      {
        Modality: 'US',
        ScheduledStationAETitle: 'US1',
        ScheduledProcedureStepStartDate: '20261121',
        ScheduledProcedureStepStartTime: '090000',
        ScheduledProcedureStepID: 'S1',
        ScheduledProcedureStepDescription: 'Neck',
        ...step,
      },
    ],
  });

/** An identifier of a worklist query; the patient's name, its ID and the step's ID are always asked for. */
export const query = (step: Written = {}, patient: Written = {}): DicomJson =>
  dataSet({
    PatientName: '',
    PatientID: '',
    ...patient,
    ScheduledProcedureStepSequence: [{ ScheduledProcedureStepID: '', ...step }],
  });

const run = promisify(execFile);

/** Writes a DICOM file from a dump with DCMTK. */
export async function dumpToFile(dump: string, path: string, ...options: readonly string[]): Promise<void> {
  const source = `${path}.dump`;
  await writeFile(source, dump);
  await run('dump2dcm', ['-q', ...options, source, path]);
  await rm(source);
}
