/** The data sets of storage commitment: Action Information and Event Information (PS3.4 J.3.2.1.1 and J.3.3.1.1). */
import { PacsError } from '#shared/errors.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import { readDataSet } from '../dicom/read-data-set.ts';
import { number, sequence, text, type ValueSource } from '../dicom/read-values.ts';
import { writeDicomJson } from '../dicom/write-dicom-json.ts';
import type { CommitmentAnswer, InstanceReference } from '../jobs/commitment-values.ts';

/** Storage Commitment Push Model SOP Class, PS3.4 J.3.5. */
export const storageCommitment = '1.2.840.10008.1.20.1';
/** Its well-known SOP instance, PS3.4 J.3.5. */
export const storageCommitmentInstance = '1.2.840.10008.1.20.1.1';
/** ActionTypeID of the request, PS3.4 J.3.2.1. */
export const requestAction = 1;
/** EventTypeID of the report, PS3.4 J.3.3.1. */
export const eventType = { complete: 1, failuresExist: 2 } as const;

/** What one asks for. */
export interface CommitmentQuestion {
  readonly TransactionUID: string;
  readonly references: readonly InstanceReference[];
}

/* The most instances of one request. */
export const mostReferences = 10_000;

const tag = {
  ReferencedSOPClassUID: '00081150',
  ReferencedSOPInstanceUID: '00081155',
  TransactionUID: '00081195',
  FailureReason: '00081197',
  FailedSOPSequence: '00081198',
  ReferencedSOPSequence: '00081199',
} as const;

const UI = (value: string) => ({ vr: 'UI', Value: [value] });

const item = ({ SOPClassUID, SOPInstanceUID }: InstanceReference): DicomJson => ({
  [tag.ReferencedSOPClassUID]: UI(SOPClassUID),
  [tag.ReferencedSOPInstanceUID]: UI(SOPInstanceUID),
});

/* Nothing but UIDs and numbers, so no character set. */
const write = (json: DicomJson, TransferSyntaxUID: string): Buffer =>
  writeDicomJson(json, { TransferSyntaxUID, SpecificCharacterSet: [] });

/** The data set of the N-ACTION. */
export const writeActionInformation = (
  { TransactionUID, references }: CommitmentQuestion,
  TransferSyntaxUID: string,
): Buffer =>
  write(
    {
      [tag.TransactionUID]: UI(TransactionUID),
      [tag.ReferencedSOPSequence]: { vr: 'SQ', Value: references.map(item) },
    },
    TransferSyntaxUID,
  );

/** The data set of the N-EVENT-REPORT; a sequence without items is left out. */
export const writeEventInformation = (
  { TransactionUID, committed, failed }: CommitmentAnswer,
  TransferSyntaxUID: string,
): Buffer =>
  write(
    {
      [tag.TransactionUID]: UI(TransactionUID),
      ...(failed.length > 0 ? { [tag.FailedSOPSequence]: { vr: 'SQ', Value: failed.map(failedItem) } } : {}),
      ...(committed.length > 0 ? { [tag.ReferencedSOPSequence]: { vr: 'SQ', Value: committed.map(item) } } : {}),
    },
    TransferSyntaxUID,
  );

const failedItem = (reference: CommitmentAnswer['failed'][number]): DicomJson => ({
  ...item(reference),
  [tag.FailureReason]: { vr: 'US', Value: [reference.FailureReason ?? 0] },
});

/** Reads the data set of an N-ACTION. @throws PacsError `damaged`, `bad-request`, `too-large` */
export function readActionInformation(bytes: Uint8Array, TransferSyntaxUID: string): CommitmentQuestion {
  const source = readDataSet(bytes, TransferSyntaxUID);
  const references = items(source, tag.ReferencedSOPSequence).map(reference);
  if (references.length === 0) throw new PacsError('bad-request', 'The request names no images.');
  return { TransactionUID: transactionUID(source), references };
}

/** Reads the data set of an N-EVENT-REPORT. @throws PacsError `damaged`, `bad-request`, `too-large` */
export function readEventInformation(bytes: Uint8Array, TransferSyntaxUID: string): CommitmentAnswer {
  const source = readDataSet(bytes, TransferSyntaxUID);
  return {
    TransactionUID: transactionUID(source),
    committed: items(source, tag.ReferencedSOPSequence).map(reference),
    failed: items(source, tag.FailedSOPSequence).map((each) => ({
      ...reference(each),
      FailureReason: number(each, tag.FailureReason),
    })),
  };
}

function items(source: ValueSource, sequenceTag: string): readonly ValueSource[] {
  const found = sequence(source, sequenceTag);
  if (found.length > mostReferences)
    throw new PacsError('too-large', `More than ${mostReferences} images are too many at once.`);
  return found;
}

const uid = (source: ValueSource, uidTag: string): string => {
  const value = text(source, uidTag) ?? '';
  if (!/^[0-9.]{1,64}$/.test(value)) throw new PacsError('bad-request', 'An identifier is missing or not valid.');
  return value;
};

const transactionUID = (source: ValueSource): string => uid(source, tag.TransactionUID);

const reference = (source: ValueSource): InstanceReference => ({
  SOPClassUID: uid(source, tag.ReferencedSOPClassUID),
  SOPInstanceUID: uid(source, tag.ReferencedSOPInstanceUID),
});
