/** What failed of a job, read from what the job left; the same reason is told once. */
import type { Job } from '#shared/model.ts';

/** A reason with how often it occurred, and the instance where it was one alone. */
export interface JobFailure {
  readonly sentence: string;
  readonly count: number;
  readonly SOPInstanceUID: string;
}

/** One entry of the list as jobs write it: an instance, or a thing to fetch with the instances of it that did not come. */
interface Entry {
  readonly sentence: string;
  readonly SOPInstanceUID?: string;
  readonly instances?: readonly string[];
}

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && 'sentence' in value && typeof value.sentence === 'string';

/** The list in a job's output; a long output is left out of it, and then `error` alone says what failed. */
function entriesOf({ output }: Pick<Job, 'output'>): readonly Entry[] {
  const { failed, failures } = (output ?? {}) as { readonly failed?: unknown; readonly failures?: unknown };
  const list = [failed, failures].find((value) => Array.isArray(value)) ?? [];
  return list.filter(isEntry);
}

/** The reasons, the most frequent first. */
export function failuresOf(job: Pick<Job, 'output'>): readonly JobFailure[] {
  const bySentence = new Map<string, JobFailure>();
  for (const { sentence, SOPInstanceUID = '', instances } of entriesOf(job)) {
    const count = (bySentence.get(sentence)?.count ?? 0) + Math.max(1, instances?.length ?? 1);
    bySentence.set(sentence, { sentence, count, SOPInstanceUID: count === 1 ? SOPInstanceUID : '' });
  }
  return [...bySentence.values()].toSorted((a, b) => b.count - a.count);
}
