/** The information models of Query/Retrieve and the keys of their levels, PS3.4 C.3 and C.6; the conformance statement is made of them. */
import { attributes, uniqueKeys, type Attribute, type Level } from '#shared/attributes.ts';

/** One information model and its FIND SOP class. */
export interface FindModel {
  readonly uid: string;
  readonly name: string;
  /** From the top down. */
  readonly levels: readonly Level[];
}

/** The FIND SOP classes that are served; the last one is retired and still asked for. */
export const findModels: readonly FindModel[] = [
  {
    uid: '1.2.840.10008.5.1.4.1.2.1.1',
    name: 'Patient Root Query/Retrieve Information Model - FIND',
    levels: ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'],
  },
  {
    uid: '1.2.840.10008.5.1.4.1.2.2.1',
    name: 'Study Root Query/Retrieve Information Model - FIND',
    levels: ['STUDY', 'SERIES', 'IMAGE'],
  },
  {
    uid: '1.2.840.10008.5.1.4.1.2.3.1',
    name: 'Patient/Study Only Query/Retrieve Information Model - FIND (retired)',
    levels: ['PATIENT', 'STUDY'],
  },
];

/** How a key is matched, in the words of PS3.4 C.2.2.2. */
type Matching =
  | 'single value, list of UID'
  | 'single value, wildcard, list of values'
  | 'single value, range'
  | 'single value'
  | 'none (returned only)';

/** One key as the conformance statement lists it. */
export interface FindKey {
  readonly keyword: string;
  readonly tag: string;
  readonly vr: string;
  /** The level that it belongs to; in the Study Root model those of PATIENT belong to STUDY. */
  readonly level: Level;
  /** Unique, required or optional, PS3.4 C.2.2.1. */
  readonly type: 'U' | 'R' | 'O';
  readonly matching: Matching;
}

const required: ReadonlySet<string> = new Set([
  'PatientName',
  'StudyDate',
  'StudyTime',
  'AccessionNumber',
  'StudyID',
  'Modality',
  'SeriesNumber',
  'InstanceNumber',
]);
const unique: ReadonlySet<string> = new Set(Object.values(uniqueKeys));

function matchingOf({ vr, counted }: Attribute): Matching {
  if (counted) return 'none (returned only)';
  if (vr === 'UI') return 'single value, list of UID';
  if (vr === 'DA' || vr === 'TM') return 'single value, range';
  return vr === 'US' || vr === 'UL' || vr === 'IS' ? 'single value' : 'single value, wildcard, list of values';
}

/** Every indexed key. At the level of a query those of the levels above are returned too. */
export const findKeys: readonly FindKey[] = attributes.map((attribute) => {
  const { keyword, tag, vr, level } = attribute;
  const type = unique.has(keyword) ? 'U' : required.has(keyword) ? 'R' : 'O';
  return { keyword, tag, vr, level, type, matching: matchingOf(attribute) };
});

/**
 * Keys that are not indexed: matched (single value, wildcard, range, sequence) and returned from the header of one image of the
 * patient or study. At the levels SERIES and IMAGE every other standard attribute is taken so, from an image of the series.
 */
export const keysOfFile: Readonly<Record<'PATIENT' | 'STUDY', readonly string[]>> = {
  PATIENT: [
    'TypeOfPatientID',
    'IssuerOfPatientIDQualifiersSequence',
    'PatientBirthTime',
    'OtherPatientNames',
    'OtherPatientIDsSequence',
    'EthnicGroup',
    'PatientSpeciesDescription',
    'PatientBreedDescription',
    'ResponsiblePerson',
    'PatientIdentityRemoved',
  ],
  STUDY: [
    'IssuerOfAccessionNumberSequence',
    'ReferringPhysicianIdentificationSequence',
    'ProcedureCodeSequence',
    'InstitutionalDepartmentName',
    'PhysiciansOfRecord',
    'NameOfPhysiciansReadingStudy',
    'AdmittingDiagnosesDescription',
    'AdmittingDiagnosesCodeSequence',
    'ReferencedStudySequence',
    'PatientSize',
    'PatientWeight',
    'MedicalAlerts',
    'Allergies',
    'Occupation',
    'SmokingStatus',
    'AdditionalPatientHistory',
    'PregnancyStatus',
    'RequestingService',
    'AdmissionID',
    'PatientState',
    'RequestedProcedureCodeSequence',
    'ReasonForStudy',
  ],
};

/** Every status of our C-FIND responses and when it comes, PS3.4 C.4.1.1.4. */
export const findStatusMeanings: readonly { readonly status: number; readonly meaning: string }[] = [
  { status: 0x0000, meaning: 'Success: all answers were sent.' },
  { status: 0xff00, meaning: 'Pending: one answer; all keys are supported.' },
  { status: 0xff01, meaning: 'Pending: one answer; an optional key is not supported and comes back empty.' },
  { status: 0xfe00, meaning: 'Cancelled by C-CANCEL, or more answers than LimitFindResults or LimitFindInstances.' },
  {
    status: 0xa700,
    meaning: 'Out of resources: the identifier or a key is too long, or too many images would have to be read.',
  },
  {
    status: 0xa900,
    meaning:
      'The identifier does not fit: level missing or not of the model, unique key of a level above missing, a sequence key with several items.',
  },
  { status: 0xc000, meaning: 'Unable to process: the identifier is damaged.' },
  { status: 0xc001, meaning: 'Unable to process: texts in a character set that is not known.' },
  { status: 0xc002, meaning: 'Unable to process: a fault of our own; the log has the reason.' },
  { status: 0x0124, meaning: 'Refused: not authorized.' },
];
