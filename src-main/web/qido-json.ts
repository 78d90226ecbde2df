/** Rows of the archive as DICOM JSON objects, PS3.18 F.2 and Tables 10.6.3-3 to 10.6.3-5. */
import { type Attribute, attributes, type IndexedKeyword, type Level, levels } from '#shared/attributes.ts';
import type { Identifiers, Row } from '#shared/model.ts';
import { retrieveURL } from './retrieve-url.ts';

/** A value of the DICOM JSON model. */
type JsonValue = string | number | { readonly [group: string]: string };
/** One element of the DICOM JSON model; no `Value` means empty. */
export interface JsonElement {
  readonly vr: string;
  readonly Value?: readonly (JsonValue | JsonDataSet)[];
}
/** A data set of the DICOM JSON model: elements by tag. */
export interface JsonDataSet {
  readonly [tag: string]: JsonElement;
}

/** What each level answers unasked, PS3.18 Tables 10.6.3-3, -4, -5 and the descriptions that people look for. */
const unasked: Readonly<Record<Exclude<Level, 'PATIENT'>, readonly IndexedKeyword[]>> = {
  STUDY: [
    'StudyDate',
    'StudyTime',
    'AccessionNumber',
    'ModalitiesInStudy',
    'ReferringPhysicianName',
    'StudyDescription',
    'PatientName',
    'PatientID',
    'PatientBirthDate',
    'PatientSex',
    'StudyInstanceUID',
    'StudyID',
    'NumberOfStudyRelatedSeries',
    'NumberOfStudyRelatedInstances',
  ],
  SERIES: [
    'Modality',
    'SeriesDescription',
    'SeriesInstanceUID',
    'SeriesNumber',
    'NumberOfSeriesRelatedInstances',
    'PerformedProcedureStepStartDate',
    'PerformedProcedureStepStartTime',
  ],
  IMAGE: ['SOPClassUID', 'SOPInstanceUID', 'InstanceNumber', 'Rows', 'Columns', 'BitsAllocated', 'NumberOfFrames'],
};

const numericVRs = new Set(['IS', 'DS', 'US', 'UL']);
const groups = ['Alphabetic', 'Ideographic', 'Phonetic'];

/** A person name by component groups, PS3.18 F.2.2. */
const personName = (text: string): JsonValue =>
  Object.fromEntries(
    text.split('=').flatMap((group, index) => (group && groups[index] ? [[groups[index], group]] : [])),
  );

/** A number as number; IS and DS that are none stay text, as PS3.18 F.2.3.1 allows. */
const numeric = (text: string): JsonValue => {
  const number = Number(text);
  return text.trim() !== '' && Number.isFinite(number) ? number : text;
};

/** The element of one value text, several values separated by `\`. */
function jsonElement({ vr }: Pick<Attribute, 'vr'>, text: string | undefined): JsonElement {
  if (text === undefined || text === '') return { vr };
  const values = vr === 'LT' ? [text] : text.split('\\');
  if (vr === 'PN') return { vr, Value: values.map(personName) };
  return { vr, Value: numericVRs.has(vr) ? values.map(numeric) : values };
}

/** The attributes that a request's answer has, in the order of their tags. */
export function answered(
  level: Exclude<Level, 'PATIENT'>,
  isWithin: { readonly study: boolean; readonly series: boolean },
  include: 'all' | ReadonlySet<string>,
): readonly Attribute[] {
  const isAsked = (attribute: Attribute) =>
    include === 'all' ? levels.indexOf(attribute.level) <= levels.indexOf(level) : include.has(attribute.keyword);
  // Relational requests answer the levels above as well, PS3.18 Table 10.6.1-5.
  const keywords = new Set<string>([
    ...unasked[level],
    ...(level === 'IMAGE' && !isWithin.series ? unasked.SERIES : []),
    ...(level !== 'STUDY' && !isWithin.study ? unasked.STUDY : []),
    'StudyInstanceUID',
    ...(level === 'STUDY' ? [] : ['SeriesInstanceUID']),
  ]);
  return attributes
    .filter((attribute) => keywords.has(attribute.keyword) || isAsked(attribute))
    .toSorted((a, b) => (a.tag < b.tag ? -1 : 1));
}

/** One row as DICOM JSON: the attributes, and where and how the entity can be had. `base` is the address of DICOMweb. */
export function jsonOfRow(row: Row, level: Level, asked: readonly Attribute[], base: string): JsonDataSet {
  const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } = row;
  const uids: Partial<Identifiers> = {
    StudyInstanceUID: StudyInstanceUID ?? '',
    ...(level !== 'STUDY' && SeriesInstanceUID ? { SeriesInstanceUID } : {}),
    ...(level === 'IMAGE' && SOPInstanceUID ? { SOPInstanceUID } : {}),
  };
  const own: [string, JsonElement][] = [
    ['00080005', { vr: 'CS', Value: ['ISO_IR 192'] }],
    ['00080056', { vr: 'CS', Value: ['ONLINE'] }],
    ['00081190', { vr: 'UR', Value: [retrieveURL(base, uids)] }],
  ];
  const isDropped = (attribute: Attribute, text?: string) => !text && !alwaysShown.has(attribute.keyword);
  const found = asked.flatMap((attribute): [string, JsonElement][] => {
    const text = row[attribute.keyword as IndexedKeyword];
    return isDropped(attribute, text) ? [] : [[attribute.tag, jsonElement(attribute, text)]];
  });
  return Object.fromEntries([...own, ...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Attributes that are there even when empty, as the tables of PS3.18 require. */
const alwaysShown: ReadonlySet<string> = new Set(
  [...unasked.STUDY, 'Modality', 'SeriesNumber', 'InstanceNumber'].filter((keyword) => keyword !== 'StudyDescription'),
);
