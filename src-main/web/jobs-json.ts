/** A job as Orthanc shows it. */
import type { PacsErrorCode } from '#shared/errors.ts';
import type { Job, JobStatus } from '#shared/model.ts';
import type { Peers } from '../peers/peers.ts';

const states: Readonly<Record<JobStatus, string>> = {
  pending: 'Pending',
  running: 'Running',
  paused: 'Paused',
  retry: 'Retry',
  success: 'Success',
  failure: 'Failure',
  cancelled: 'Failure',
};

interface OrthancError {
  readonly ErrorCode: number;
  readonly ErrorDescription: string;
}

const success: OrthancError = { ErrorCode: 0, ErrorDescription: 'Success' };
const internal: OrthancError = { ErrorCode: -1, ErrorDescription: 'Internal error' };
const cancelled: OrthancError = { ErrorCode: 37, ErrorDescription: 'This job was canceled' };
const network: OrthancError = { ErrorCode: 9, ErrorDescription: 'Error in the network protocol' };
const errors: Readonly<Partial<Record<PacsErrorCode, OrthancError>>> = {
  busy: network,
  aborted: network,
  forbidden: network,
  unsupported: network,
  'refused-sop-class': network,
  'refused-transfer-syntax': network,
  'bad-request': { ErrorCode: 8, ErrorDescription: 'Bad request' },
  'not-found': { ErrorCode: 17, ErrorDescription: 'Unknown resource' },
  'storage-full': { ErrorCode: 19, ErrorDescription: 'The file storage is full' },
};

/* `20261121T091500.123000`, UTC. */
const compactTime = (iso: string): string => iso.replace(/[-:]|Z$/g, '').replace(/(\.\d{3})$/, '$1000');

const progress = ({ status, done, failed, total }: Job): number =>
  status === 'success' ? 100 : total > 0 ? Math.min(100, Math.floor((100 * (done + failed)) / total)) : 0;

const runtime = ({ startedAt, endedAt }: Job): number =>
  startedAt === undefined ? 0 : (Date.parse(endedAt ?? new Date().toISOString()) - Date.parse(startedAt)) / 1000;

/** The parts of a content that are shown; what the job has left to do is no concern of others. */
interface Content {
  readonly name?: string;
  readonly call?: { readonly LocalAet?: string; readonly AET?: string };
  readonly rest?: { readonly UserData?: unknown; readonly Content?: object };
  readonly TransactionUID?: string;
}

/** What of a job depends on its type, by Orthanc's names; `LocalAet` is the AE title that we call with unless said otherwise. */
export function jobContent(job: Job, peers: Pick<Peers, 'get'>, DicomAet: string): Record<string, unknown> {
  const { name = '', call, rest, TransactionUID } = (job.content ?? {}) as Content;
  const node = peers.get(name);
  const isSending = job.type === 'DicomModalityStore' || job.type === 'DicomMoveScp';
  return {
    Description: job.description,
    LocalAet: call?.LocalAet ?? node?.LocalAet ?? DicomAet,
    RemoteAet: call?.AET ?? node?.AET ?? name,
    ...(isSending ? { InstancesCount: job.total, FailedInstancesCount: job.failed } : {}),
    ...(TransactionUID === undefined ? {} : { TransactionUid: TransactionUID }),
    ...rest?.Content,
  };
}

/** The whole job. */
export function jobJson(job: Job, peers: Pick<Peers, 'get'>, DicomAet: string): Record<string, unknown> {
  const { UserData } = ((job.content ?? {}) as Content).rest ?? {};
  const error = job.status === 'cancelled' ? cancelled : job.error ? (errors[job.error.code] ?? internal) : success;
  return {
    ...(job.endedAt === undefined ? {} : { CompletionTime: compactTime(job.endedAt) }),
    Content: jobContent(job, peers, DicomAet),
    CreationTime: compactTime(job.createdAt),
    EffectiveRuntime: runtime(job),
    ...error,
    ErrorDetails: job.error?.message ?? '',
    ID: job.id,
    Priority: job.priority,
    Progress: progress(job),
    State: states[job.status],
    Timestamp: compactTime(new Date().toISOString()),
    Type: job.type,
    ...(UserData === undefined ? {} : { UserData }),
  };
}
