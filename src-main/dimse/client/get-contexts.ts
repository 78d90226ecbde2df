/** The storage presentation contexts of a C-GET: which kinds of images may come, in which transfer syntaxes (PS3.4 C.4.3). */
import type { Settings } from '#shared/settings.ts';
import { transferSyntaxes } from '#shared/transfer-syntaxes.ts';
import { createSOPClassFilter, createTransferSyntaxFilter } from '../association-policy.ts';
import { maximumContexts, type ContextProposal } from './open-requestor.ts';

/* Syntaxes that get a context of their own first, by how often images are kept in them. */
const common = ['.1', '.4.70', '.4.50', '.4.90', '', '.4.91', '.5', '.4.80', '.4.81', '.4.51', '.4.102', '.4.103'].map(
  (end) => `1.2.840.10008.1.2${end}`,
);

/**
 * Contexts for these classes (all common ones where none are known) that fit beside one more context. We receive, so each has
 * the SCP role. The other side chooses one syntax of each context before it knows the image, so that every syntax gets a context
 * of its own as far as there are contexts; the last one of a class holds the rest.
 */
export function getContexts(classes: readonly string[], settings: Settings): ContextProposal[] {
  const takesClass = createSOPClassFilter(settings);
  const takesSyntax = createTransferSyntaxFilter(settings);
  const known = [...new Set(classes)].filter(takesClass);
  const wanted = (known.length > 0 ? known : commonClasses.filter(takesClass)).slice(0, maximumContexts - 1);
  const syntaxes = [...new Set([...common, ...transferSyntaxes.map(({ uid }) => uid)])].filter(takesSyntax);
  const each = Math.floor((maximumContexts - 1) / Math.max(1, wanted.length));
  return wanted.flatMap((abstractSyntax) =>
    grouped(syntaxes, each).map((group) => ({
      abstractSyntax,
      transferSyntaxes: group,
      role: { scu: false, scp: true },
    })),
  );
}

function grouped(syntaxes: readonly string[], count: number): (readonly string[])[] {
  if (syntaxes.length <= count) return syntaxes.map((syntax) => [syntax]);
  return [...syntaxes.slice(0, count - 1).map((syntax) => [syntax]), syntaxes.slice(count - 1)];
}

/* What may come where the other side does not say: the kinds of images and documents of a clinic, by the ends of their UIDs. */
const commonClasses: readonly string[] = `
  1 1.1 1.1.1 1.2 1.2.1 1.3 1.3.1 2 2.1 3 3.1 4 4.1 6 6.1 6.2 7 7.1 7.2 7.3 7.4 9.1.1 11.1 11.2 12.1 12.2 13.1.1 13.1.2 13.1.3
  20 66 66.1 66.4 66.5 67 68.1 77.1.1 77.1.1.1 77.1.2 77.1.4 77.1.4.1 77.1.5.1 77.1.5.2 77.1.5.4 88.11 88.22 88.33 88.34 88.50
  88.59 88.65 88.67 88.72 104.1 104.2 104.3 104.4 104.5 128 481.1 481.2 481.3 481.5
`
  .trim()
  .split(/\s+/)
  .map((end) => `1.2.840.10008.5.1.4.1.1.${end}`);
