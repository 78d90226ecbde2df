/** The answer to STOW-RS: what was stored, what failed and why, PS3.18 10.5.3 and Annex I. */
import type { PacsErrorCode } from '#shared/errors.ts';
import type { Identifiers, Receipt } from '#shared/model.ts';
import type { JsonDataSet, JsonElement } from './qido-json.ts';
import { retrieveURL } from './retrieve-url.ts';

/** What became of one part; a failed one has the identifiers that could be read of it. */
export type PartOutcome =
  | { readonly receipt: Receipt }
  | { readonly code: PacsErrorCode; readonly identifiers?: Pick<Identifiers, 'SOPClassUID' | 'SOPInstanceUID'> };

const processingFailure = 0x0110;
const outOfResources = 0xa700;
const cannotUnderstand = 0xc000;

/** Failure Reason (0008,1197) by code, PS3.18 Table I.2-2. */
const failureReason: Readonly<Partial<Record<PacsErrorCode, number>>> = {
  'not-dicom': cannotUnderstand,
  truncated: cannotUnderstand,
  damaged: cannotUnderstand,
  'missing-identifier': cannotUnderstand,
  unsupported: cannotUnderstand,
  'refused-sop-class': 0x0122,
  'refused-transfer-syntax': 0xc122,
  'storage-full': outOfResources,
  'too-large': outOfResources,
  busy: outOfResources,
};

/** 200 all stored, 202 some, 409 none, 507 none because the disk is full. */
export function stowStatus(outcomes: readonly PartOutcome[]): 200 | 202 | 409 | 507 {
  const failed = outcomes.filter((outcome) => 'code' in outcome);
  if (failed.length === 0) return 200;
  if (failed.length < outcomes.length) return 202;
  return failed.some(({ code }) => code === 'storage-full') ? 507 : 409;
}

const uid = (value: string): JsonElement => ({ vr: 'UI', Value: [value] });
const url = (value: string): JsonElement => ({ vr: 'UR', Value: [value] });
const reference = (uids: Pick<Identifiers, 'SOPClassUID' | 'SOPInstanceUID'>): JsonDataSet => ({
  '00081150': uid(uids.SOPClassUID),
  '00081155': uid(uids.SOPInstanceUID),
});
const sequence = (tag: string, items: readonly JsonDataSet[]): JsonDataSet =>
  items.length > 0 ? { [tag]: { vr: 'SQ', Value: items } } : {};

/**
 * The Store Instances Response Module: ReferencedSOPSequence, FailedSOPSequence, and OtherFailuresSequence for parts that do
 * not tell which instance they are. RetrieveURL is that of the study where there is one study only.
 */
export function stowAnswer(outcomes: readonly PartOutcome[], base: string): JsonDataSet {
  const stored = outcomes.flatMap((outcome) => ('receipt' in outcome ? [outcome.receipt] : []));
  const failed = outcomes.flatMap((outcome) => ('code' in outcome ? [outcome] : []));
  const reason = (code: PacsErrorCode): JsonDataSet => ({
    '00081197': { vr: 'US', Value: [failureReason[code] ?? processingFailure] },
  });
  const studies = new Set(stored.map(({ StudyInstanceUID }) => StudyInstanceUID));
  const [StudyInstanceUID] = studies;
  return {
    '00081190': studies.size === 1 && StudyInstanceUID ? url(retrieveURL(base, { StudyInstanceUID })) : { vr: 'UR' },
    ...sequence(
      '00081198',
      failed.flatMap(({ code, identifiers }) => (identifiers ? [{ ...reference(identifiers), ...reason(code) }] : [])),
    ),
    ...sequence(
      '00081199',
      stored.map((one) => ({ ...reference(one), '00081190': url(retrieveURL(base, one)) })),
    ),
    ...sequence(
      '0008119A',
      failed.flatMap(({ code, identifiers }) => (identifiers ? [] : [reason(code)])),
    ),
  };
}
