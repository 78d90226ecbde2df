/** What every verb needs besides its node, and the association that it speaks on. */
import type { ConnectionOptions } from 'node:tls';
import { PacsError } from '#shared/errors.ts';
import type { Modality } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import type { Transcoder } from '../../dicom/transcoder.ts';
import type { Log } from '../../log.ts';
import type { Store } from '../../store/store.ts';
import { openRequestor, type ContextProposal } from './open-requestor.ts';
import type { AcceptedContext, Requestor } from './requestor.ts';

/** What the verbs share. */
export interface ClientContext {
  readonly settings: Settings;
  readonly log: Log;
  /** Where fetched images go; needed by C-GET only. */
  readonly store?: Store | undefined;
  /** Changes transfer syntaxes; without it images go out as they are kept. */
  readonly transcoder?: Transcoder | undefined;
  /** Our side of TLS, asked for with each association; needed for nodes with UseDicomTls. */
  readonly tls?: (() => Promise<ConnectionOptions>) | undefined;
}

/** How an association is asked for. */
export interface AssociateOptions {
  /** Ends the opening of the association; the work regards it itself. */
  readonly signal?: AbortSignal | undefined;
  /** Seconds that the node may be silent once the association stands, 0 without end; its time-out if not given. */
  readonly patience?: number | undefined;
}

/** Transfer syntaxes of data sets without pixels, in the order of our liking. */
export const plainTransferSyntaxes: readonly string[] = ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2'];

/** The AE title that we call a node with. */
export const callingAETOf = ({ LocalAet }: Modality, { settings }: ClientContext): string =>
  LocalAet ?? settings.DicomAet;

/** Seconds that a node may take to answer; 0 is without end. */
export const timeoutOf = ({ Timeout }: Modality, { settings }: ClientContext): number =>
  Timeout ?? settings.DicomScuTimeout;

/**
 * Speaks with a node on an association of its own, which is released afterwards, or aborted where the work throws.
 * @throws PacsError as openRequestor, and what `work` throws
 */
export async function withAssociation<T>(
  node: Modality,
  contexts: readonly ContextProposal[],
  context: ClientContext,
  work: (requestor: Requestor) => Promise<T>,
  { signal, patience = timeoutOf(node, context) }: AssociateOptions = {},
): Promise<T> {
  const requestor = await openRequestor({
    Host: node.Host,
    Port: node.Port,
    callingAET: callingAETOf(node, context),
    calledAET: node.AET,
    contexts,
    timeout: timeoutOf(node, context),
    patience,
    maximumPduLength: context.settings.MaximumPduLength,
    tls: await tlsFor(node, context),
    signal,
  });
  try {
    const result = await work(requestor);
    await requestor.release();
    return result;
  } catch (thrown) {
    /* A refusal by the node leaves the association in order; after anything else there is none to release. */
    await requestor.release();
    throw thrown;
  }
}

async function tlsFor({ name, UseDicomTls }: Modality, { tls }: ClientContext): Promise<ConnectionOptions | undefined> {
  if (!UseDicomTls) return undefined;
  if (!tls)
    throw new PacsError('unsupported', `"${name}" is to be called over TLS, but this program has no TLS certificate.`);
  return tls();
}

/** The accepted context of a service. @throws PacsError `refused-sop-class` with `service` in the sentence */
export function contextOf(requestor: Requestor, abstractSyntax: string, service: string): AcceptedContext {
  const [context] = requestor.contexts.get(abstractSyntax) ?? [];
  if (context) return context;
  /* 1 is a refusal by its user, PS3.8 9.3.3.2. */
  const isForbidden = requestor.refused.get(abstractSyntax) === 1;
  throw isForbidden
    ? new PacsError('forbidden', `${requestor.calledAET} does not allow us ${service}.`)
    : new PacsError('refused-sop-class', `${requestor.calledAET} does not offer ${service}.`);
}
