/** The one table of the DICOM attributes that are indexed: it feeds the SQL schema, C-FIND, QIDO-RS, /tools/find and the search box. */

/** Levels of the Query/Retrieve information model, PS3.4 C.6. */
export type Level = 'PATIENT' | 'STUDY' | 'SERIES' | 'IMAGE';

/** Value representations that occur in the table, PS3.5 6.2. */
type IndexedVR = 'PN' | 'LO' | 'SH' | 'CS' | 'UI' | 'DA' | 'TM' | 'AS' | 'IS' | 'DS' | 'US' | 'UL' | 'LT' | 'UC';

/** One indexed attribute. `computed` ones are not in any data set: the catalogue counts or gathers them. */
export interface Attribute {
  readonly keyword: string;
  /** Eight hexadecimal digits, group then element. */
  readonly tag: string;
  readonly vr: IndexedVR;
  readonly level: Level;
  /** True where the value is derived from the level below, such as ModalitiesInStudy. */
  readonly computed?: true;
  /** True for a computed one that is not kept but counted when a query asks for it by name. */
  readonly counted?: true;
  /** True where a database index pays for itself. */
  readonly indexed?: true;
}

const table = {
  PATIENT: [
    ['PatientName', '00100010', 'PN', 'indexed'],
    ['PatientID', '00100020', 'LO', 'indexed'],
    ['IssuerOfPatientID', '00100021', 'LO'],
    ['PatientBirthDate', '00100030', 'DA', 'indexed'],
    ['PatientSex', '00100040', 'CS'],
    ['OtherPatientIDs', '00101000', 'LO'],
    ['PatientComments', '00104000', 'LT'],
    ['NumberOfPatientRelatedStudies', '00201200', 'IS', 'counted'],
    ['NumberOfPatientRelatedSeries', '00201202', 'IS', 'counted'],
    ['NumberOfPatientRelatedInstances', '00201204', 'IS', 'counted'],
  ],
  STUDY: [
    ['StudyInstanceUID', '0020000D', 'UI', 'indexed'],
    ['StudyDate', '00080020', 'DA', 'indexed'],
    ['StudyTime', '00080030', 'TM'],
    ['AccessionNumber', '00080050', 'SH', 'indexed'],
    ['StudyID', '00200010', 'SH'],
    ['StudyDescription', '00081030', 'LO'],
    ['ReferringPhysicianName', '00080090', 'PN'],
    ['InstitutionName', '00080080', 'LO'],
    ['RequestingPhysician', '00321032', 'PN'],
    ['RequestedProcedureDescription', '00321060', 'LO'],
    ['PatientAge', '00101010', 'AS'],
    ['ModalitiesInStudy', '00080061', 'CS', 'computed'],
    ['SOPClassesInStudy', '00080062', 'UI', 'computed'],
    ['NumberOfStudyRelatedSeries', '00201206', 'IS', 'computed'],
    ['NumberOfStudyRelatedInstances', '00201208', 'IS', 'computed'],
  ],
  SERIES: [
    ['SeriesInstanceUID', '0020000E', 'UI', 'indexed'],
    ['Modality', '00080060', 'CS', 'indexed'],
    ['SeriesNumber', '00200011', 'IS'],
    ['SeriesDate', '00080021', 'DA'],
    ['SeriesTime', '00080031', 'TM'],
    ['SeriesDescription', '0008103E', 'LO'],
    ['Manufacturer', '00080070', 'LO'],
    ['ManufacturerModelName', '00081090', 'LO'],
    ['StationName', '00081010', 'SH'],
    ['OperatorsName', '00081070', 'PN'],
    ['PerformingPhysicianName', '00081050', 'PN'],
    ['BodyPartExamined', '00180015', 'CS'],
    ['ProtocolName', '00181030', 'LO'],
    ['SequenceName', '00180024', 'SH'],
    ['ContrastBolusAgent', '00180010', 'LO'],
    ['CardiacNumberOfImages', '00181090', 'IS'],
    ['AcquisitionDeviceProcessingDescription', '00181400', 'LO'],
    ['Laterality', '00200060', 'CS'],
    ['FrameOfReferenceUID', '00200052', 'UI'],
    ['TemporalPositionIndex', '00209128', 'UL'],
    ['NumberOfTemporalPositions', '00200105', 'IS'],
    ['ImagesInAcquisition', '00201002', 'IS'],
    ['PerformedProcedureStepStartDate', '00400244', 'DA'],
    ['PerformedProcedureStepStartTime', '00400245', 'TM'],
    ['PerformedProcedureStepDescription', '00400254', 'LO'],
    ['NumberOfSlices', '00540081', 'US'],
    ['NumberOfTimeSlices', '00540101', 'US'],
    ['SeriesType', '00541000', 'CS'],
    ['NumberOfSeriesRelatedInstances', '00201209', 'IS', 'computed'],
  ],
  IMAGE: [
    ['SOPInstanceUID', '00080018', 'UI', 'indexed'],
    ['SOPClassUID', '00080016', 'UI'],
    ['InstanceNumber', '00200013', 'IS'],
    ['InstanceCreationDate', '00080012', 'DA'],
    ['InstanceCreationTime', '00080013', 'TM'],
    ['AcquisitionNumber', '00200012', 'IS'],
    ['AcquisitionDate', '00080022', 'DA'],
    ['AcquisitionTime', '00080032', 'TM'],
    ['ContentDate', '00080023', 'DA'],
    ['ContentTime', '00080033', 'TM'],
    ['ImageType', '00080008', 'CS'],
    ['ImagePositionPatient', '00200032', 'DS'],
    ['ImageOrientationPatient', '00200037', 'DS'],
    ['TemporalPositionIdentifier', '00200100', 'IS'],
    ['ImageComments', '00204000', 'LT'],
    ['ImageIndex', '00541330', 'US'],
    ['Rows', '00280010', 'US'],
    ['Columns', '00280011', 'US'],
    ['BitsAllocated', '00280100', 'US'],
    ['NumberOfFrames', '00280008', 'IS'],
  ],
} as const satisfies Record<
  Level,
  readonly (readonly [string, string, IndexedVR, ('indexed' | 'computed' | 'counted')?])[]
>;

/** The keyword of an indexed attribute, spelled as in PS3.6. */
export type IndexedKeyword = (typeof table)[Level][number][0];

/** Every indexed attribute, patient level first. */
export const attributes: readonly Attribute[] = (Object.entries(table) as [Level, (typeof table)[Level]][]).flatMap(
  ([level, rows]) =>
    rows.map(([keyword, tag, vr, flag]) => ({
      keyword,
      tag,
      vr,
      level,
      ...(flag === 'computed' || flag === 'counted' ? { computed: true as const } : {}),
      ...(flag === 'counted' ? { counted: true as const } : {}),
      ...(flag === 'indexed' ? { indexed: true as const } : {}),
    })),
);

const byKeyword = new Map(attributes.map((attribute) => [attribute.keyword, attribute]));
const byTag = new Map(attributes.map((attribute) => [attribute.tag, attribute]));

/** The attribute of that keyword or of that tag (eight hexadecimal digits, any case), or undefined. */
export const findAttribute = (name: string): Attribute | undefined =>
  byKeyword.get(name) ?? byTag.get(name.toUpperCase());

/** The attributes of one level, in table order. */
export const attributesOf = (level: Level): readonly Attribute[] =>
  attributes.filter((attribute) => attribute.level === level);

/** The four levels from the top down. */
export const levels: readonly Level[] = ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'];

/** The unique key of each level, PS3.4 C.6.1.1. */
export const uniqueKeys = {
  PATIENT: 'PatientID',
  STUDY: 'StudyInstanceUID',
  SERIES: 'SeriesInstanceUID',
  IMAGE: 'SOPInstanceUID',
} as const satisfies Record<Level, IndexedKeyword>;
