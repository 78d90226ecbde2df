/** What failed of a job, read from what the job left; the same reason is told once. */
import type { Job } from '#shared/model.ts';

/** A reason with how often it occurred, and the instance where it was one alone. */
export interface JobFailure {
  readonly message: string;
  readonly count: number;
  readonly SOPInstanceUID: string;
}

type Failures = readonly { readonly message?: unknown; readonly SOPInstanceUID?: unknown }[];

/** The list `failures` of a job's output, or of what it saved while it runs. */
function listed({ output, content }: Pick<Job, 'output' | 'content'>): Failures {
  for (const value of [output, content]) {
    const { failures } = (value ?? {}) as { failures?: unknown };
    if (Array.isArray(failures)) return failures as Failures;
  }
  return [];
}

/** The reasons, the most frequent first. */
export function failuresOf(job: Pick<Job, 'output' | 'content'>): readonly JobFailure[] {
  const byMessage = new Map<string, JobFailure>();
  for (const { message, SOPInstanceUID } of listed(job)) {
    const text = typeof message === 'string' ? message : '';
    const count = (byMessage.get(text)?.count ?? 0) + 1;
    byMessage.set(text, {
      message: text,
      count,
      SOPInstanceUID: typeof SOPInstanceUID === 'string' ? SOPInstanceUID : '',
    });
  }
  return [...byMessage.values()].toSorted((a, b) => b.count - a.count);
}
