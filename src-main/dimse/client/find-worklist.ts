/** C-FIND of the modality worklist: asks another node what is planned (PS3.4 K.4). */
import type { Modality } from '#shared/model.ts';
import type { DicomJson } from '../../dicom/dicom-json.ts';
import type { FindAnswers } from './answers.ts';
import type { ClientContext } from './client-context.ts';
import { identifierOf } from './identifier.ts';
import { query } from './query.ts';

/** What is asked: keys of the step and of its patient and order; what is absent is universal. */
export interface FindWorklistRequest {
  readonly identifier?: DicomJson | undefined;
  /** The most answers wanted; 10 000 if not given. */
  readonly limit?: number | undefined;
}

const modalityWorklist = '1.2.840.10008.5.1.4.31';
const usualLimit = 10_000;
const stepSequence = '00400100';

/* Return keys of types 1 and 2, PS3.4 K.6.1.2.2. */
const usualKeys = identifierOf(
  Object.fromEntries(
    [
      'AccessionNumber',
      'ReferringPhysicianName',
      'ReferencedStudySequence',
      'ReferencedPatientSequence',
      'PatientName',
      'PatientID',
      'PatientBirthDate',
      'PatientSex',
      'PatientWeight',
      'MedicalAlerts',
      'Allergies',
      'PregnancyStatus',
      'StudyInstanceUID',
      'RequestingPhysician',
      'RequestedProcedureDescription',
      'RequestedProcedureCodeSequence',
      'AdmissionID',
      'CurrentPatientLocation',
      'RequestedProcedureID',
      'RequestedProcedurePriority',
      'PatientTransportArrangements',
      'ConfidentialityConstraintOnPatientDataDescription',
    ].map((name) => [name, '']),
  ),
);
const usualStepKeys = identifierOf(
  Object.fromEntries(
    [
      'Modality',
      'RequestedContrastAgent',
      'ScheduledStationAETitle',
      'ScheduledProcedureStepStartDate',
      'ScheduledProcedureStepStartTime',
      'ScheduledPerformingPhysicianName',
      'ScheduledProcedureStepDescription',
      'ScheduledProtocolCodeSequence',
      'ScheduledProcedureStepID',
      'ScheduledStationName',
      'ScheduledProcedureStepLocation',
      'PreMedication',
    ].map((name) => [name, '']),
  ),
);

/** Asks a node for scheduled steps. @throws PacsError */
export function findWorklist(
  node: Modality,
  { identifier = {}, limit = usualLimit }: FindWorklistRequest,
  context: ClientContext,
  signal?: AbortSignal,
): Promise<FindAnswers> {
  const [step = {}] = (identifier[stepSequence]?.Value ?? []) as readonly DicomJson[];
  const complete = {
    ...usualKeys,
    ...identifier,
    [stepSequence]: { vr: 'SQ', Value: [{ ...usualStepKeys, ...step }] },
  };
  const service = 'a worklist (C-FIND)';
  return query(node, { abstractSyntax: modalityWorklist, service, identifier: complete, limit, signal }, context);
}
