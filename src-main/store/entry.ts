/** Makes the catalogue's entry of a file from its header. */
import { findAttribute, type IndexedKeyword } from '#shared/attributes.ts';
import { PacsError } from '#shared/errors.ts';
import type { Identifiers, Origin } from '#shared/model.ts';
import { plainValue } from '#shared/query.ts';
import type { Header } from '../dicom/data-set.ts';
import { countFrames } from '../dicom/pixel-description.ts';
import { identifiers, indexedValues, text } from '../dicom/values.ts';
import type { CatalogueEntry } from './catalogue.ts';

/** All of an entry but its place, which is known only when the file has its final name. */
export type UnplacedEntry = Omit<CatalogueEntry, 'place'>;

/** The label that comes with an AE title of ours; undefined for none. */
export type LabelOf = (receivingAET: string) => string | undefined;

/**
 * The entry of a received file. Its label follows from the file's own meta information, so that a rebuild finds it again.
 * @throws PacsError `missing-identifier`, `damaged`, or `mismatch` where the envelope said something else than the data set.
 */
export function makeEntry(
  file: { header: Header; size: number; digest: Uint8Array },
  origin: Origin,
  receivedAt: number,
  { claim = {}, labelOf }: { claim?: Partial<Identifiers> | undefined; labelOf?: LabelOf | undefined } = {},
): UnplacedEntry {
  const found = identifiers(file.header);
  for (const [name, claimed] of Object.entries(claim) as [keyof Identifiers, string | undefined][])
    if (claimed !== undefined && claimed !== found[name])
      throw new PacsError('mismatch', `The ${name} in the image is not the one that was announced.`);
  return {
    identifiers: found,
    values: plainValues(indexedValues(file.header)),
    size: file.size,
    digest: file.digest,
    TransferSyntaxUID: file.header.TransferSyntaxUID,
    NumberOfFrames: countFrames(file.header),
    receivedAt,
    origin,
    label: labelOf?.(text({ ...file.header, dataSet: file.header.meta }, receivingApplicationEntityTitle) ?? ''),
  };
}

const receivingApplicationEntityTitle = '00020018';

type Values = CatalogueEntry['values'];

const plainValues = (values: Values): Values =>
  Object.fromEntries(
    (Object.entries(values) as [IndexedKeyword, string][]).map(([keyword, value]) => [
      keyword,
      plainValue(findAttribute(keyword)?.vr ?? '', value),
    ]),
  );
