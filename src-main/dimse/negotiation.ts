/** Negotiation of one association: place, permissions and policy lead to an A-ASSOCIATE-AC or -RJ, and every refusal is told. */
import { PacsError } from '#shared/errors.ts';
import type { Log } from '../log.ts';
import type { Peers } from '../peers/peers.ts';
import { contextResult, type AnsweredContext, type Answer, type AssociationPolicy } from './association-policy.ts';
import type { AssociationRequest } from './association-request.ts';
import type { Conversation } from './conversation.ts';
import { rejection } from './pdu.ts';
import type { Caller } from './refusals.ts';

/** What a negotiation needs to know of its server. */
export interface NegotiationContext {
  readonly peers: Peers;
  readonly policy: AssociationPolicy;
  readonly log: Log;
  /** Told of every refusal, for a person to see. */
  readonly refused: (error: PacsError, origin: Caller) => void;
}

/** An association that was accepted. */
export interface Negotiated {
  readonly request: AssociationRequest;
  readonly origin: Caller;
  /** The accepted presentation contexts by ID. */
  readonly contexts: ReadonlyMap<number, AnsweredContext>;
}

/** Answers a request; undefined where it was rejected. `full` is the sentence that says why there is no place for it. */
export async function negotiate(
  request: AssociationRequest,
  remoteAddress: string,
  full: string | undefined,
  conversation: Conversation,
  context: NegotiationContext,
): Promise<Negotiated | undefined> {
  const { callingAET, calledAET } = request;
  const origin = { kind: 'dimse', remoteAddress, callingAET, calledAET } as const;
  const answer = full === undefined ? await decide(request, remoteAddress, context) : noPlace(full);
  if (!answer.isAccepted) {
    context.refused(answer.error, origin);
    await conversation.reject(request, answer.rejection);
    return undefined;
  }
  const accepted = answer.contexts.filter(({ result }) => result === contextResult.acceptance);
  if (accepted.length === 0) context.refused(nothingTaken(answer.contexts), origin);
  context.log(
    'info',
    `${callingAET} (${remoteAddress}) has an association: ${accepted.length} of ${answer.contexts.length} presentation contexts.`,
  );
  await conversation.accept(request, answer.contexts);
  return { request, origin, contexts: new Map(accepted.map((each) => [each.id, each])) };
}

async function decide(
  request: AssociationRequest,
  remoteAddress: string,
  { peers, policy }: NegotiationContext,
): Promise<Answer> {
  const [Echo, Store] = await Promise.all([
    peers.may(request.callingAET, remoteAddress, 'Echo'),
    peers.may(request.callingAET, remoteAddress, 'Store'),
  ]);
  return policy(request, { Echo, Store });
}

const noPlace = (sentence: string): Answer => ({
  isAccepted: false,
  rejection: rejection.localLimitExceeded,
  error: new PacsError('busy', sentence),
});

function nothingTaken(contexts: readonly AnsweredContext[]): PacsError {
  const results = new Set(contexts.map(({ result }) => result));
  if (results.has(contextResult.transferSyntaxesNotSupported))
    return new PacsError(
      'refused-transfer-syntax',
      'It offers images only in transfer syntaxes that are not taken here.',
    );
  if (results.has(contextResult.userRejection)) return new PacsError('forbidden', 'It may not do what it asked for.');
  return new PacsError('refused-sop-class', 'It asked only for services and kinds of objects that are not taken here.');
}
