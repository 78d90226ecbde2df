/** What an answer to a query is fetched by, and how that is shown. */
import { levels, type Level } from '#shared/attributes.ts';
import { texts } from '../dicom/data-set-values.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import { showTags, type TagsFormat } from './show-tags.ts';

const unique: readonly (readonly [keyword: string, tag: string])[] = [
  ['PatientID', '00100020'],
  ['StudyInstanceUID', '0020000D'],
  ['SeriesInstanceUID', '0020000E'],
  ['SOPInstanceUID', '00080018'],
];

const upTo = (level: Level) => unique.slice(0, levels.indexOf(level) + 1);

/** The unique keys of the level and above that a data set has, by keyword. */
export const uniqueKeys = (dataSet: DicomJson, level: Level): Record<string, string> =>
  Object.fromEntries(
    upTo(level).flatMap(([keyword, tag]) => {
      const value = texts(dataSet, tag).join('\\');
      return value === '' ? [] : [[keyword, value]];
    }),
  );

/** The unique keys as an identifier. */
export const uniqueIdentifier = (dataSet: DicomJson, level: Level): DicomJson =>
  Object.fromEntries(upTo(level).flatMap(([, tag]) => (dataSet[tag]?.Value ? [[tag, dataSet[tag]]] : [])));

/** What of a retrieve job is shown. */
export const retrieveContent = (
  answers: readonly DicomJson[],
  level: Level,
  format: TagsFormat,
  TargetAet: string | undefined,
): object => ({
  Query: answers.map((answer) =>
    showTags({ ...uniqueIdentifier(answer, level), '00080052': { vr: 'CS', Value: [level] } }, format),
  ),
  ...(TargetAet === undefined ? {} : { TargetAet }),
});
