/** Makes the answer to an identifier from a data set: the attributes that are asked for, and no others (PS3.4 K.4.1.3). */
import type { DicomJson } from './dicom-json.ts';
import { items } from './data-set-values.ts';
import { isKey } from './match-data-set.ts';

/**
 * The attributes of the identifier with the values of the data set, empty where it has none. A sequence without keys inside is
 * answered whole (PS3.4 C.2.2.2.6).
 */
export function pickKeys(identifier: DicomJson, dataSet: DicomJson): DicomJson {
  const answer: DicomJson = {};
  for (const [tag, { vr }] of Object.entries(identifier)) {
    if (!isKey(tag)) continue;
    const found = dataSet[tag];
    answer[tag] = vr === 'SQ' && found?.vr === 'SQ' ? pickItems(identifier, dataSet, tag) : (found ?? { vr });
  }
  return answer;
}

function pickItems(identifier: DicomJson, dataSet: DicomJson, tag: string): DicomJson[string] {
  const [keys] = items(identifier, tag);
  if (!keys || Object.keys(keys).length === 0) return dataSet[tag]!;
  return { vr: 'SQ', Value: items(dataSet, tag).map((item) => pickKeys(keys, item)) };
}
