/** Makes the catalogue's entry of a file from its header. */
import { PacsError } from '#shared/errors.ts';
import type { Identifiers, Origin } from '#shared/model.ts';
import type { Header } from '../dicom/data-set.ts';
import { countFrames } from '../dicom/pixel-description.ts';
import { identifiers, indexedValues } from '../dicom/values.ts';
import type { CatalogueEntry } from './catalogue.ts';

/** All of an entry but its place, which is known only when the file has its final name. */
export type UnplacedEntry = Omit<CatalogueEntry, 'place'>;

/**
 * The entry of a received file.
 * @throws PacsError `missing-identifier`, `damaged`, or `mismatch` where the envelope said something else than the data set.
 */
export function makeEntry(
  file: { header: Header; size: number; digest: Uint8Array },
  origin: Origin,
  receivedAt: number,
  claim: Partial<Identifiers> = {},
): UnplacedEntry {
  const found = identifiers(file.header);
  for (const [name, claimed] of Object.entries(claim) as [keyof Identifiers, string | undefined][])
    if (claimed !== undefined && claimed !== found[name])
      throw new PacsError('mismatch', `The ${name} in the image is not the one that was announced.`);
  return {
    identifiers: found,
    values: indexedValues(file.header),
    size: file.size,
    digest: file.digest,
    TransferSyntaxUID: file.header.TransferSyntaxUID,
    NumberOfFrames: countFrames(file.header),
    receivedAt,
    origin,
  };
}
