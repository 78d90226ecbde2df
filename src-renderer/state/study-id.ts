/** Which study is meant: a StudyInstanceUID alone may name the studies of two patients. */
import type { Identifiers, Row } from '#shared/model.ts';

/** One study of one patient; PatientID is '' where the data set had none. */
export type StudyId = Pick<Identifiers, 'PatientID' | 'StudyInstanceUID'>;

/** The study of a row, or undefined where there is no row yet. */
export const studyOf = (row: Row | undefined): StudyId | undefined =>
  row?.StudyInstanceUID === undefined
    ? undefined
    : { PatientID: row.PatientID ?? '', StudyInstanceUID: row.StudyInstanceUID };

/** A text that is the study's alone. A UID has no space, so nothing else can read the same. */
export const studyKey = ({ PatientID, StudyInstanceUID }: StudyId): string => `${StudyInstanceUID} ${PatientID}`;

/** True where both mean the same study of the same patient, or neither means any. */
export const isSameStudy = (a: StudyId | undefined, b: StudyId | undefined): boolean =>
  a?.StudyInstanceUID === b?.StudyInstanceUID && a?.PatientID === b?.PatientID;

/** What a thumbnail shows: a study or one of its series, how large (CSS pixels), and how many images there are by now. */
export interface ThumbnailOf {
  readonly SeriesInstanceUID?: string | undefined;
  readonly size: number;
  readonly count: string | undefined;
}

/** The path of a thumbnail; with each count of images it is another one, since the picture may be another one too. */
export function thumbnailPath(
  { PatientID, StudyInstanceUID }: StudyId,
  { SeriesInstanceUID, size, count = '' }: ThumbnailOf,
): string {
  const what = SeriesInstanceUID === undefined ? StudyInstanceUID : `${StudyInstanceUID}/${SeriesInstanceUID}`;
  return `/window/thumbnail/${what}?${new URLSearchParams({ size: String(size), patient: PatientID, of: count })}`;
}
