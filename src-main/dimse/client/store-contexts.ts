/** Which presentation contexts a C-STORE needs for its images, and how many images one association can serve. */
import type { StoredFile } from '../../store/store.ts';
import { maximumContexts, type ContextProposal } from './open-requestor.ts';

/** Images that go over one association, in their order, and the contexts for them. */
export interface StoreBatch {
  readonly files: readonly StoredFile[];
  readonly contexts: readonly ContextProposal[];
}

/**
 * Batches of at most 128 contexts each: for every SOP class one context a stored transfer syntax, so that each is taken or
 * refused for itself, and one with the `alternatives`, in which the other side has the choice.
 */
export function storeBatches(files: readonly StoredFile[], alternatives: readonly string[]): StoreBatch[] {
  const batches: StoreBatch[] = [];
  let batch: StoredFile[] = [];
  let stored = new Map<string, Set<string>>();
  const finish = (): void => {
    if (batch.length > 0) batches.push({ files: batch, contexts: contextsFor(stored, alternatives) });
    [batch, stored] = [[], new Map()];
  };
  for (const file of files) {
    if (countWith(stored, file, alternatives) > maximumContexts) finish();
    const syntaxes = stored.get(file.SOPClassUID) ?? new Set();
    stored.set(file.SOPClassUID, syntaxes.add(file.TransferSyntaxUID));
    batch.push(file);
  }
  finish();
  return batches;
}

const alternativesTo = (stored: ReadonlySet<string>, alternatives: readonly string[]): readonly string[] =>
  alternatives.filter((syntax) => !stored.has(syntax));

function contextsFor(
  stored: ReadonlyMap<string, ReadonlySet<string>>,
  alternatives: readonly string[],
): ContextProposal[] {
  return [...stored].flatMap(([abstractSyntax, syntaxes]) => {
    const others = alternativesTo(syntaxes, alternatives);
    return [
      ...[...syntaxes].map((syntax) => ({ abstractSyntax, transferSyntaxes: [syntax] })),
      ...(others.length > 0 ? [{ abstractSyntax, transferSyntaxes: others }] : []),
    ];
  });
}

function countWith(
  stored: ReadonlyMap<string, ReadonlySet<string>>,
  { SOPClassUID, TransferSyntaxUID }: StoredFile,
  alternatives: readonly string[],
): number {
  const extra = alternatives.length > 0 ? 1 : 0;
  const now = [...stored.values()].reduce((sum, { size }) => sum + size + extra, 0);
  const known = stored.get(SOPClassUID);
  if (!known) return now + 1 + extra;
  return now + (known.has(TransferSyntaxUID) ? 0 : 1);
}
