/** What another node is asked, made from what a person typed (PS3.4 C.2.2.2). */
import type { Input } from '#shared/contract.ts';
import { typedDate } from './typed-date.ts';
import type { SlashOrder } from './typed-date.ts';

/** The quick fields, in the order of the form. */
export const remoteFields = [
  'PatientName',
  'PatientID',
  'PatientBirthDate',
  'StudyDate',
  'ModalitiesInStudy',
  'AccessionNumber',
] as const;

/** One of the quick fields. */
export type RemoteField = (typeof remoteFields)[number];
/** The fields as typed. */
export type RemoteTyped = Readonly<Record<RemoteField, string>>;
type Keys = Input<'remote.find'>['keys'];

/** Nothing typed. */
export const nothingTyped = Object.fromEntries(remoteFields.map((field) => [field, ''])) as RemoteTyped;

/** What every study is asked for beside what was typed; an empty key is answered with the value. */
const studyKeys: Keys = {
  PatientName: '',
  PatientID: '',
  PatientBirthDate: '',
  StudyInstanceUID: '',
  StudyDate: '',
  StudyTime: '',
  StudyDescription: '',
  AccessionNumber: '',
  ModalitiesInStudy: '',
  NumberOfStudyRelatedSeries: '',
  NumberOfStudyRelatedInstances: '',
};

const seriesKeys: Keys = {
  SeriesInstanceUID: '',
  SeriesNumber: '',
  SeriesDescription: '',
  Modality: '',
  NumberOfSeriesRelatedInstances: '',
};

/** A name as the beginning of its family name and anything of its given name, unless wildcards were typed. */
function namePattern(text: string): string {
  if (/[*?]/.test(text)) return text;
  const words = text.split(/[\s,^=\\]+/).filter(Boolean);
  return words.length === 0 ? '' : `${words.join('*')}*`;
}

function valueOf(field: RemoteField, typed: string, today: Date, order: SlashOrder): string | undefined {
  const text = typed.trim();
  if (field === 'PatientBirthDate' || field === 'StudyDate') return typedDate(text, today, order);
  if (field === 'PatientName') return namePattern(text);
  return field === 'ModalitiesInStudy' ? text.toUpperCase() : text;
}

/** True where nothing was typed: that would ask for everything the node has. */
export const asksForNothing = (typed: RemoteTyped): boolean =>
  remoteFields.every((field) => typed[field].trim() === '');

/** The keys of the question for studies, or the fields that cannot be understood. */
export function studyQuestion(
  typed: RemoteTyped,
  today: Date,
  order: SlashOrder,
): { readonly keys: Keys } | { readonly unclear: ReadonlySet<RemoteField> } {
  const values = remoteFields.map((field) => [field, valueOf(field, typed[field], today, order)] as const);
  const unclear = new Set(values.flatMap(([field, value]) => (value === undefined ? [field] : [])));
  return unclear.size > 0 ? { unclear } : { keys: { ...studyKeys, ...Object.fromEntries(values) } };
}

/** The keys of the question for the series of a study. */
export const seriesQuestion = (StudyInstanceUID: string): Keys => ({ StudyInstanceUID, ...seriesKeys });
