/** What is known of a storage commitment, ours or another node's (PS3.4 J). */

/** One instance by its identifiers. */
export interface InstanceReference {
  readonly SOPClassUID: string;
  readonly SOPInstanceUID: string;
}

/** What became of one instance. */
export interface CommittedInstance extends InstanceReference {
  readonly status: 'pending' | 'success' | 'failure';
  /** FailureReason (0008,1197), PS3.3 C.14.1.1; absent where the answer did not name the instance at all. */
  readonly FailureReason?: number | undefined;
}

/** A report as it comes or goes: PS3.4 J.3.3. */
export interface CommitmentAnswer {
  readonly TransactionUID: string;
  readonly committed: readonly InstanceReference[];
  readonly failed: readonly (InstanceReference & { readonly FailureReason?: number | undefined })[];
}

/** A storage commitment without its instances; times ISO 8601, UTC. */
export interface CommitmentSummary {
  readonly id: number;
  /** Ours: `scu` asked another node, `scp` was asked by one. */
  readonly role: 'scu' | 'scp';
  readonly TransactionUID: string;
  /** AE title of the other node, and our name for it where we know it. */
  readonly AET: string;
  readonly node?: string | undefined;
  /** `scp`: pending until the report was taken. */
  readonly status: 'pending' | 'success' | 'failure';
  readonly requestedAt: string;
  readonly endedAt?: string | undefined;
  /** What went wrong besides the instances, in words. */
  readonly error?: string | undefined;
  readonly total: number;
  readonly failed: number;
}

/** A storage commitment with what became of each instance. */
export interface Commitment extends CommitmentSummary {
  /** `scp`: the label of our AE title that was called; only instances with it are confirmed. */
  readonly label?: string | undefined;
  readonly instances: readonly CommittedInstance[];
}

/** FailureReason (0008,1197), PS3.3 C.14.1.1. */
export const failureReason = {
  processingFailure: 0x0110,
  noSuchObjectInstance: 0x0112,
  classInstanceConflict: 0x0119,
  referencedSOPClassNotSupported: 0x0122,
  duplicateTransactionUID: 0x0131,
  resourceLimitation: 0x0213,
} as const;

const sentences: Readonly<Record<number, string>> = {
  [failureReason.processingFailure]: 'The image could not be checked, or its file is damaged.',
  [failureReason.noSuchObjectInstance]: 'The image is not there.',
  [failureReason.classInstanceConflict]: 'There is an image of that identifier, but of another kind.',
  [failureReason.referencedSOPClassNotSupported]: 'Images of this kind are not kept there.',
  [failureReason.duplicateTransactionUID]: 'The identifier of the request is in use already.',
  [failureReason.resourceLimitation]: 'There is no room for it.',
};

/** A failure reason in words. */
export const failureSentence = (reason: number | undefined): string =>
  reason === undefined
    ? 'The answer does not name the image.'
    : (sentences[reason] ?? `The reason has the number ${reason.toString(16).toUpperCase().padStart(4, '0')}.`);
