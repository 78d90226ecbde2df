/** What the archive takes from a header: its identifiers, checked, and its indexed attributes; and all that reads values. */
import type { IndexedKeyword } from '#shared/attributes.ts';
import { attributes } from '#shared/attributes.ts';
import { PacsError } from '#shared/errors.ts';
import type { Identifiers } from '#shared/model.ts';
import type { Header } from './data-set.ts';
import { text } from './read-values.ts';

export * from './read-values.ts';

// Leading zeros are against PS3.5 9.1 but seen in practice, and harmless.
const uid = /^[0-9][0-9.]{0,63}$/;

// The longest text of one value that PS3.5 6.2 allows for an indexed VR (LT); what is longer is hostile, and cut.
const longest = 10_240;

const mediaDirectory = '1.2.840.10008.1.3.10';

function requiredUID(header: Header, name: string, tag: string): string {
  const value = text(header, tag);
  if (!value) throw new PacsError('missing-identifier', `The file has no ${name}.`);
  if (!uid.test(value)) throw new PacsError('damaged', `The ${name} in the file is not a valid identifier.`);
  return value;
}

const metaText = (header: Header, tag: string): string => text({ ...header, dataSet: header.meta }, tag) ?? '';

function sopClassUID(header: Header): string {
  const value = text(header, '00080016') || metaText(header, '00020002');
  return uid.test(value) ? value : '';
}

/**
 * The identifiers of a data set, without padding. PatientID is empty where there is none (PS3.3 C.7.1.1, type 2), and
 * SOPClassUID where neither the data set nor the meta information has a valid one.
 * @throws PacsError missing-identifier, damaged
 */
export function identifiers(header: Header): Identifiers {
  const SOPClassUID = sopClassUID(header);
  if (SOPClassUID === mediaDirectory)
    throw new PacsError('missing-identifier', 'This is the table of contents of a disc (DICOMDIR), not an image.');
  return {
    PatientID: (text(header, '00100020') ?? '').slice(0, longest),
    StudyInstanceUID: requiredUID(header, 'StudyInstanceUID', '0020000D'),
    SeriesInstanceUID: requiredUID(header, 'SeriesInstanceUID', '0020000E'),
    SOPInstanceUID: requiredUID(header, 'SOPInstanceUID', '00080018'),
    SOPClassUID,
  };
}

const indexed = attributes.filter(({ computed }) => !computed);

/** All indexed attributes that have a value in the data set. */
export function indexedValues(header: Header): Partial<Record<IndexedKeyword, string>> {
  const values: Partial<Record<IndexedKeyword, string>> = {};
  for (const { keyword, tag } of indexed) {
    const value = text(header, tag);
    if (value) values[keyword as IndexedKeyword] = value.slice(0, longest);
  }
  return values;
}
