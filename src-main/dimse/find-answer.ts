/** One answer of a C-FIND as a data set: every key that was asked for, empty where nothing is known, PS3.4 C.4.1.1.3.2. */
import { findAttribute, type IndexedKeyword } from '#shared/attributes.ts';
import { findEntry } from '#shared/dictionary.ts';
import type { Row } from '#shared/model.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import { pickKeys } from '../dicom/pick-keys.ts';
import type { FindIdentifier } from './find-identifier.ts';

const ofWords = new Set(['US', 'UL']);

/* Texts stay whole: several values are joined by `\` as they are kept. */
function attributeOf(vr: string, value: string): DicomJson[string] {
  if (value === '') return { vr };
  if (!ofWords.has(vr)) return { vr, Value: [value] };
  return { vr, Value: value.split('\\').filter((number) => /^\d{1,10}$/.test(number)) };
}

const standardVR = (tag: string, vr: string): string => {
  const found = findEntry(tag)?.vr ?? vr;
  return /^[A-Z]{2}$/.test(found) ? found : vr;
};

/** The answer for a row. `file` are the attributes of the header that was read for it, if one was. */
export function findAnswer(identifier: FindIdentifier, row: Row, retrieveAET: string, file?: DicomJson): DicomJson {
  const own: DicomJson = {
    '00080052': { vr: 'CS', Value: [identifier.level] },
    '00080054': { vr: 'AE', Value: [retrieveAET] },
    '00080056': { vr: 'CS', Value: ['ONLINE'] },
  };
  const picked = file ? pickKeys(identifier.fromFile, file) : {};
  const answer: DicomJson = {};
  for (const [tag, { vr }] of Object.entries(identifier.asked)) {
    const attribute = findAttribute(tag);
    answer[tag] = attribute
      ? attributeOf(attribute.vr, row[attribute.keyword as IndexedKeyword] ?? '')
      : (picked[tag] ?? { vr: standardVR(tag, vr) });
  }
  return { ...answer, ...own };
}
