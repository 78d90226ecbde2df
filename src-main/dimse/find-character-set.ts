/** Refuses a query whose texts nobody can read, PS3.4 C.4.1.1.3.1. */
import { PacsError } from '#shared/errors.ts';
import { findCharacterSet } from '../dicom/charset-terms.ts';
import type { DataSet, Header } from '../dicom/data-set.ts';
import { hasDeclaredText } from '../dicom/encode-text.ts';
import { characterSetOf } from '../dicom/read-values.ts';

const escape = 0x1b;

const isForeign = (value: Uint8Array): boolean => value.some((byte) => byte >= 0x80 || byte === escape);

function hasForeignText(dataSet: DataSet): boolean {
  return [...dataSet.values()].some(({ vr, value, items }) =>
    items ? items.some(hasForeignText) : value !== undefined && hasDeclaredText(vr) && isForeign(value),
  );
}

/**
 * Keys of plain ASCII mean the same whatever is declared; others need a set that is known.
 * @throws PacsError unsupported
 */
export function checkCharacterSet(header: Header): void {
  const isKnown = characterSetOf(header).every((term) => term === '' || findCharacterSet(term) !== undefined);
  if (!isKnown && hasForeignText(header.dataSet))
    throw new PacsError('unsupported', 'The character set of the query is not known here.');
}
