/** Files as the archive would have them. */
import { stat } from 'node:fs/promises';
import { readHeader } from '#main/dicom/header-reader.ts';
import { identifiers } from '#main/dicom/values.ts';
import type { StoredFile } from '#main/store/store.ts';

/** A kept file as the archive would have it. */
export async function storedFile(path: string): Promise<StoredFile> {
  const header = await readHeader(path);
  return {
    ...identifiers(header),
    path,
    size: (await stat(path)).size,
    TransferSyntaxUID: header.TransferSyntaxUID,
    NumberOfFrames: 1,
  };
}
