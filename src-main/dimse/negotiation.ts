/** Negotiation of one association: place, permissions and policy lead to an A-ASSOCIATE-AC or -RJ, and every refusal is told. */
import { PacsError } from '#shared/errors.ts';
import { operations } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import type { Log } from '../log.ts';
import type { Peers } from '../peers/peers.ts';
import {
  contextResult,
  type AnsweredContext,
  type Answer,
  type AssociationPolicy,
  type Permissions,
} from './association-policy.ts';
import { extendedItem, roleItem, userIdentityAnswerItem } from './association-items.ts';
import type { AssociationRequest } from './association-request.ts';
import type { Conversation } from './conversation.ts';
import type { OwnTitle, OwnTitles } from './own-titles.ts';
import { rejection } from './pdu.ts';
import type { Caller } from './refusals.ts';
import type { UserCheck, UserVerdict } from './user-check.ts';

/** What a negotiation needs to know of its server. */
export interface NegotiationContext {
  readonly settings: Settings;
  readonly peers: Peers;
  readonly checkUser: UserCheck;
  readonly ownTitles: OwnTitles;
  /** Answers SOP class extended negotiation, by SOP class. */
  readonly extend: ReadonlyMap<string, (proposed: Uint8Array) => Uint8Array>;
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
  /** Which of our titles was called. */
  readonly own: OwnTitle;
  /** SOP class extended negotiation as we answered it. */
  readonly extended: ReadonlyMap<string, Uint8Array>;
  /** For a request of ours on this association. */
  nextMessageId(): number;
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
  const own = context.ownTitles(calledAET);
  const user = full === undefined ? await checkUser(request, remoteAddress, context) : 'unknown';
  const answer = full === undefined ? await decide(request, remoteAddress, own, user, context) : noPlace(full);
  if (!answer.isAccepted || !own) {
    if (!answer.isAccepted) {
      context.refused(answer.error, origin);
      context.peers.refused(callingAET, remoteAddress, answer.error.message);
      await conversation.reject(request, answer.rejection);
    }
    return undefined;
  }
  context.peers.seen(origin);
  const accepted = answer.contexts.filter(({ result }) => result === contextResult.acceptance);
  if (accepted.length === 0) context.refused(nothingTaken(answer.contexts), origin);
  context.log(
    'info',
    `${callingAET} (${remoteAddress}) has an association: ${accepted.length} of ${answer.contexts.length} presentation contexts.`,
  );
  const extended = answerExtended(request, accepted, context);
  await conversation.accept(
    request,
    answer.contexts,
    answerItems(accepted, extended, user === 'known' && request.userIdentity?.wantsAnswer),
  );
  let lastMessageId = 0;
  const nextMessageId = (): number => (lastMessageId = (lastMessageId % 0xffff) + 1);
  return { request, origin, own, extended, nextMessageId, contexts: new Map(accepted.map((each) => [each.id, each])) };
}

async function decide(
  request: AssociationRequest,
  remoteAddress: string,
  own: OwnTitle | undefined,
  user: UserVerdict,
  { peers, policy, settings }: NegotiationContext,
): Promise<Answer> {
  if (settings.Chairside.CheckUserIdentity && user !== 'known')
    return {
      isAccepted: false,
      rejection: rejection.noReason,
      error: new PacsError('unauthorized', noUser[user]),
    };
  const verdicts = await Promise.all(
    operations.map(async (name) => [name, await peers.may(request.callingAET, remoteAddress, name)] as const),
  );
  return policy(request, Object.fromEntries(verdicts) as Permissions, own);
}

const noUser: Readonly<Record<Exclude<UserVerdict, 'known'>, string>> = {
  unknown: 'It named no registered user with the right password.',
  'locked out': 'Too many wrong passwords came from this address; for a minute none is looked at.',
};

/* Where that is asked for, by us or by the caller. */
const checkUser = async (
  { userIdentity }: AssociationRequest,
  remoteAddress: string,
  context: NegotiationContext,
): Promise<UserVerdict> =>
  context.settings.Chairside.CheckUserIdentity || userIdentity?.wantsAnswer
    ? context.checkUser(userIdentity, remoteAddress)
    : 'unknown';

function answerExtended(
  { extended }: AssociationRequest,
  accepted: readonly AnsweredContext[],
  { extend }: NegotiationContext,
): Map<string, Uint8Array> {
  const classes = new Set(accepted.map(({ abstractSyntax }) => abstractSyntax));
  const answered = [...extended].flatMap(([uid, proposed]) => {
    const answer = classes.has(uid) ? extend.get(uid)?.(proposed) : undefined;
    return answer ? [[uid, answer] as const] : [];
  });
  return new Map(answered);
}

/* Items that dcmjs-dimse does not write, or only for all contexts of a class at once. */
function answerItems(
  accepted: readonly AnsweredContext[],
  extended: ReadonlyMap<string, Uint8Array>,
  answersIdentity = false,
): Buffer {
  const roles = new Map(accepted.flatMap(({ abstractSyntax, roles: each }) => (each ? [[abstractSyntax, each]] : [])));
  return Buffer.concat([
    ...[...roles].map(([uid, each]) => roleItem(uid, each)),
    ...[...extended].map(([uid, information]) => extendedItem(uid, information)),
    ...(answersIdentity ? [userIdentityAnswerItem()] : []),
  ]);
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
