/** The one table from PacsError codes to DIMSE status codes (PS3.4 B.2.3, PS3.7 Annex C). */
import type { PacsErrorCode } from '#shared/errors.ts';

/** Status codes of DIMSE responses that stand for themselves, PS3.7 Annex C. */
export const status = {
  success: 0x0000,
  pending: 0xff00,
  /** Pending, but one or more optional keys were not matched. */
  pendingWarning: 0xff01,
  cancelled: 0xfe00,
  noSuchAttribute: 0x0105,
  invalidAttributeValue: 0x0106,
  attributeListError: 0x0107,
  processingFailure: 0x0110,
  duplicateSOPInstance: 0x0111,
  noSuchSOPInstance: 0x0112,
  noSuchEventType: 0x0113,
  noSuchArgument: 0x0114,
  invalidArgumentValue: 0x0115,
  attributeValueOutOfRange: 0x0116,
  noSuchSOPClass: 0x0118,
  classInstanceConflict: 0x0119,
  missingAttribute: 0x0120,
  missingAttributeValue: 0x0121,
  sopClassNotSupported: 0x0122,
  noSuchActionType: 0x0123,
  notAuthorized: 0x0124,
  unrecognizedOperation: 0x0211,
  resourceLimitation: 0x0213,
} as const;

/** The reason for `sopClassNotSupported` where command and presentation context differ. */
export const otherClass = 'The message is of another class than its presentation context.';

/* C-STORE knows three families: A7xx out of resources, A9xx data set does not match SOP class, Cxxx cannot understand. */
const storeStatuses: Readonly<Record<PacsErrorCode, number>> = {
  'storage-full': 0xa700,
  busy: 0xa701,
  'too-large': 0xa702,
  mismatch: 0xa900,
  'not-dicom': 0xc000,
  truncated: 0xc001,
  damaged: 0xc002,
  'missing-identifier': 0xc003,
  'bad-request': 0xc004,
  unsupported: 0xc005,
  'refused-transfer-syntax': 0xc006,
  'not-acceptable': 0xc006,
  'refused-sop-class': status.sopClassNotSupported,
  unauthorized: status.notAuthorized,
  forbidden: status.notAuthorized,
  'not-found': status.processingFailure,
  aborted: status.processingFailure,
  internal: status.processingFailure,
};

/** The status of a C-STORE response for a fault. */
export const storeStatus = (code: PacsErrorCode): number => storeStatuses[code];

/* C-FIND (PS3.4 C.4.1.1.4): A700 out of resources, A900 identifier does not match SOP class, Cxxx unable to process. */
const findStatuses: Readonly<Partial<Record<PacsErrorCode, number>>> = {
  busy: 0xa700,
  'too-large': 0xa700,
  'storage-full': 0xa700,
  'bad-request': 0xa900,
  damaged: 0xc000,
  unsupported: 0xc001,
  unauthorized: status.notAuthorized,
  forbidden: status.notAuthorized,
};

/** The status of a C-FIND response for a fault; C002 is what went wrong inside. */
export const findStatus = (code: PacsErrorCode): number => findStatuses[code] ?? 0xc002;

/* The general statuses of PS3.7 Annex C, for services without a family of their own. */
const serviceStatuses: Readonly<Partial<Record<PacsErrorCode, number>>> = {
  'not-found': status.noSuchSOPInstance,
  'missing-identifier': status.missingAttribute,
  unauthorized: status.notAuthorized,
  forbidden: status.notAuthorized,
  busy: 0x0213,
  'storage-full': 0x0213,
};

/** The status of a fault of a service without a family of its own; resource limitation is 0x0213. */
export const serviceStatus = (code: PacsErrorCode): number => serviceStatuses[code] ?? status.processingFailure;

/** A sentence as ErrorComment (0000,0902): LO, at most 64 characters of the default repertoire. */
export function errorComment(sentence: string): string {
  const plain = sentence
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x5b\x5d-\x7e]/g, '?');
  return plain.length <= 64 ? plain : `${plain.slice(0, 61)}...`;
}
