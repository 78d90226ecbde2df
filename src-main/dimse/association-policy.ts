/** Who gets an association, and which of its presentation contexts: a pure function of request, settings and permissions. */
import { PacsError } from '#shared/errors.ts';
import type { Settings } from '#shared/settings.ts';
import type { Operation } from '#shared/model.ts';
import { isStorageSOPClass } from '#shared/sop-classes.ts';
import { transferSyntaxes } from '#shared/transfer-syntaxes.ts';
import type { Verdict } from '../peers/peers.ts';
import type { Roles } from './association-items.ts';
import { dicomApplicationContext, type AssociationRequest, type ProposedContext } from './association-request.ts';
import type { OwnTitle } from './own-titles.ts';
import { rejection, type Rejection } from './pdu.ts';
import { matcher } from './wildcard.ts';

/** Results of a presentation context, PS3.8 9.3.3.2. */
export const contextResult = {
  acceptance: 0,
  userRejection: 1,
  abstractSyntaxNotSupported: 3,
  transferSyntaxesNotSupported: 4,
} as const;

/** A presentation context with our answer. */
export interface AnsweredContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly result: (typeof contextResult)[keyof typeof contextResult];
  /** The one that we took; absent where the context was not accepted. */
  readonly transferSyntax?: string;
  /** As negotiated; absent where the caller proposed none, so that it asks and we perform. */
  readonly roles?: Roles;
}

/** The answer to an association request. A refusal has the reason for the caller and the sentence for our people. */
export type Answer =
  | { readonly isAccepted: true; readonly contexts: readonly AnsweredContext[] }
  | { readonly isAccepted: false; readonly rejection: Rejection; readonly error: PacsError };

/** What the caller may do, by operation. */
export type Permissions = Readonly<Record<Operation, Verdict>>;

/** The services beside verification and storage: SOP class to the right that it needs. */
export type ServiceRights = ReadonlyMap<string, Operation>;

/** Decides requests by the settings. */
export type AssociationPolicy = (
  request: AssociationRequest,
  permissions: Permissions,
  own: OwnTitle | undefined,
) => Answer;

/** The Verification SOP class, PS3.4 A.4. */
export const verification = '1.2.840.10008.1.1';
/** Without pixels there is nothing to compress: implicit and explicit little endian, deflated, explicit big endian. */
export const plainSyntaxes: readonly string[] = [
  '1.2.840.10008.1.2',
  '1.2.840.10008.1.2.1',
  '1.2.840.10008.1.2.1.99',
  '1.2.840.10008.1.2.2',
];

const validAET = /^[\x20-\x5b\x5d-\x7e]{1,16}$/;
const hasWildcard = (pattern: string): boolean => /[*?]/.test(pattern);

/**
 * The policy of these settings. Of the transfer syntaxes of a context the first that we take is accepted: the order is
 * the sender's, and what it names first is what it has.
 */
export function createAssociationPolicy(settings: Settings, services: ServiceRights = new Map()): AssociationPolicy {
  const takesClass = createSOPClassFilter(settings);
  const takesSyntax = createTransferSyntaxFilter(settings);

  /* A caller that performs the storage itself fetches images from us: that is the right of C-GET. */
  function rightsFor({ abstractSyntax }: ProposedContext, roles: Roles | undefined): readonly Operation[] {
    if (abstractSyntax === verification) return ['Echo'];
    const service = services.get(abstractSyntax);
    if (service) return [service];
    if (!takesClass(abstractSyntax)) return [];
    return [...(!roles || roles.scu ? (['Store'] as const) : []), ...(roles?.scp ? (['Get'] as const) : [])];
  }

  function answerContext(
    context: ProposedContext,
    proposed: Roles | undefined,
    may: (operation: Operation) => boolean,
  ): AnsweredContext {
    const { id, abstractSyntax } = context;
    const refuse = (result: AnsweredContext['result']): AnsweredContext => ({ id, abstractSyntax, result });
    const rights = rightsFor(context, proposed);
    if (rights.length === 0) return refuse(contextResult.abstractSyntaxNotSupported);
    if (!rights.some(may)) return refuse(contextResult.userRejection);
    const isObject = abstractSyntax !== verification && !services.has(abstractSyntax);
    const takes = isObject ? takesSyntax : (syntax: string) => plainSyntaxes.includes(syntax);
    const transferSyntax = context.transferSyntaxes.find(takes);
    if (!transferSyntax) return refuse(contextResult.transferSyntaxesNotSupported);
    const roles = proposed && answerRoles(proposed, isObject, may);
    return { id, abstractSyntax, result: contextResult.acceptance, transferSyntax, ...(roles ? { roles } : {}) };
  }

  return (request, permissions, own) => {
    const may = (operation: Operation): boolean =>
      permissions[operation].isAllowed && (own?.allows(operation) ?? false);
    const wanted = request.contexts.flatMap((context) => rightsFor(context, request.roles.get(context.abstractSyntax)));
    const refusal = refuseRequest(request, settings, own) ?? refuseCaller(wanted, permissions, own);
    if (refusal) return { isAccepted: false, ...refusal };
    return {
      isAccepted: true,
      contexts: request.contexts.map((context) =>
        answerContext(context, request.roles.get(context.abstractSyntax), may),
      ),
    };
  };
}

/* Of a storage class each role is a right of its own; a service takes the roles as they are proposed, for its messages decide. */
function answerRoles(proposed: Roles, isObject: boolean, may: (operation: Operation) => boolean): Roles {
  if (!isObject) return proposed;
  return { scu: proposed.scu && may('Store'), scp: proposed.scp && may('Get') };
}

interface Refused {
  readonly rejection: Rejection;
  readonly error: PacsError;
}

function refuseRequest(
  request: AssociationRequest,
  settings: Settings,
  own: OwnTitle | undefined,
): Refused | undefined {
  const { protocolVersion, applicationContextName, calledAET, callingAET } = request;
  if ((protocolVersion & 1) === 0)
    return {
      rejection: rejection.protocolVersion,
      error: forbidden('It speaks an unknown version of the DICOM protocol.'),
    };
  if (applicationContextName !== dicomApplicationContext)
    return {
      rejection: rejection.applicationContextName,
      error: forbidden('It asked for something other than DICOM.'),
    };
  if (!own)
    return {
      rejection: rejection.calledAETitle,
      error: forbidden(`It called the AE title "${calledAET}", but ours is "${settings.DicomAet}".`),
    };
  if (!validAET.test(callingAET))
    return { rejection: rejection.callingAETitle, error: forbidden('Its own AE title is empty or not valid.') };
  return undefined;
}

/* A caller who may do something gets an association; contexts of what it may not do are refused one by one. */
function refuseCaller(
  wanted: readonly Operation[],
  permissions: Permissions,
  own: OwnTitle | undefined,
): Refused | undefined {
  if (wanted.length === 0) return undefined;
  const verdicts = wanted.map((operation): Verdict => {
    if (own?.allows(operation)) return permissions[operation];
    return { isAllowed: false, reason: `The AE title ${own?.AET} is not for what it asked for.` };
  });
  const refused = verdicts.find((verdict) => !verdict.isAllowed);
  if (!refused || refused.isAllowed || verdicts.some((verdict) => verdict.isAllowed)) return undefined;
  return { rejection: rejection.callingAETitle, error: forbidden(refused.reason) };
}

const forbidden = (sentence: string): PacsError => new PacsError('forbidden', sentence);

/** Which SOP classes may be stored: known storage classes by the lists, others by name or by UnknownSopClassAccepted. */
export function createSOPClassFilter(settings: Settings): (uid: string) => boolean {
  const { AcceptedSopClasses: accepted = ['*'], RejectedSopClasses, UnknownSopClassAccepted } = settings;
  const isAccepted = matcher(accepted);
  const isNamed = matcher(accepted.filter((pattern) => !hasWildcard(pattern)));
  const isRejected = matcher(RejectedSopClasses);
  return (uid) => {
    if (isRejected(uid)) return false;
    if (isStorageSOPClass(uid)) return isAccepted(uid);
    return mayBeStorage(uid) && (isNamed(uid) || UnknownSopClassAccepted);
  };
}

/* The Standard's own classes outside of 5.1.4.1.1 are services (query, print, worklist ...), not objects. */
const mayBeStorage = (uid: string): boolean =>
  /^[0-9.]{1,64}$/.test(uid) && (!uid.startsWith('1.2.840.10008.') || uid.startsWith('1.2.840.10008.5.1.4.1.1.'));

/** Which transfer syntaxes are taken: the known ones by the list, private ones where the list names them in full. */
export function createTransferSyntaxFilter({ AcceptedTransferSyntaxes }: Settings): (uid: string) => boolean {
  const isAccepted = matcher(AcceptedTransferSyntaxes);
  const known = transferSyntaxes.map(({ uid }) => uid).filter(isAccepted);
  const named = AcceptedTransferSyntaxes.filter((pattern) => !hasWildcard(pattern));
  const taken = new Set([...known, ...named]);
  return (uid) => taken.has(uid);
}
