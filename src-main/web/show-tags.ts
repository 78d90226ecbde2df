/** Shows data sets as JSON in the three forms of Orthanc: by keyword, by tag, or by tag with names and types. */
import { findEntry } from '#shared/dictionary.ts';
import { PacsError } from '#shared/errors.ts';
import { items, texts } from '../dicom/data-set-values.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';

/** `Simplify`: values by keyword. `Short`: values by `gggg,eeee`. `Full`: objects of name, type and value by `gggg,eeee`. */
export type TagsFormat = 'Simplify' | 'Short' | 'Full';

const formats: readonly string[] = ['Simplify', 'Short', 'Full'];

/** The format that a request asks for; Simplify if none. @throws PacsError bad-request */
export function tagsFormat(name = 'Simplify'): TagsFormat {
  if (!formats.includes(name)) throw new PacsError('bad-request', 'The format is Simplify, Short or Full.');
  return name as TagsFormat;
}

const comma = (tag: string): string => `${tag.slice(0, 4)},${tag.slice(4)}`.toLowerCase();
const nameOf = (tag: string): string => findEntry(tag)?.keyword ?? 'Unknown Tag & Data';

type Shown = string | null | readonly Record<string, unknown>[];

function shownValue(
  dataSet: DicomJson,
  tag: string,
  format: TagsFormat,
): { readonly type: string; readonly value: Shown } {
  const { vr, InlineBinary } = dataSet[tag]!;
  if (vr === 'SQ') return { type: 'Sequence', value: items(dataSet, tag).map((item) => showTags(item, format)) };
  if (InlineBinary !== undefined)
    return { type: 'Binary', value: `data:application/octet-stream;base64,${InlineBinary}` };
  return { type: 'String', value: texts(dataSet, tag).join('\\') };
}

/** A data set in one of the forms, attributes by rising tag. */
export function showTags(dataSet: DicomJson, format: TagsFormat): Record<string, unknown> {
  const shown = Object.keys(dataSet)
    .toSorted()
    .map((tag) => {
      const { type, value } = shownValue(dataSet, tag, format);
      if (format === 'Full') return [comma(tag), { Name: nameOf(tag), Type: type, Value: value }];
      return [format === 'Short' ? comma(tag) : (findEntry(tag)?.keyword ?? comma(tag)), value];
    });
  return Object.fromEntries(shown) as Record<string, unknown>;
}
