/** A worklist item while a person fills it in, and what must be right before it is saved. */
import type { Input } from '#shared/contract.ts';
import type { Row, WorklistItem } from '#shared/model.ts';
import { nameFields, nameOfTyped, typedName, withNameFields } from './person-name-fields.ts';

type Fields = Required<Input<'worklist.save'>['item']>;
type NameKeyword = 'PatientName' | 'ReferringPhysicianName' | 'ScheduledPerformingPhysicianName';

/** The form: names taken apart, the rest as the archive has it; the names that it began with keep what is not shown. */
export interface WorklistDraft extends Omit<Fields, NameKeyword> {
  /** Absent for a new item. */
  readonly id?: string | undefined;
  readonly former: Readonly<Record<NameKeyword, string>>;
  readonly family: string;
  readonly given: string;
  readonly referring: string;
  readonly performing: string;
}

const isSex = (value: string | undefined): value is Fields['PatientSex'] => ['M', 'F', 'O'].includes(value ?? '');

/** A new item on a day, with nothing else in it. */
export const emptyDraft = (day: string): WorklistDraft => ({
  former: { PatientName: '', ReferringPhysicianName: '', ScheduledPerformingPhysicianName: '' },
  family: '',
  given: '',
  referring: '',
  performing: '',
  PatientID: '',
  PatientBirthDate: '',
  PatientSex: '',
  AccessionNumber: '',
  RequestedProcedureDescription: '',
  Modality: '',
  ScheduledStationAETitle: '',
  ScheduledProcedureStepStartDate: day,
  ScheduledProcedureStepStartTime: '',
  ScheduledProcedureStepDescription: '',
});

/** The draft that changes an item. */
export function draftOfItem(item: WorklistItem): WorklistDraft {
  const { PatientName, ReferringPhysicianName, ScheduledPerformingPhysicianName } = item;
  const empty = emptyDraft('');
  const same = Object.fromEntries(
    Object.keys(empty).flatMap((key) => (key in item ? [[key, item[key as keyof WorklistItem]]] : [])),
  );
  return {
    ...empty,
    ...same,
    ...nameFields(PatientName),
    id: item.id,
    former: { PatientName, ReferringPhysicianName, ScheduledPerformingPhysicianName },
    referring: typedName(ReferringPhysicianName),
    performing: typedName(ScheduledPerformingPhysicianName),
    PatientSex: isSex(item.PatientSex) ? item.PatientSex : '',
  };
}

/** The draft of a new item like this one: another step of its own, so without its time and its accession number. */
export const draftLike = (item: WorklistItem, day: string): WorklistDraft => ({
  ...draftOfItem(item),
  id: undefined,
  AccessionNumber: '',
  ScheduledProcedureStepStartDate: day,
  ScheduledProcedureStepStartTime: '',
});

/** The patient of a study, into a draft. */
export function withPatient(draft: WorklistDraft, patient: Row): WorklistDraft {
  const { PatientName = '', PatientID = '', PatientBirthDate = '', PatientSex } = patient;
  return {
    ...draft,
    former: { ...draft.former, PatientName },
    ...nameFields(PatientName),
    PatientID,
    PatientBirthDate: /^\d{8}$/.test(PatientBirthDate) ? PatientBirthDate : '',
    PatientSex: isSex(PatientSex) ? PatientSex : '',
  };
}

/** The draft that has the same examined again. */
export const draftOfStudy = (study: Row, day: string): WorklistDraft => ({
  ...withPatient(emptyDraft(day), study),
  Modality: study.ModalitiesInStudy?.split('\\')[0] ?? '',
  RequestedProcedureDescription: study.StudyDescription ?? '',
});

/** Fields that can be wrong. */
export type WorklistFault = 'name' | 'PatientID' | 'Modality' | 'day';

/** What is missing or wrong. */
export function faultsOfDraft(draft: WorklistDraft): ReadonlySet<WorklistFault> {
  const wrong: Readonly<Record<WorklistFault, boolean>> = {
    name: withNameFields('', draft) === '',
    PatientID: draft.PatientID.trim() === '',
    Modality: !/^[A-Z0-9_]{1,16}$/.test(draft.Modality),
    day: !/^\d{8}$/.test(draft.ScheduledProcedureStepStartDate),
  };
  return new Set((Object.keys(wrong) as WorklistFault[]).filter((fault) => wrong[fault]));
}

/** The item of a draft without faults, as the archive takes it. */
export function itemOfDraft(draft: WorklistDraft): Input<'worklist.save'>['item'] {
  const {
    id: _id,
    former,
    family,
    given,
    referring,
    performing,
    ScheduledProcedureStepStartTime: time,
    ...rest
  } = draft;
  return {
    ...rest,
    ...(time ? { ScheduledProcedureStepStartTime: time } : {}),
    PatientName: withNameFields(former.PatientName, { family, given }),
    ReferringPhysicianName: nameOfTyped(former.ReferringPhysicianName, referring),
    ScheduledPerformingPhysicianName: nameOfTyped(former.ScheduledPerformingPhysicianName, performing),
  };
}
