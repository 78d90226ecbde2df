/** SOP class extended negotiation of the FIND SOP classes, PS3.4 C.5.1.1. */

/** What was agreed beyond the baseline. */
export interface FindExtension {
  /** Unique keys of the levels above may be absent, and keys of any level be given, PS3.4 C.4.1.2.2. */
  readonly relational: boolean;
  /** A range of dates and the range of times beside it are one range, PS3.4 C.2.2.2.5. */
  readonly combined: boolean;
  /** Person names are matched word by word. */
  readonly fuzzy: boolean;
}

/** What the bytes of the application information mean, in their order, and whether we do it. */
export const findExtensions = [
  { name: 'Relational queries', isSupported: true },
  { name: 'Combined date-time matching', isSupported: true },
  { name: 'Fuzzy semantic matching of person names', isSupported: true },
  { name: 'Timezone query adjustment', isSupported: false },
  { name: 'Enhanced multi-frame image conversion', isSupported: false },
] as const;

/** Our answer to what a caller proposes: 1 where it asks for something that we do. */
export const answerFindExtension = (proposed: Uint8Array): Uint8Array =>
  Uint8Array.from(proposed.subarray(0, findExtensions.length), (value, at) =>
    value === 1 && findExtensions[at]!.isSupported ? 1 : 0,
  );

/** What an answer of ours agreed to; nothing where none was asked for. */
export const readFindExtension = (answered: Uint8Array | undefined): FindExtension => ({
  relational: answered?.[0] === 1,
  combined: answered?.[1] === 1,
  fuzzy: answered?.[2] === 1,
});
