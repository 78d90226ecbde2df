/** The door of the worklist: what is planned (worklist items, PS3.4 K) and what was done (performed procedure steps, PS3.4 F). */
import type { z } from 'zod';
import type { CheckedInput, worklistFields } from '#shared/contract.ts';
import type { Emitter } from '#shared/emitter.ts';
import type { WorklistItem, WorklistStatus } from '#shared/model.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import type { FindBounds } from './find-steps.ts';
import type { Steps } from './steps.ts';

/** What people fill in, checked. */
export type WorklistFields = z.output<typeof worklistFields>;

/** What the worklist tells, at most ten times a second. */
export interface WorklistEvents {
  'worklist.changed': Record<string, never>;
}

/** An instance that came, as far as the worklist needs it. */
export interface ArrivedInstance {
  readonly StudyInstanceUID: string;
  readonly PatientID: string;
  readonly AccessionNumber?: string | undefined;
  /** Tells which of several items of one study is meant. */
  readonly Modality?: string | undefined;
}

/** What is planned and what was done. */
export interface Worklist {
  readonly events: Emitter<WorklistEvents>;
  /** Items in the order of their start; all of them where the filter says nothing. */
  list(filter: CheckedInput<'worklist.list'>): Promise<readonly WorklistItem[]>;
  get(id: string): Promise<{ readonly item: WorklistItem; readonly dataSet: DicomJson } | undefined>;
  /** Creates an item, or changes the one of that id. @throws PacsError not-found, forbidden (it follows a file) */
  save(fields: WorklistFields, id?: string): Promise<string>;
  /**
   * The same with a whole data set; `force` leaves out the check for Modality and ScheduledProcedureStepStartDate.
   * @throws PacsError not-found, forbidden, bad-request
   */
  saveDataSet(dataSet: DicomJson, options: { readonly id?: string; readonly force?: boolean }): Promise<string>;
  /** @throws PacsError not-found */
  setStatus(id: string, status: WorklistStatus): Promise<void>;
  /** @throws PacsError not-found, forbidden (it follows a file) */
  remove(id: string): Promise<void>;
  /**
   * The answers to an identifier, PS3.4 K.4, in the order of start: one a scheduled procedure step.
   * @throws PacsError bad-request for an identifier that cannot be a worklist query
   */
  find(identifier: DicomJson, callingAET: string, how?: FindBounds): Promise<readonly DicomJson[]>;
  /** The performed procedure steps, PS3.4 F. */
  readonly steps: Steps;
  /** An instance came: the first puts its item in progress. Costs next to nothing for instances that belong to none. */
  arrived(instance: ArrivedInstance): void;
  close(): Promise<void>;
}
