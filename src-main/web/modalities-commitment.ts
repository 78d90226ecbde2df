/** Storage commitment over REST: asks a node whether it keeps images, and shows what it answered (PS3.4 J). */
import { z } from 'zod';
import { PacsError } from '#shared/errors.ts';
import { makeUid } from '../dicom/make-uid.ts';
import { failureReason, failureSentence, type Commitment, type InstanceReference } from '../jobs/commitment-values.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { WebDeps } from './deps.ts';
import { created, json } from './modalities-answer.ts';
import { callDetails, callFields, checked, jobFields, jsonBody } from './modalities-body.ts';
import { modalityOf, scopesOf } from './modalities-resources.ts';
import { route, type Handler, type WebApp } from './routes.ts';

/** Adds `/modalities/{id}/storage-commitment` and `/storage-commitment/{id}`. */
export function addCommitments(app: WebApp, deps: WebDeps): void {
  route(app, '/modalities/:id/storage-commitment', { POST: ask(deps) });
  route(app, '/storage-commitment/:id', { GET: report(deps) });
}

const uid = z.string().regex(/^[0-9.]{1,64}$/, 'A UID has digits and dots only.');
const reference = z.union([
  z.tuple([uid, uid]).transform(([SOPClassUID, SOPInstanceUID]) => ({ SOPClassUID, SOPInstanceUID })),
  z.object({ SOPClassUID: uid, SOPInstanceUID: uid }),
]);

function ask({ network, peers, store, commitments }: WebDeps): Handler {
  const fields = z.object({
    ...callFields,
    Priority: jobFields.Priority,
    DicomInstances: z.array(reference).max(100_000).default([]),
    Resources: z.array(z.string().max(64)).max(100_000).default([]),
  });
  return async (c) => {
    const node = modalityOf(c, peers);
    const body = checked(fields, await jsonBody(c));
    const scopes = await scopesOf(store, body.Resources);
    const kept = await Promise.all(scopes.map((scope) => store.files(scope)));
    const references = [...body.DicomInstances, ...kept.flat().map(referenceOf)];
    if (references.length === 0)
      throw new PacsError('bad-request', 'Name what is to be kept: DicomInstances or Resources.');
    const [call, TransactionUID] = [callDetails(body), makeUid()];
    /* Known before the job begins, so that one can ask after it at once. */
    await commitments.ask({ TransactionUID, AET: call.AET ?? node.AET, node: node.name, references });
    await network.nodes.commit(node, TransactionUID, references, { call, priority: body.Priority });
    return created(TransactionUID, 'storage-commitment');
  };
}

const referenceOf = ({ SOPClassUID, SOPInstanceUID }: InstanceReference): InstanceReference => ({
  SOPClassUID,
  SOPInstanceUID,
});

function report({ commitments, jobs }: WebDeps): Handler {
  return async (c) => {
    const commitment = await commitments.get(c.req.param('id') ?? '');
    if (commitment?.role !== 'scu') throw new PacsError('not-found', 'There is no such storage commitment.');
    if (commitment.status !== 'pending') return json(reportJson(commitment));
    const error = await failureOf(jobs, commitment.TransactionUID);
    return json(error === undefined ? pendingJson(commitment) : unansweredJson(commitment, error));
  };
}

/* The latest thousand jobs; what was asked before them has been answered or given up. */
const mostLooked = 1000;

/** Why the job that asks the node has ended without an answer; undefined while it has not. */
async function failureOf(jobs: Jobs, TransactionUID: string): Promise<string | undefined> {
  for (const { id, type, status } of await jobs.list(mostLooked)) {
    if (type !== 'StorageCommitmentScu' || (status !== 'failure' && status !== 'cancelled')) continue;
    const job = await jobs.get(id);
    const asked = (job?.content as { TransactionUID?: string } | undefined)?.TransactionUID;
    if (asked === TransactionUID) return job?.error?.message ?? 'It was cancelled.';
  }
  return undefined;
}

const pendingJson = ({ AET }: Commitment) => ({ Status: 'Pending', RemoteAET: AET, Success: [], Failures: [] });

const unansweredJson = ({ AET, instances }: Commitment, Description: string) => ({
  Status: 'Failure',
  RemoteAET: AET,
  Success: [],
  Failures: instances.map((instance) => ({
    ...referenceOf(instance),
    FailureReason: failureReason.processingFailure,
    Description,
  })),
});

/** A report as Orthanc shows it. */
const reportJson = ({ AET, status, instances }: Commitment) => ({
  Status: status === 'success' ? 'Success' : 'Failure',
  RemoteAET: AET,
  Success: instances.filter((each) => each.status === 'success').map(referenceOf),
  Failures: instances
    .filter((each) => each.status !== 'success')
    .map(({ FailureReason, ...each }) => ({
      ...referenceOf(each),
      FailureReason: FailureReason ?? failureReason.processingFailure,
      Description: failureSentence(FailureReason),
    })),
});
