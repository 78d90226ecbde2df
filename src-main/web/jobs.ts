/** The jobs over REST, by Orthanc's addresses and in its words. */
import { PacsError } from '#shared/errors.ts';
import type { Job } from '#shared/model.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { WebContext } from './connection.ts';
import type { WebDeps } from './deps.ts';
import { jobContent, jobJson } from './jobs-json.ts';
import { created, flag, json, text } from './modalities-answer.ts';
import { route, type WebApp } from './routes.ts';

/** What the jobs' addresses need. */
export type JobsDeps = Pick<WebDeps, 'jobs' | 'peers' | 'settings'>;

/* More than that are not kept open, and those that ended are bounded by JobsHistorySize. */
const mostListed = 100_000;

async function jobOf(c: WebContext, jobs: Jobs): Promise<Job> {
  const job = await jobs.get(c.req.param('id') ?? '');
  if (!job) throw new PacsError('not-found', 'There is no such job.');
  return job;
}

/** Adds `/jobs`, `/jobs/{id}`, and what may be done with one. */
export function addJobs(app: WebApp, { jobs, peers, settings }: JobsDeps): void {
  const shown = (job: Job): object => jobJson(job, peers, settings.DicomAet);

  route(app, '/jobs', {
    GET: async (c) => {
      const all = await jobs.list(mostListed);
      return json(flag(c, 'expand') ? all.map(shown) : all.map(({ id }) => id));
    },
  });
  route(app, '/jobs/:id', {
    GET: async (c) => json(shown(await jobOf(c, jobs))),
    DELETE: async (c) => {
      await jobs.remove((await jobOf(c, jobs)).id);
      return text();
    },
  });
  for (const action of ['cancel', 'pause', 'resume', 'resubmit'] as const)
    route(app, `/jobs/:id/${action}`, {
      POST: async (c) => {
        const { id, endedAt } = await jobOf(c, jobs);
        /* What has ended needs not be stopped; Orthanc's clients count on that. */
        const isDone = endedAt !== undefined && (action === 'cancel' || action === 'pause');
        if (!isDone) await jobs.control(id, action);
        return json({});
      },
    });
}

const hasSettled = ({ status }: Job): boolean => ['success', 'failure', 'cancelled', 'retry'].includes(status);

/** Waits until a job has ended or failed for the first time. */
async function settled(jobs: Jobs, id: string): Promise<Job> {
  let stop = (): void => undefined;
  const told = new Promise<void>((resolve) => {
    stop = jobs.events.on('job.changed', (job) => job.id === id && hasSettled(job) && resolve());
  });
  try {
    const before = await jobs.get(id);
    if (before && !hasSettled(before)) await told;
    /* What is told may be without its content. */
    const job = await jobs.get(id);
    if (!job) throw new PacsError('not-found', 'The job was removed before its end.');
    return job;
  } finally {
    stop();
  }
}

/** What a job is started with over REST. */
export interface JobStart {
  readonly isWaitedFor: boolean;
  /** Images that the other side does not take are counted, not an error. */
  readonly isPermissive?: boolean;
}

/**
 * The answer to who started a job: its id, or what came of it. Who waits is told of the first failure, and the job is not
 * tried again. @throws PacsError `internal` with the job's sentence
 */
export async function answerJob(
  c: WebContext,
  id: string,
  { isWaitedFor, isPermissive = false }: JobStart,
  { jobs, peers, settings }: JobsDeps,
): Promise<Response> {
  if (!isWaitedFor) return created(id, 'jobs');
  /* However long it takes: nothing goes over the connection meanwhile. */
  c.env.incoming?.socket.setTimeout(0);
  const job = await settled(jobs, id);
  if (job.status === 'retry') await jobs.control(id, 'cancel').catch(() => undefined);
  const isPartial = isPermissive && job.status === 'failure' && job.failed > 0;
  if (job.status !== 'success' && !isPartial)
    throw new PacsError('internal', job.error?.message ?? 'The job was cancelled.');
  return json(jobContent(job, peers, settings.DicomAet));
}
