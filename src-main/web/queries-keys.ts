/** What an answer to a query is fetched by, and how that is shown. */
import { findAttribute, levels, uniqueKeys, type Level } from '#shared/attributes.ts';
import { texts } from '../dicom/data-set-values.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import { showTags, type TagsFormat } from './show-tags.ts';

const upTo = (level: Level) =>
  levels.slice(0, levels.indexOf(level) + 1).map((each) => findAttribute(uniqueKeys[each])!);

/** The unique keys of the level and above that a data set has, by keyword. */
export const uniqueKeysOf = (dataSet: DicomJson, level: Level): Record<string, string> =>
  Object.fromEntries(
    upTo(level).flatMap(({ keyword, tag }) => {
      const value = texts(dataSet, tag).join('\\');
      return value === '' ? [] : [[keyword, value]];
    }),
  );

/** The unique keys as an identifier. */
export const uniqueIdentifier = (dataSet: DicomJson, level: Level): DicomJson =>
  Object.fromEntries(upTo(level).flatMap(({ tag }) => (dataSet[tag]?.Value ? [[tag, dataSet[tag]]] : [])));

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
