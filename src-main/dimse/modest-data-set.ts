/** Reads the data set of a query or a procedure step with tight bounds, for it is worked on at one go: none holds up the others. */
import { findEntry } from '#shared/dictionary.ts';
import { PacsError } from '#shared/errors.ts';
import type { DataSet, Element, Header } from '../dicom/data-set.ts';
import { readDataSet } from '../dicom/read-data-set.ts';

/* Bytes of elements with what describes them: some thousand elements of a query, the images of some thousand of a step. */
const queryBytes = 3 * 1024 * 1024;
const stepBytes = 8 * 1024 * 1024;
/* Bytes of one value; only lists of UIDs are longer, and each UID takes some bytes. */
const longestValue = 64 * 1024;
const longestList = 1024 * 1024;
const mostValues = 20_000;

const backslash = 0x5c;

/** The identifier of a query. @throws PacsError damaged, too-large */
export const readQuery = (bytes: Uint8Array, TransferSyntaxUID: string): Header =>
  readModestly(bytes, TransferSyntaxUID, queryBytes);

/** What is reported of a procedure step. @throws PacsError damaged, too-large */
export const readStep = (bytes: Uint8Array, TransferSyntaxUID: string): Header =>
  readModestly(bytes, TransferSyntaxUID, stepBytes);

function readModestly(bytes: Uint8Array, TransferSyntaxUID: string, maximumHeaderBytes: number): Header {
  const header = readDataSet(bytes, TransferSyntaxUID, { maximumHeaderBytes });
  if (!isModest(header.dataSet)) throw new PacsError('too-large', 'A value of the request is too long.');
  return header;
}

const isModest = (dataSet: DataSet): boolean =>
  [...dataSet.values()].every(({ items, ...element }) => (items ? items.every(isModest) : isModestValue(element)));

/* In explicit VR a list that is too long for UI comes as another VR, PS3.5 6.2.2. */
function isModestValue({ tag, vr, value }: Omit<Element, 'items'>): boolean {
  if (value === undefined || value.length <= longestValue || vr.startsWith('O')) return true;
  return findEntry(tag)?.vr === 'UI' && value.length <= longestList && countOf(backslash, value) < mostValues;
}

function countOf(byte: number, bytes: Uint8Array): number {
  let count = 0;
  for (const each of bytes) if (each === byte) count++;
  return count;
}
