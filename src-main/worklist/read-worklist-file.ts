/** Reads one .wl file: a DICOM file whose data set is a worklist item, as DCMTK's wlmscpfs serves them. */
import { PacsError } from '#shared/errors.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import { exactJson } from '../dicom/exact-json.ts';
import { readHeader } from '../dicom/header-reader.ts';
import { items } from '../dicom/data-set-values.ts';
import { tags } from './tags.ts';

/** Largest file that is read, in bytes; an item has some thousand. */
export const maximumFileBytes = 1024 * 1024;

/** The data set of a file of at most `maximumFileBytes`. @throws PacsError as readHeader, and bad-request for one that is no worklist item */
export async function readWorklistFile(path: string): Promise<DicomJson> {
  const dataSet = exactJson(await readHeader(path));
  if (items(dataSet, tags.ScheduledProcedureStepSequence).length === 0)
    throw new PacsError('bad-request', 'It has no scheduled procedure step.');
  return dataSet;
}
